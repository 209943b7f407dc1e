/* libuv: idle handles run once a loop iteration; timers in ms; uv_async_send() from a thread. */
#include "timers.h"
#include "wake.h"

#include <stdlib.h>
#include <uv.h>

#define TASKS_MAX 1000

static uv_loop_t loop;
static uv_idle_t idle[TASKS_MAX];
static uint32_t tasks;
static uint32_t rounds;
static uint32_t done;
static uint64_t switches;

static void close_one(uv_handle_t *h, void *arg)
{
    (void)arg;
    if (!uv_is_closing(h)) {
        uv_close(h, NULL);
    }
}

static bool close_loop(void)
{
    uv_walk(&loop, close_one, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop) == 0;
}

/* --- yield ------------------------------------------------------------------------------------ */

static void on_yield(uv_idle_t *h)
{
    uint32_t *left = h->data;
    switches++;
    if (--*left == 0) {
        uv_idle_stop(h);
    }
}

static bool run_yield(const bench_case *c, double figures[])
{
    static uint32_t left[TASKS_MAX];
    tasks = c->n;
    rounds = c->work / c->n;
    switches = 0;
    uv_loop_init(&loop);
    uint64_t took_ns = thread_cpu_ns();
    for (uint32_t i = 0; i < tasks; i++) {
        left[i] = rounds;
        uv_idle_init(&loop, &idle[i]);
        idle[i].data = &left[i];
        uv_idle_start(&idle[i], on_yield);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    took_ns = thread_cpu_ns() - took_ns;
    figures[0] = (double)took_ns / ((double)tasks * rounds);
    return switches == (uint64_t)tasks * rounds && close_loop();
}

/* --- spawn and join --------------------------------------------------------------------------- */

static void on_child(uv_idle_t *h);

static void spawn(void)
{
    uv_idle_start(&idle[0], on_child);
}

static void on_child(uv_idle_t *h)
{
    uv_idle_stop(h);
    if (++done < rounds) {
        spawn();
    }
}

static bool run_spawn(const bench_case *c, double figures[])
{
    rounds = c->work;
    done = 0;
    uv_loop_init(&loop);
    uv_idle_init(&loop, &idle[0]);
    uint64_t took_ns = thread_cpu_ns();
    spawn();
    uv_run(&loop, UV_RUN_DEFAULT);
    took_ns = thread_cpu_ns() - took_ns;
    figures[0] = (double)took_ns / rounds;
    return done == rounds && close_loop();
}

/* --- timers ----------------------------------------------------------------------------------- */

static void on_timer(uv_timer_t *h)
{
    (void)h;
    done++;
}

static void timers_once(uint32_t n, timers_account *a)
{
    static uv_timer_t timers[TIMERS_MAX];
    done = 0;
    uv_loop_init(&loop);
    for (uint32_t i = 0; i < n; i++) {
        uv_timer_init(&loop, &timers[i]);
    }
    uint64_t all_due_ns = timers_begin(n);
    uv_update_time(&loop);
    uint64_t since_ns = thread_cpu_ns();
    for (uint32_t i = 0; i < n; i++) {
        uv_timer_start(&timers[i], on_timer, timers_due_us[i] / 1000, 0);
    }
    a->insert_ns = thread_cpu_ns() - since_ns;
    timers_pass(all_due_ns);
    since_ns = thread_cpu_ns();
    uv_run(&loop, UV_RUN_DEFAULT);
    a->fire_ns = thread_cpu_ns() - since_ns;
    a->fired = close_loop() ? done : 0;
}

static bool run_timers(const bench_case *c, double figures[])
{
    return timers_measure(c, timers_once, figures);
}

/* --- wake ------------------------------------------------------------- */

static uv_async_t async;

static void send_wake(void)
{
    uv_async_send(&async);
}

static void on_async(uv_async_t *h)
{
    (void)h;
    if (!wake_seen()) {
        uv_stop(&loop);
    }
}

static void on_idle(uv_idle_t *h)
{
    (void)h;
}

static bool run_wake(const bench_case *c, double figures[], bool polls)
{
    uv_loop_init(&loop);
    uv_async_init(&loop, &async, on_async);
    uv_idle_init(&loop, &idle[0]);
    if (polls) {
        uv_idle_start(&idle[0], on_idle);
    }
    wake_begin(c, send_wake);
    uv_run(&loop, UV_RUN_DEFAULT);
    return wake_end(figures) && close_loop();
}

static bool run_asleep(const bench_case *c, double figures[])
{
    return run_wake(c, figures, false);
}

static bool run_polling(const bench_case *c, double figures[])
{
    return run_wake(c, figures, true);
}

extern const bench_subject uv_subjects[];
const bench_subject uv_subjects[] = {
    {.kind = BENCH_YIELD, .peer = "libuv", .run = run_yield, .slower = 8},
    {.kind = BENCH_SPAWN, .peer = "libuv", .run = run_spawn, .slower = 10},
    {.kind = BENCH_TIMERS, .peer = "libuv", .run = run_timers},
    {.kind = BENCH_WAKE_ASLEEP, .peer = "libuv", .run = run_asleep},
    {.kind = BENCH_WAKE_POLLING, .peer = "libuv", .run = run_polling},
    {0},
};
