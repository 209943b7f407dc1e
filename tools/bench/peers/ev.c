/* libev: idle watchers run once a loop iteration; ev_feed_event() makes a watcher pending at once;
 * ev_async_send() from a thread. */
#include "timers.h"
#include "wake.h"

/* the system's header punts on aliasing: its own advice */
#pragma GCC diagnostic ignored "-Wstrict-aliasing"
#include <ev.h>

#define TASKS_MAX 1000

static struct ev_loop *loop;
static uint32_t rounds;
static uint32_t done;
static uint64_t switches;

/* --- yield ------------------------------------------------------------------------------------ */

static void on_yield(struct ev_loop *l, ev_idle *w, int events)
{
    (void)events;
    uint32_t *left = w->data;
    switches++;
    if (--*left == 0) {
        ev_idle_stop(l, w);
    }
}

static bool run_yield(const bench_case *c, double figures[])
{
    static ev_idle idle[TASKS_MAX];
    static uint32_t left[TASKS_MAX];
    rounds = c->work / c->n;
    switches = 0;
    loop = ev_loop_new(EVFLAG_AUTO);
    uint64_t took_ns = thread_cpu_ns();
    for (uint32_t i = 0; i < c->n; i++) {
        left[i] = rounds;
        ev_idle_init(&idle[i], on_yield);
        idle[i].data = &left[i];
        ev_idle_start(loop, &idle[i]);
    }
    ev_run(loop, 0);
    took_ns = thread_cpu_ns() - took_ns;
    ev_loop_destroy(loop);
    figures[0] = (double)took_ns / ((double)c->n * rounds);
    return switches == (uint64_t)c->n * rounds;
}

/* --- spawn and join --------------------------------------------------------------------------- */

static ev_prepare parent;
static ev_prepare child;

static void on_parent(struct ev_loop *l, ev_prepare *w, int events)
{
    (void)w;
    (void)events;
    if (done < rounds) {
        ev_feed_event(l, &child, EV_CUSTOM);
    }
}

static void on_child(struct ev_loop *l, ev_prepare *w, int events)
{
    (void)w;
    (void)events;
    done++;
    ev_feed_event(l, &parent, EV_CUSTOM);
}

static bool run_spawn(const bench_case *c, double figures[])
{
    rounds = c->work;
    done = 0;
    loop = ev_loop_new(EVFLAG_AUTO);
    ev_prepare_init(&parent, on_parent);
    ev_prepare_init(&child, on_child);
    uint64_t took_ns = thread_cpu_ns();
    ev_feed_event(loop, &parent, EV_CUSTOM);
    ev_invoke_pending(loop);
    took_ns = thread_cpu_ns() - took_ns;
    ev_loop_destroy(loop);
    figures[0] = (double)took_ns / rounds;
    return done == rounds;
}

/* --- timers ----------------------------------------------------------------------------------- */

static void on_timer(struct ev_loop *l, ev_timer *w, int events)
{
    (void)l;
    (void)w;
    (void)events;
    done++;
}

static void timers_once(uint32_t n, timers_account *a)
{
    static ev_timer timers[TIMERS_MAX];
    done = 0;
    loop = ev_loop_new(EVFLAG_AUTO);
    uint64_t all_due_ns = timers_begin(n);
    for (uint32_t i = 0; i < n; i++) {
        ev_timer_init(&timers[i], on_timer, timers_due_us[i] * 1e-6, 0.);
    }
    ev_now_update(loop);
    uint64_t since_ns = thread_cpu_ns();
    for (uint32_t i = 0; i < n; i++) {
        ev_timer_start(loop, &timers[i]);
    }
    a->insert_ns = thread_cpu_ns() - since_ns;
    timers_pass(all_due_ns);
    since_ns = thread_cpu_ns();
    ev_run(loop, 0);
    a->fire_ns = thread_cpu_ns() - since_ns;
    a->fired = done;
    ev_loop_destroy(loop);
}

static bool run_timers(const bench_case *c, double figures[])
{
    return timers_measure(c, timers_once, figures);
}

/* --- wake ------------------------------------------------------------- */

static ev_async async;

static void send_wake(void)
{
    ev_async_send(loop, &async);
}

static void on_async(struct ev_loop *l, ev_async *w, int events)
{
    (void)w;
    (void)events;
    if (!wake_seen()) {
        ev_break(l, EVBREAK_ALL);
    }
}

static void on_idle(struct ev_loop *l, ev_idle *w, int events)
{
    (void)l;
    (void)w;
    (void)events;
}

static bool run_wake(const bench_case *c, double figures[], bool polls)
{
    ev_idle idle;
    loop = ev_loop_new(EVFLAG_AUTO);
    ev_async_init(&async, on_async);
    ev_async_start(loop, &async);
    ev_idle_init(&idle, on_idle);
    if (polls) {
        ev_idle_start(loop, &idle);
    }
    wake_begin(c, send_wake);
    ev_run(loop, 0);
    bool ok = wake_end(figures);
    ev_loop_destroy(loop);
    return ok;
}

static bool run_asleep(const bench_case *c, double figures[])
{
    return run_wake(c, figures, false);
}

static bool run_polling(const bench_case *c, double figures[])
{
    return run_wake(c, figures, true);
}

extern const bench_subject ev_subjects[];
const bench_subject ev_subjects[] = {
    {.kind = BENCH_YIELD, .peer = "libev", .run = run_yield, .slower = 8},
    {.kind = BENCH_SPAWN, .peer = "libev", .run = run_spawn},
    {.kind = BENCH_TIMERS, .peer = "libev", .run = run_timers},
    {.kind = BENCH_WAKE_ASLEEP, .peer = "libev", .run = run_asleep},
    {.kind = BENCH_WAKE_POLLING, .peer = "libev", .run = run_polling},
    {0},
};
