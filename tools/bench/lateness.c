/* Lateness of a 10 ms worker while the platform loop has 20 busy tasks and so a core of its own.
 *
 * Each frame stamps CLOCK_MONOTONIC itself, to the nanosecond; its ideal time is the release grid,
 * phase + k * 10 ms. The peer is what a C programmer would write: clock_nanosleep() with an
 * absolute time, in a thread, beside the same 20 busy tasks. */
#define _GNU_SOURCE
#include "bench.h"
#include "yoke/posix.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#define PERIOD_US  10000u
#define PERIOD_NS  (PERIOD_US * UINT64_C(1000))
#define FRAMES_MAX 1000u
#define BUSY_TASKS 20u
#define PRIORITY   50u

typedef struct {
    uint32_t spin_us;
    uint32_t priority;
    bool plain; /* no worker: a thread that sleeps */
} way;

/* --- frames against their grid ---------------------------------------------------------------- */

static double late_ns[FRAMES_MAX];
static uint32_t frames;
static uint32_t wanted;
static bool too_early;
static uint64_t ideal_ns; /* of the next frame */
static yoke_signal finished;

/* A frame at `now`; a late one leaves out the periods that have passed. True: it was the last. */
static bool frame(uint64_t now)
{
    if (frames == wanted) {
        return true;
    }
    too_early |= now < ideal_ns;
    uint64_t late = now - ideal_ns;
    late_ns[frames++] = (double)late;
    ideal_ns += (late / PERIOD_NS + 1) * PERIOD_NS;
    if (frames == wanted) {
        yoke_signal_set(&finished, 1);
    }
    return frames == wanted;
}

/* --- the worker ------------------------------------------------------------------------------- */

static yoke_worker worker;
static yoke_app app;

/* The first step tells the phase: the worker's release is a whole microsecond of the same clock.
 * Next in the grid is the first point after now. */
static int step(void *arg)
{
    (void)arg;
    uint64_t now = now_ns();
    if (ideal_ns != 0) {
        frame(now);
        return YOKE_OK;
    }
    int32_t ahead_us = (int32_t)(worker.release_us - (uint32_t)(now / 1000));
    ideal_ns = (now / 1000 + (uint64_t)ahead_us) * 1000;
    while (ideal_ns <= now) {
        ideal_ns += PERIOD_NS;
    }
    return YOKE_OK;
}

/* --- the plain sleep -------------------------------------------------------------------------- */

static void *sleeper_main(void *arg)
{
    const way *w = arg;
    struct sched_param how = {.sched_priority = (int)w->priority};
    if (w->priority) {
        pthread_setschedparam(pthread_self(), SCHED_FIFO, &how);
    }
    ideal_ns = now_ns() + PERIOD_NS;
    do {
        struct timespec until = {.tv_sec = (time_t)(ideal_ns / 1000000000u),
                                 .tv_nsec = (long)(ideal_ns % 1000000000u)};
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
        }
    } while (!frame(now_ns()));
    return NULL;
}

/* --- the platform loop ------------------------------------------------------------------------ */

static yoke_task busy[BUSY_TASKS];
static yoke_task *children[BUSY_TASKS];
static bool enough;
static const way *current;
static pthread_t sleeper;

static int busy_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    while (!enough) {
        YOKE_AWAIT(t, yoke_yield(t));
    }
    YOKE_END(t);
}

static int begin(void)
{
    for (uint32_t i = 0; i < BUSY_TASKS; i++) {
        busy[i] = (yoke_task)YOKE_TASK(busy_body);
        children[i] = &busy[i];
        yoke_start(&bench_loop, children[i]);
    }
    if (current->plain) {
        int error = pthread_create(&sleeper, NULL, sleeper_main, (void *)(uintptr_t)current);
        return error ? YOKE_EIO : YOKE_OK;
    }
    worker = (yoke_worker){.name = "frame", .step = step, .period_us = PERIOD_US};
    yoke_app_init(&app);
    yoke_worker_add(&app, &worker);
    return yoke_app_start(&app);
}

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, begin());
    YOKE_AWAIT(t, yoke_signal_wait(t, &finished, NULL));
    if (current->plain) {
        pthread_join(sleeper, NULL);
    } else {
        yoke_app_stop(&app);
        YOKE_AWAIT(t, yoke_app_join(t, &app));
    }
    YOKE_FINALLY(t);
    enough = true;
    YOKE_AWAIT(t, yoke_gather(t, children, BUSY_TASKS));
    YOKE_END(t);
}

static bool run(const bench_case *c, double figures[])
{
    posix_tuning before = posix_tune;
    current = c->arg;
    posix_tune.app_spin_us = current->spin_us;
    posix_tune.app_priority = current->priority;
    frames = 0;
    wanted = c->work < FRAMES_MAX ? c->work : FRAMES_MAX;
    too_early = enough = false;
    ideal_ns = 0;
    finished = (yoke_signal){0};
    bool ok = run_root(root_body);
    posix_tune = before;
    for (uint32_t i = 0; i < frames; i++) {
        late_ns[i] /= 1000;
    }
    figures[0] = percentile(late_ns, frames, 50);
    figures[1] = percentile(late_ns, frames, 99);
    figures[2] = percentile(late_ns, frames, 100);
    return ok && frames == wanted && !too_early;
}

/* --- may we have real-time priority here? ----------------------------------------------------- */

static void *probe_main(void *answer)
{
    struct sched_param how = {.sched_priority = PRIORITY};
    *(bool *)answer = pthread_setschedparam(pthread_self(), SCHED_FIFO, &how) == 0;
    return NULL;
}

static bool may_have_priority(void)
{
    static int known = -1;
    if (known < 0) {
        pthread_t probe;
        bool answer = false;
        if (pthread_create(&probe, NULL, probe_main, &answer) == 0) {
            pthread_join(probe, NULL);
        }
        known = answer;
    }
    return known;
}

static const way priority_spin_300 = {.spin_us = 300, .priority = PRIORITY};
static const way priority_spin_100 = {.spin_us = 100, .priority = PRIORITY};
static const way priority_spin_30 = {.spin_us = 30, .priority = PRIORITY};
static const way priority_no_spin = {.spin_us = 0, .priority = PRIORITY};
static const way ordinary_spin_300 = {.spin_us = 300, .priority = 0};
static const way sleep_priority = {.priority = PRIORITY, .plain = true};
static const way sleep_ordinary = {.plain = true};

/* n: unused; work: frames */
static const bench_row rows[] = {{"lateness, 10 ms worker", 0, 200}};

#define SUBJECT(name, how, when)                                                              \
    {                                                                                         \
        .kind = BENCH_LATENESS, .peer = (name), .run = run, .arg = &(how), .possible = (when) \
    }

static const bench_subject subjects[] = {
    SUBJECT("yoke, real-time, spin 300 us", priority_spin_300, may_have_priority),
    SUBJECT("yoke, real-time, spin 100 us", priority_spin_100, may_have_priority),
    SUBJECT("yoke, real-time, spin 30 us", priority_spin_30, may_have_priority),
    SUBJECT("yoke, real-time, no spin", priority_no_spin, may_have_priority),
    SUBJECT("plain sleep, real-time", sleep_priority, may_have_priority),
    SUBJECT("yoke, spin 300 us", ordinary_spin_300, NULL),
    SUBJECT("plain sleep", sleep_ordinary, NULL),
    {0},
};

const bench_family lateness_family = {.kind = BENCH_LATENESS,
                                      .unit = "us",
                                      .figures = {"p50", "p99", "max"},
                                      .rows = rows,
                                      .row_count = COUNT(rows),
                                      .own = subjects};
