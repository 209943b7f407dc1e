/* The supervisor. */
#include "yoke/lifecycle.h"

#include "yoke/watchdog.h"

#include <stdio.h>
#include <string.h>

#define LOOKS_A_STALL 8u

/* --- is it alive? ---------------------------------------------------------- */

/* Not yoke_worker_read(): core 1 may have died while it wrote that account. */
static uint32_t runs_of(const yoke_worker *w)
{
    return w ? __atomic_load_n(&w->stats.runs, __ATOMIC_RELAXED) : 0;
}

/* Take its pulse; true: it has moved, or rests, since the last time. */
static bool has_moved(lifecycle *l)
{
    const yoke_witness *core_1 = &l->witness[1];
    uint32_t turn = atomic_load_explicit(&core_1->turns, memory_order_relaxed);
    const yoke_worker *w = yoke_witness_present(core_1);
    const yoke_task *t = atomic_load_explicit(&core_1->running, memory_order_relaxed);
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

/* Somebody has started the app loop again that was left off. */
static void begin_anew(lifecycle *l)
{
    l->state = LIFECYCLE_WATCHING;
    l->counted = 0;
}

/* In this order: when core 1 is off in order, its loop was so before. */
static bool is_down(lifecycle *l)
{
    enum core_state state = core_state();
    if (yoke_app_state(l->app) == YOKE_APP_OFF) {
        l->since_us = yoke_now_us(yoke_home(&l->task));
        return false;
    }
    if (l->state == LIFECYCLE_LEFT_OFF) {
        begin_anew(l);
    }
    return state != CORE_RUNNING || is_stalled(l);
}

/* --- how often ---------------------------------------------------------------- */

static uint32_t restarts_max(const lifecycle *l)
{
    return l->restarts_max ? l->restarts_max : LIFECYCLE_RESTARTS;
}

static uint64_t within_us(const lifecycle *l)
{
    uint32_t ms = l->restarts_within_ms ? l->restarts_within_ms : LIFECYCLE_RESTARTS_WITHIN_MS;
    return (uint64_t)ms * 1000;
}

/* Count a restart now, unless it would be one too many. The place in the ring that it takes is that
 * of the one restarts_max before it. */
static bool may_restart(lifecycle *l)
{
    uint64_t now_us = yoke_now_us(yoke_home(&l->task));
    uint64_t *place = &l->restarted_us[l->counted % restarts_max(l)];
    if (l->counted >= restarts_max(l) && now_us - *place < within_us(l)) {
        return false;
    }
    *place = now_us;
    l->counted++;
    return true;
}

/* --- bring it back --------------------------------------------------------- */

/* Core 1 having ended: the worker that it was in, if it is still in the app loop. */
static yoke_worker *worker_in_step(const lifecycle *l)
{
    const yoke_worker *culprit = yoke_witness_worker(&l->witness[1]);
    yoke_worker *w = NULL;
    do {
        w = yoke_worker_next(l->app, w);
    } while (w && w != culprit);
    return w;
}

static const char *name_of(const lifecycle *l, const yoke_worker *w)
{
    if (w) {
        return w->name ? w->name : "";
    }
    bool in_task = yoke_witness_task(&l->witness[1]);
    return in_task && yoke_place_on_core[1] ? yoke_place_on_core[1]->name : "";
}

static core_fault fault_of(lifecycle *l)
{
    core_fault f = core_seen();
    if (f.kind == CORE_NO_FAULT) {
        f = (core_fault){.kind = CORE_STALL, .at_us = yoke_now_us(yoke_home(&l->task))};
    }
    f.core = 1;
    return f;
}

/* The record is complete, and core 1 is off. */
static void tell(lifecycle *l, const core_fault *f, yoke_worker *w)
{
    core_fault_write(f);
    if (l->told) {
        l->told(f, w);
    }
}

static void leave_off(lifecycle *l, core_fault *f)
{
    l->state = LIFECYCLE_LEFT_OFF;
    f->left_off = 1;
}

/* Whom nobody has asked to stop is started again, if that has not been tried too often. */
static void bring_back(lifecycle *l)
{
    core_fault f = fault_of(l);
    bool wanted = yoke_app_state(l->app) == YOKE_APP_RUNNING;
    core_reset();
    yoke_worker *w = worker_in_step(l);
    strncpy(f.name, name_of(l, w), CORE_NAME_MAX);
    yoke_app_rescue(&l->witness[1]);
    yoke_platform_rescue(&l->witness[0]);
    if (w) {
        yoke_worker_remove(l->app, w);
    }
    bool again = wanted && may_restart(l);
    if (wanted && !again) {
        leave_off(l, &f);
    }
    f.restarts = l->restarts += again;
    tell(l, &f, w);
    if (again && yoke_app_start(l->app) == YOKE_EIO) {
        leave_off(l, &f);
        tell(l, &f, NULL);
    }
}

/* --- the task ---------------------------------------------------------------- */

void lifecycle_open(lifecycle *l, yoke_loop *platform, yoke_app *app)
{
    l->app = app;
    if (core_fault_read(&l->before)) {
        core_fault_write(&(core_fault){.kind = CORE_NO_FAULT}); /* it is told once */
    }
    yoke_witness_platform(&l->witness[0], platform);
    yoke_witness_app(&l->witness[1], app);
    core_guard();
}

static int begin(const lifecycle *l)
{
    if (l->restarts_max > LIFECYCLE_RESTARTS_MAX) {
        return YOKE_EINVAL;
    }
    if (!l->watchdog_ms) {
        return YOKE_OK;
    }
    return l->watchdog_ms > 2 * look_ms(l) ? watchdog_start(l->watchdog_ms) : YOKE_EINVAL;
}

int lifecycle_body(yoke_task *t)
{
    lifecycle *me = YOKE_FRAME(lifecycle, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, begin(me));
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, look_ms(me)));
        if (is_down(me)) {
            bring_back(me);
        }
        if (me->state != LIFECYCLE_LEFT_OFF) { /* both loops live, or are meant to be off */
            watchdog_feed();
        }
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* --- in words ------------------------------------------------------------------ */

static const char *how(const core_fault *f)
{
    static const char *const texts[] = {
        [CORE_NO_FAULT] = "for no reason",
        [CORE_STALL] = "which did not come back",
        [CORE_EXCEPTION] = "which caused an exception",
        [CORE_STACK] = "whose stack overflowed",
    };
    return f->kind < sizeof texts / sizeof *texts ? texts[f->kind] : "in an unknown way";
}

static void add_restart(const core_fault *f, char *text)
{
    size_t length = strlen(text);
    const char *form = f->left_off ? "; after %u restarts it stays off" : "; restart %u";
    snprintf(text + length, LIFECYCLE_TEXT_MAX - length, form, (unsigned)f->restarts);
}

const char *lifecycle_text(const core_fault *f, char *text)
{
    const char *name = f->name[0] ? f->name : "the kernel";
    if (f->kind == CORE_CHECK) {
        snprintf(text, LIFECYCLE_TEXT_MAX, "core %u stopped in check %s %u", (unsigned)f->core,
                 name, (unsigned)f->number);
        return text;
    }
    snprintf(text, LIFECYCLE_TEXT_MAX, "core %u stopped in %s, %s", (unsigned)f->core, name,
             how(f));
    if (f->address) {
        size_t length = strlen(text);
        snprintf(text + length, LIFECYCLE_TEXT_MAX - length, " (%u at %llx)", (unsigned)f->number,
                 (unsigned long long)f->address);
    }
    add_restart(f, text);
    return text;
}
