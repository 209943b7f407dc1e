/* The two loops: the platform loop in the calling thread, the app loop in one of its own.
 *
 * A loop that lies down says so, and then looks once more whether it is waited for. Who pends it
 * has first written that it is waited for, and then looks whether it has lain down. With a full
 * fence in between on both sides one of the two sees the other, and a wake of a loop that is awake
 * writes nothing and costs no system call. */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* While tasks are ready without a pause, the platform loop looks at its descriptors so often, but
 * only after some turns: where threads take turns on one processor (valgrind), a look gives it up.
 */
#define US_BETWEEN_LOOKS    100u
#define TURNS_BETWEEN_LOOKS 16u

typedef struct {
    yoke_loop *loop;
    atomic_uint asleep; /* what the app loop's futex compares */
    pthread_t thread;
    bool launched;
} core;

static core cores[YOKE_CORES];
static _Thread_local yoke_loop *here;

yoke_loop *yoke_port_here(void)
{
    return here;
}

void as_interrupt(void (*run)(void *arg), void *arg)
{
    yoke_loop *before = here;
    here = NULL;
    run(arg);
    here = before;
}

static void spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

/* --- going to sleep, and being woken --------------------------------- */

static bool is_waited_for(const yoke_loop *l)
{
    return atomic_load_explicit(&l->waiting, memory_order_relaxed) ||
           atomic_load_explicit(&l->stopped, memory_order_relaxed);
}

/* False: it is waited for, so step first. */
static bool lie_down(core *c)
{
    atomic_exchange(&c->asleep, 1);
    atomic_thread_fence(memory_order_seq_cst);
    return !is_waited_for(c->loop);
}

static void get_up(core *c)
{
    atomic_store_explicit(&c->asleep, 0, memory_order_relaxed);
}

static void futex(core *c, int operation, unsigned value, const struct timespec *until)
{
    syscall(SYS_futex, &c->asleep, operation | FUTEX_PRIVATE_FLAG, value, until, NULL,
            FUTEX_BITSET_MATCH_ANY);
}

/* A loop that pends itself is in the middle of a turn, and looks at its end. */
void yoke_port_pend(yoke_loop *l)
{
    core *c = &cores[l->core];
    if (l == here) {
        return;
    }
    atomic_thread_fence(memory_order_seq_cst);
    if (!atomic_load_explicit(&c->asleep, memory_order_relaxed) ||
        !atomic_exchange(&c->asleep, 0)) {
        return;
    }
    if (l->core == 0) {
        sources_interrupt();
    } else {
        futex(c, FUTEX_WAKE_BITSET, 1, NULL);
    }
}

/* --- the app loop: an absolute sleep, then a short spin -------------- */

static void sleep_until(core *c, uint64_t due_us)
{
    struct timespec until = {.tv_sec = (time_t)(due_us / 1000000u),
                             .tv_nsec = (long)(due_us % 1000000u) * 1000};
    futex(c, FUTEX_WAIT_BITSET, 1, due_us == YOKE_NEVER ? NULL : &until);
}

/* In the last part before the release it comes back at once, to step again and again: that is the
 * spin, and it keeps in the caches what the release needs. */
static void wait_app(core *c, uint64_t due_us)
{
    uint64_t sleep_us = due_us;
    if (due_us != YOKE_NEVER) {
        sleep_us -= due_us < posix_tune.app_spin_us ? due_us : posix_tune.app_spin_us;
    }
    if (yoke_port_now_us() >= sleep_us) {
        spin_pause();
        return;
    }
    if (lie_down(c)) {
        sleep_until(c, sleep_us);
    }
    get_up(c);
}

static void run_app(core *c)
{
    while (!atomic_load_explicit(&here->stopped, memory_order_acquire)) {
        uint64_t due_us = here->step(here);
        if (due_us != YOKE_AT_ONCE) {
            wait_app(c, due_us);
        }
    }
}

static void *app_thread(void *arg)
{
    core *c = arg;
    here = c->loop;
    lock_introduce(LOCK_APP);
    tuning_for_app_thread();
    if (sigsetjmp(core_way_out, 1) == 0) { /* comes back a second time if it is ended (core.c) */
        core_thread_begins();
        run_app(c);
    }
    core_thread_ends();
    return NULL;
}

int yoke_port_launch(yoke_loop *l)
{
    core *c = &cores[l->core];
    if (c->launched && !atomic_load(&c->loop->stopped)) {
        return YOKE_EBUSY;
    }
    yoke_port_reap(l);
    c->loop = l;
    atomic_store(&c->asleep, 0);
    atomic_store(&l->stopped, false);
    core_is_launched(true);
    c->launched = pthread_create(&c->thread, NULL, app_thread, c) == 0;
    if (!c->launched) {
        core_is_launched(false);
    }
    return c->launched ? YOKE_OK : YOKE_EIO;
}

void yoke_port_reap(yoke_loop *l)
{
    core *c = &cores[l->core];
    if (c->launched) {
        pthread_join(c->thread, NULL);
    }
    c->launched = false;
}

pthread_t *app_thread_running(void)
{
    return cores[1].launched ? &cores[1].thread : NULL;
}

void app_thread_reap(void)
{
    yoke_port_reap(cores[1].loop);
}

/* --- the platform loop: wakes, descriptors and time ------------------ */

static void look_now_and_then(void)
{
    static uint64_t looked_us;
    uint64_t now_us = yoke_port_now_us();
    if (now_us - looked_us >= US_BETWEEN_LOOKS) {
        looked_us = now_us;
        sources_wait(0);
    }
}

/* Before it lies down it watches for a while. True: step, somebody waits. */
static bool watch(const core *c, uint64_t due_us)
{
    uint64_t until_us = yoke_port_now_us() + posix_tune.platform_spin_us;
    if (until_us > due_us) {
        until_us = due_us;
    }
    while (!is_waited_for(c->loop)) {
        if (yoke_port_now_us() >= until_us) {
            return false;
        }
        look_now_and_then();
        spin_pause();
    }
    return true;
}

static void wait_platform(core *c, uint64_t due_us)
{
    if (posix_tune.platform_spin_us && watch(c, due_us)) {
        return;
    }
    uint64_t timeout_us = 0;
    if (lie_down(c)) {
        uint64_t now_us = yoke_port_now_us();
        timeout_us = due_us == YOKE_NEVER ? YOKE_NEVER : due_us > now_us ? due_us - now_us : 0;
    }
    sources_wait(timeout_us);
    get_up(c);
}

static void run_platform(core *c, const yoke_task *root)
{
    unsigned turns = 0;
    for (;;) {
        uint64_t due_us = yoke_loop_step(c->loop);
        if (yoke_done(root)) {
            return;
        }
        if (due_us != YOKE_AT_ONCE) {
            wait_platform(c, due_us);
        } else if (++turns % TURNS_BETWEEN_LOOKS == 0) {
            look_now_and_then();
        }
    }
}

/* --- all of it ------------------------------------------------------- */

/* The root task has left core 1 running: stop it after its present step. */
static void stop_app_thread(core *c)
{
    if (c->launched) {
        atomic_store(&c->loop->stopped, true);
        yoke_port_pend(c->loop);
        yoke_port_reap(c->loop);
    }
}

int yoke_run(yoke_loop *platform, yoke_task *root)
{
    core *c = &cores[0];
    if (sources_open() < 0) {
        sources_close();
        return YOKE_EIO;
    }
    signals_open(root);
    here = c->loop = platform;
    lock_introduce(LOCK_PLATFORM);
    pins_open();
    view_open(platform);
    int answer = yoke_start(platform, root);
    if (answer == YOKE_OK) {
        run_platform(c, root);
        answer = root->rc;
    }
    stop_app_thread(&cores[1]);
    here = NULL;
    lock_introduce(LOCK_OTHER);
    view_close();
    pins_close();
    signals_close();
    sources_close();
    return answer;
}
