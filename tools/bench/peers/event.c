/* libevent: event_active() queues an event behind those that are active already, from any thread
 * once evthread_use_pthreads() was called. */
#include "timers.h"
#include "wake.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/thread.h>

#define TASKS_MAX 1000

static struct event_base *base;
static uint32_t rounds;
static uint32_t done;
static uint64_t switches;

/* --- yield ------------------------------------------------------------------------------------ */

static struct event events[TASKS_MAX];
static uint32_t left[TASKS_MAX];

static void on_yield(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct event *e = arg;
    switches++;
    if (--left[e - events] > 0) {
        event_active(e, EV_TIMEOUT, 0);
    }
}

static bool run_yield(const bench_case *c, double figures[])
{
    rounds = c->work / c->n;
    switches = 0;
    base = event_base_new();
    uint64_t took_ns = thread_cpu_ns();
    for (uint32_t i = 0; i < c->n; i++) {
        left[i] = rounds;
        event_assign(&events[i], base, -1, 0, on_yield, &events[i]);
        event_active(&events[i], EV_TIMEOUT, 0);
    }
    event_base_dispatch(base);
    took_ns = thread_cpu_ns() - took_ns;
    event_base_free(base);
    figures[0] = (double)took_ns / ((double)c->n * rounds);
    return switches == (uint64_t)c->n * rounds;
}

/* --- spawn and join --------------------------------------------------------------------------- */

static void on_parent(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    if (done < rounds) {
        event_active(&events[1], EV_TIMEOUT, 0);
    }
}

static void on_child(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    done++;
    event_active(&events[0], EV_TIMEOUT, 0);
}

static bool run_spawn(const bench_case *c, double figures[])
{
    rounds = c->work;
    done = 0;
    base = event_base_new();
    event_assign(&events[0], base, -1, 0, on_parent, NULL);
    event_assign(&events[1], base, -1, 0, on_child, NULL);
    uint64_t took_ns = thread_cpu_ns();
    event_active(&events[0], EV_TIMEOUT, 0);
    event_base_dispatch(base);
    took_ns = thread_cpu_ns() - took_ns;
    event_base_free(base);
    figures[0] = (double)took_ns / rounds;
    return done == rounds;
}

/* --- timers ----------------------------------------------------------------------------------- */

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    done++;
}

static void timers_once(uint32_t n, timers_account *a)
{
    static struct event timers[TIMERS_MAX];
    done = 0;
    base = event_base_new();
    for (uint32_t i = 0; i < n; i++) {
        evtimer_assign(&timers[i], base, on_timer, NULL);
    }
    uint64_t all_due_ns = timers_begin(n);
    uint64_t since_ns = thread_cpu_ns();
    for (uint32_t i = 0; i < n; i++) {
        event_add(&timers[i], &(struct timeval){.tv_usec = (suseconds_t)timers_due_us[i]});
    }
    a->insert_ns = thread_cpu_ns() - since_ns;
    timers_pass(all_due_ns);
    since_ns = thread_cpu_ns();
    event_base_dispatch(base);
    a->fire_ns = thread_cpu_ns() - since_ns;
    a->fired = done;
    event_base_free(base);
}

static bool run_timers(const bench_case *c, double figures[])
{
    return timers_measure(c, timers_once, figures);
}

/* --- wake ------------------------------------------------------------- */

static void send_wake(void)
{
    event_active(&events[0], EV_READ, 0);
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    if (!wake_seen()) {
        event_base_loopbreak(base);
    }
}

/* Locks are on for good once they are on, so a base of its own, made after the others' figures. */
static bool run_asleep(const bench_case *c, double figures[])
{
    struct event_config *config = event_config_new();
    evthread_use_pthreads();
    base = event_base_new_with_config(config);
    event_config_free(config);
    event_assign(&events[0], base, -1, EV_PERSIST, on_wake, NULL);
    wake_begin(c, send_wake);
    event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
    event_base_free(base);
    return wake_end(figures);
}

extern const bench_subject event_subjects[];
const bench_subject event_subjects[] = {
    {.kind = BENCH_YIELD, .peer = "libevent", .run = run_yield, .slower = 2},
    {.kind = BENCH_SPAWN, .peer = "libevent", .run = run_spawn, .slower = 2},
    {.kind = BENCH_TIMERS, .peer = "libevent", .run = run_timers},
    {.kind = BENCH_WAKE_ASLEEP, .peer = "libevent", .run = run_asleep},
    {0},
};
