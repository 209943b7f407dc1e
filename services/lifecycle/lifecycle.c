/* The supervisor. */
#include "yoke/lifecycle.h"

#include "yoke/watchdog.h"

#include <stdio.h>
#include <string.h>

#define LOOKS_A_STALL 8u

/* --- on the app loop: its pulse ------------------------------------------ */

static struct {
    uint64_t (*step)(yoke_loop *l); /* the app loop's own */
    atomic_uint turns;              /* odd: in a turn */
} beat;

static uint64_t step_and_count(yoke_loop *l)
{
    uint32_t n = atomic_load_explicit(&beat.turns, memory_order_relaxed);
    atomic_store_explicit(&beat.turns, n + 1, memory_order_relaxed);
    uint64_t due_us = beat.step(l);
    atomic_store_explicit(&beat.turns, n + 2, memory_order_relaxed);
    return due_us;
}

/* --- is it alive? ---------------------------------------------------------- */

static const yoke_worker *last_worker(const lifecycle *l)
{
    return atomic_load_explicit(&l->app->present, memory_order_relaxed);
}

static yoke_task *running_task(lifecycle *l)
{
    return atomic_load_explicit(&l->witness[1].running, memory_order_relaxed);
}

/* Not yoke_worker_read(): core 1 may have died while it wrote that account. */
static uint32_t runs_of(const yoke_worker *w)
{
    return w ? __atomic_load_n(&w->stats.runs, __ATOMIC_RELAXED) : 0;
}

/* Take its pulse; true: it has moved, or rests, since the last time. */
static bool has_moved(lifecycle *l)
{
    uint32_t turn = atomic_load_explicit(&beat.turns, memory_order_relaxed);
    const yoke_worker *w = last_worker(l);
    const yoke_task *t = running_task(l);
    uint32_t runs = runs_of(w);
    bool same = turn & 1 && turn == l->pulse.turn && runs == l->pulse.runs &&
                w == l->pulse.worker && t == l->pulse.task;
    l->pulse.turn = turn;
    l->pulse.runs = runs;
    l->pulse.worker = w;
    l->pulse.task = t;
    return !same;
}

static uint32_t stall_ms(const lifecycle *l)
{
    return l->stall_ms ? l->stall_ms : LIFECYCLE_STALL_MS;
}

static uint32_t look_ms(const lifecycle *l)
{
    uint32_t ms = stall_ms(l) / LOOKS_A_STALL;
    return ms ? ms : 1;
}

static bool is_stalled(lifecycle *l)
{
    uint64_t now_us = yoke_now_us(yoke_home(&l->task));
    if (has_moved(l)) {
        l->since_us = now_us;
    }
    return now_us - l->since_us >= (uint64_t)stall_ms(l) * 1000;
}

/* In this order: when core 1 is off in order, its loop was so before. */
static bool is_down(lifecycle *l)
{
    enum core_state state = core_state();
    if (yoke_app_state(l->app) == YOKE_APP_OFF) {
        l->since_us = yoke_now_us(yoke_home(&l->task));
        return false;
    }
    return state != CORE_RUNNING || is_stalled(l);
}

/* --- bring it back --------------------------------------------------------- */

/* Core 1 being reset: the worker that it was in, if it is still in the app loop. */
static yoke_worker *worker_in_step(lifecycle *l)
{
    bool in_task = l->witness[1].running && !l->witness[1].in_step;
    yoke_worker *w = NULL;
    if (!in_task && atomic_load(&beat.turns) & 1) {
        do {
            w = yoke_worker_next(l->app, w);
        } while (w && w != last_worker(l));
    }
    return w;
}

static const char *name_of(lifecycle *l, const yoke_worker *w)
{
    if (w) {
        return w->name ? w->name : "";
    }
    return running_task(l) && yoke_place_on_core[1] ? yoke_place_on_core[1]->name : "";
}

static core_fault fault_of(lifecycle *l)
{
    core_fault f = core_seen();
    if (f.kind == CORE_NO_FAULT) {
        f = (core_fault){.kind = CORE_STALL, .at_us = yoke_now_us(yoke_home(&l->task))};
    }
    f.core = 1;
    f.restarts = ++l->restarts;
    return f;
}

static void bring_back(lifecycle *l)
{
    core_fault f = fault_of(l);
    bool stopping = yoke_app_state(l->app) == YOKE_APP_STOPPING;
    core_reset();
    yoke_worker *w = worker_in_step(l);
    strncpy(f.name, name_of(l, w), CORE_NAME_MAX);
    yoke_app_rescue(l->app, &l->witness[1]);
    yoke_platform_rescue(&l->witness[0]);
    if (w) {
        yoke_worker_remove(l->app, w);
    }
    atomic_store(&beat.turns, 0);
    core_fault_write(&f);
    if (l->told) {
        l->told(&f, w);
    }
    if (!stopping) {
        yoke_app_start(l->app);
    }
}

/* --- the task ---------------------------------------------------------------- */

void lifecycle_open(lifecycle *l, yoke_loop *platform, yoke_app *app)
{
    l->app = app;
    if (core_fault_read(&l->before)) {
        core_fault_write(&(core_fault){.kind = CORE_NO_FAULT}); /* it is told once */
    }
    beat.step = app->loop.step;
    atomic_store(&beat.turns, 0);
    app->loop.step = step_and_count;
    yoke_witness_open(&l->witness[0], platform, NULL);
    yoke_witness_open(&l->witness[1], &app->loop, app);
    core_guard();
}

int lifecycle_body(yoke_task *t)
{
    lifecycle *me = YOKE_FRAME(lifecycle, t);
    YOKE_BEGIN(t);
    if (me->watchdog_ms) {
        t->rc = watchdog_start(me->watchdog_ms);
    }
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, look_ms(me)));
        watchdog_feed();
        if (is_down(me)) {
            bring_back(me);
        }
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* --- in words ------------------------------------------------------------------ */

static const char *what(const core_fault *f)
{
    static const char *const texts[] = {
        [CORE_NO_FAULT] = "nothing happened",
        [CORE_STALL] = "it did not come back",
        [CORE_EXCEPTION] = "it caused an exception",
        [CORE_STACK] = "its stack overflowed",
        [CORE_CHECK] = "a check failed",
    };
    return f->kind < sizeof texts / sizeof *texts ? texts[f->kind] : "unknown fault";
}

const char *lifecycle_text(const core_fault *f, char *text)
{
    const char *name = f->name[0] ? f->name : "somewhere";
    if (f->kind == CORE_CHECK) {
        snprintf(text, LIFECYCLE_TEXT_MAX, "core %u stopped in check %s %u", (unsigned)f->core, name,
                 (unsigned)f->number);
    } else {
        snprintf(text, LIFECYCLE_TEXT_MAX, "core %u stopped in %s: %s (at %llx, %u), restart %u",
                 (unsigned)f->core, name, what(f), (unsigned long long)f->address,
                 (unsigned)f->number, (unsigned)f->restarts);
    }
    return text;
}
