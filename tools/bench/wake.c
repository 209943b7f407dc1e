/* Wake from another thread, of a loop that sleeps and of one that polls. */
#define _GNU_SOURCE
#include "wake.h"
#include "yoke/posix.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

#define WAKES_MAX 20000u

/* Before a wake the waker writes nothing that the woken reads, and the other way round: each keeps
 * its stamps, on cache lines of its own. */
static _Alignas(128) uint64_t sent_at[WAKES_MAX];
static _Alignas(128) uint64_t seen_at[WAKES_MAX];
static _Alignas(128) atomic_uint seen;
static _Alignas(128) uint32_t wakes;
static uint32_t pause_us;
static void (*wake_once)(void);
static pthread_t thread;

static void *waker_main(void *arg)
{
    spin_for_ns(2000000);
    for (uint32_t i = 0; i < wakes; i++) {
        spin_for_ns(pause_us * 500u + random_below(pause_us * 1000u));
        sent_at[i] = ticks_now();
        wake_once();
        while (atomic_load_explicit(&seen, memory_order_acquire) == i) {
            spin_pause();
        }
    }
    return arg;
}

void wake_begin(const bench_case *c, void (*wake)(void))
{
    pause_us = c->n;
    wakes = c->work < WAKES_MAX ? c->work : WAKES_MAX;
    wake_once = wake;
    ticks_ns(0); /* measure the counter now */
    atomic_store(&seen, 0);
    if (pthread_create(&thread, NULL, waker_main, NULL) != 0) {
        wakes = 0;
    }
}

bool wake_seen(void)
{
    uint64_t at = ticks_now();
    uint32_t i = atomic_load_explicit(&seen, memory_order_relaxed);
    if (i < wakes) {
        seen_at[i++] = at;
        atomic_store_explicit(&seen, i, memory_order_release);
    }
    return i < wakes;
}

bool wake_end(double figures[])
{
    static double took_us[WAKES_MAX];
    bool in_order = wakes > 0;
    if (in_order) {
        pthread_join(thread, NULL);
    }
    for (uint32_t i = 0; i < wakes; i++) {
        in_order &= seen_at[i] > sent_at[i]; /* else it was woken by nobody */
        took_us[i] = ticks_ns(seen_at[i] - sent_at[i]) / 1000;
    }
    figures[0] = percentile(took_us, wakes, 50);
    figures[1] = percentile(took_us, wakes, 99);
    figures[2] = percentile(took_us, wakes, 100);
    return in_order && atomic_load(&seen) == wakes;
}

/* --- yoke ------------------------------------------------------------------------------------- */

static const bench_case *current;
static yoke_signal doorbell;

static void set_doorbell(void)
{
    yoke_signal_set(&doorbell, 1);
}

static int platform_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    wake_begin(current, set_doorbell);
    do {
        YOKE_TRY(t, yoke_signal_wait(t, &doorbell, NULL));
    } while (wake_seen());
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static bool run_platform(const bench_case *c, double figures[], uint32_t spin_us)
{
    current = c;
    doorbell = (yoke_signal){0};
    posix_tune.platform_spin_us = spin_us;
    bool ok = run_root(platform_body);
    posix_tune.platform_spin_us = 0;
    return wake_end(figures) && ok;
}

static bool run_asleep(const bench_case *c, double figures[])
{
    return run_platform(c, figures, 0);
}

static bool run_polling(const bench_case *c, double figures[])
{
    return run_platform(c, figures, 1000000);
}

static yoke_app app;
static yoke_task on_app = YOKE_TASK(platform_body);

static int app_root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    yoke_app_init(&app);
    yoke_start(&app.loop, &on_app);
    yoke_app_start(&app);
    YOKE_AWAIT(t, yoke_join(t, &on_app));
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    YOKE_END(t);
}

/* Without real-time priority, as the peers. */
static bool run_app_asleep(const bench_case *c, double figures[])
{
    uint32_t priority = posix_tune.app_priority;
    current = c;
    doorbell = (yoke_signal){0};
    posix_tune.app_priority = 0;
    bool ok = run_root(app_root_body);
    posix_tune.app_priority = priority;
    return wake_end(figures) && ok;
}

/* --- POSIX threads ---------------------------------------------------------------------------- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool rung;

static void ring(void)
{
    pthread_mutex_lock(&mutex);
    rung = true;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
}

static bool run_condition(const bench_case *c, double figures[])
{
    rung = false;
    wake_begin(c, ring);
    do {
        pthread_mutex_lock(&mutex);
        while (!rung) {
            pthread_cond_wait(&changed, &mutex);
        }
        rung = false;
        pthread_mutex_unlock(&mutex);
    } while (wake_seen());
    return wake_end(figures);
}

static sem_t semaphore;

static void post(void)
{
    sem_post(&semaphore);
}

static bool run_semaphore(const bench_case *c, double figures[])
{
    sem_init(&semaphore, 0, 0);
    wake_begin(c, post);
    do {
        while (sem_wait(&semaphore) < 0 && errno == EINTR) {
        }
    } while (wake_seen());
    return wake_end(figures);
}

static bool run_semaphore_polled(const bench_case *c, double figures[])
{
    sem_init(&semaphore, 0, 0);
    wake_begin(c, post);
    do {
        while (sem_trywait(&semaphore) < 0) {
            spin_pause();
        }
    } while (wake_seen());
    return wake_end(figures);
}

/* What the machine itself takes to show one core what the other has stored. */
static _Alignas(128) atomic_bool flag;

static void raise_flag(void)
{
    atomic_store_explicit(&flag, true, memory_order_release);
}

static bool run_flag(const bench_case *c, double figures[])
{
    atomic_store(&flag, false);
    wake_begin(c, raise_flag);
    do {
        while (!atomic_load_explicit(&flag, memory_order_acquire)) {
            spin_pause();
        }
        atomic_store_explicit(&flag, false, memory_order_relaxed);
    } while (wake_seen());
    return wake_end(figures);
}

/* n: the mean pause in us */
static const bench_row asleep_rows[] = {{"wake, loop asleep", 50, 2000}};
static const bench_row polling_rows[] = {{"wake, loop polling", 4, 20000}};

static const bench_subject subjects[] = {
    {.kind = BENCH_WAKE_ASLEEP, .peer = "yoke", .run = run_asleep},
    {.kind = BENCH_WAKE_ASLEEP, .peer = "yoke, app loop", .run = run_app_asleep},
    {.kind = BENCH_WAKE_ASLEEP, .peer = "condition variable", .run = run_condition},
    {.kind = BENCH_WAKE_ASLEEP, .peer = "semaphore", .run = run_semaphore},
    {.kind = BENCH_WAKE_POLLING, .peer = "yoke", .run = run_polling},
    {.kind = BENCH_WAKE_POLLING, .peer = "a flag, the floor", .run = run_flag},
    {.kind = BENCH_WAKE_POLLING, .peer = "semaphore", .run = run_semaphore_polled},
    {0},
};

const bench_family wake_asleep_family = {.kind = BENCH_WAKE_ASLEEP,
                                         .unit = "us",
                                         .figures = {"p50", "p99", "max"},
                                         .rows = asleep_rows,
                                         .row_count = COUNT(asleep_rows),
                                         .own = subjects};

const bench_family wake_polling_family = {.kind = BENCH_WAKE_POLLING,
                                          .unit = "us",
                                          .figures = {"p50", "p99", "max"},
                                          .rows = polling_rows,
                                          .row_count = COUNT(polling_rows),
                                          .own = subjects};
