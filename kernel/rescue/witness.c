/* Which tasks a loop has: an observer with a table. */
#include "../internal.h"
#include "yoke/rescue.h"

/* yoke_app.slack_us while the app loop is not yet at its workers: no real slack is like that. */
#define AMONG_TASKS INT32_MIN

ALWAYS_INLINE yoke_task *get(const _Atomic(yoke_task *) *slot)
{
    return atomic_load_explicit(slot, memory_order_relaxed);
}

ALWAYS_INLINE void put(_Atomic(yoke_task *) *slot, yoke_task *t)
{
    atomic_store_explicit(slot, t, memory_order_relaxed);
}

/* Frames are at least 32 bytes apart, so most tasks have a place of their own. */
static _Atomic(yoke_task *) *own_place(yoke_witness *w, const yoke_task *t)
{
    return &w->tasks[((uintptr_t)t >> 5) % YOKE_WITNESS_TASKS];
}

static _Atomic(yoke_task *) *find(yoke_witness *w, const yoke_task *t)
{
    _Atomic(yoke_task *) *own = own_place(w, t);
    if (get(own) == t) {
        return own;
    }
    for (unsigned i = 0; i < YOKE_WITNESS_TASKS; i++) {
        if (get(&w->tasks[i]) == t) {
            return &w->tasks[i];
        }
    }
    return NULL;
}

static void forget(yoke_witness *w, const yoke_task *t)
{
    _Atomic(yoke_task *) *place = find(w, t);
    if (place) {
        put(place, NULL);
    }
}

static void remember(yoke_witness *w, yoke_task *t)
{
    if (find(w, t)) {
        return;
    }
    _Atomic(yoke_task *) *place = own_place(w, t);
    if (get(place)) {
        place = find(w, NULL);
    }
    if (place) {
        put(place, t);
    } else {
        uint32_t n = atomic_load_explicit(&w->refused, memory_order_relaxed);
        atomic_store_explicit(&w->refused, n + 1, memory_order_relaxed);
    }
}

/* The task of a worker's step (yoke_step_task) is in no list of the loop, and the worker's. */
static bool in_worker(const yoke_witness *w)
{
    return w->app && w->app->slack_us != AMONG_TASKS;
}

static void see_step(yoke_witness *w, yoke_task *t, enum yoke_event event)
{
    put(&w->running, event == YOKE_RUNS ? t : NULL);
}

/* `running` stays after the end: the loop has still to tell the joiner. */
static void see_task(yoke_witness *w, yoke_task *t, enum yoke_event event)
{
    if (event == YOKE_RUNS) {
        atomic_store_explicit(&w->ended, false, memory_order_relaxed);
        put(&w->running, t);
    } else if (event == YOKE_PAUSES) {
        remember(w, t);
        put(&w->running, NULL);
    } else {
        atomic_store_explicit(&w->ended, true, memory_order_relaxed);
        forget(w, t);
    }
}

static void see(yoke_observer *o, yoke_task *t, enum yoke_event event)
{
    yoke_witness *w = (yoke_witness *)(void *)((char *)o - offsetof(yoke_witness, observer));
    if (in_worker(w)) {
        see_step(w, t, event);
    } else {
        see_task(w, t, event);
    }
}

/* --- the turns of the app loop ---------------------------------------- */

#define NEW_TASKS 8u /* of the inbox, that are looked at in a turn */

static void remember_ready(yoke_witness *w)
{
    yoke_task_list *ready = &w->loop->ready;
    for (yoke_task **link = &ready->head; link != ready->tail; link = &(*link)->next) {
        remember(w, *link);
    }
}

/* Those to be started; others are known, or the steps of workers. The lock is held for as long as
 * it takes to look at a few. */
static void remember_inbox(yoke_witness *w)
{
    yoke_task_list *inbox = &w->loop->inbox;
    yoke_task *tasks[NEW_TASKS];
    unsigned n = 0;
    unsigned looks = 0;
    uint32_t saved = yoke_port_lock();
    for (yoke_task **link = &inbox->head; link != inbox->tail && looks < NEW_TASKS; looks++) {
        yoke_task *t = *link;
        link = &t->next_in_inbox;
        if (task_mark(t) & START) {
            tasks[n++] = t;
        }
    }
    yoke_port_unlock(saved);
    while (n) {
        remember(w, tasks[--n]);
    }
}

/* Those that may run in this turn for the first time: one before them may never come back. */
static void remember_new(yoke_witness *w)
{
    remember_ready(w);
    if (loop_is_waited_for(w->loop)) {
        remember_inbox(w);
    }
}

static yoke_witness *of_app;
static uint64_t (*app_step)(yoke_loop *l); /* the app loop's own */

/* The loop sets `slack_us` anew when it is done with its tasks and looks at its workers; if it
 * still has some in line, it goes on with those. */
static uint64_t step_and_count(yoke_loop *l)
{
    yoke_witness *w = of_app;
    uint32_t n = atomic_load_explicit(&w->turns, memory_order_relaxed);
    if (!w->app->line) {
        w->app->slack_us = AMONG_TASKS;
    }
    put(&w->running, NULL);
    remember_new(w);
    atomic_store_explicit(&w->turns, n + 1, memory_order_relaxed);
    uint64_t due_us = app_step(l);
    atomic_store_explicit(&w->turns, n + 2, memory_order_relaxed);
    return due_us;
}

static void observe(yoke_witness *w, yoke_loop *l)
{
    w->loop = l;
    w->observer.see = see;
    yoke_observe(l, &w->observer);
}

void yoke_witness_platform(yoke_witness *w, yoke_loop *platform)
{
    observe(w, platform);
}

void yoke_witness_app(yoke_witness *w, yoke_app *app)
{
    w->app = app;
    of_app = w;
    app_step = app->loop.step;
    app->loop.step = step_and_count;
    observe(w, &app->loop);
}

const yoke_worker *yoke_witness_present(const yoke_witness *w)
{
    return atomic_load_explicit(&w->app->present, memory_order_relaxed);
}

const yoke_worker *yoke_witness_worker(const yoke_witness *w)
{
    bool in_turn = atomic_load_explicit(&w->turns, memory_order_relaxed) & 1;
    return in_turn && in_worker(w) ? yoke_witness_present(w) : NULL;
}

const yoke_task *yoke_witness_task(const yoke_witness *w)
{
    bool ended = atomic_load_explicit(&w->ended, memory_order_relaxed);
    return in_worker(w) || ended ? NULL : get(&w->running);
}
