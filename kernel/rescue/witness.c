/* Which tasks a loop has: an observer with a table. */
#include "../internal.h"
#include "yoke/rescue.h"

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

/* About to run: is it the step of a worker (yoke_step_task)? Such a task is in no list, so where
 * others have their link it still has the answer of its last wait, which no address looks like. At
 * its very first run only the worker tells. */
static bool is_step(const yoke_witness *w, const yoke_task *t)
{
    if (!w->app) {
        return false;
    }
    const yoke_worker *last = atomic_load_explicit(&w->app->present, memory_order_relaxed);
    return t->status == YOKE_PENDING ||
           (last && last->present_step == yoke_step_task && last->present_arg == t);
}

static void see(yoke_observer *o, yoke_task *t, enum yoke_event event)
{
    yoke_witness *w = (yoke_witness *)(void *)((char *)o - offsetof(yoke_witness, observer));
    if (event == YOKE_RUNS) {
        bool in_step = is_step(w, t);
        atomic_store_explicit(&w->in_step, in_step, memory_order_relaxed);
        if (!in_step) {
            put(&w->rest, t->next);
        }
        put(&w->running, t);
        return;
    }
    if (event == YOKE_ENDS || atomic_load_explicit(&w->in_step, memory_order_relaxed)) {
        forget(w, t);
    } else {
        remember(w, t);
    }
    put(&w->running, NULL);
}

void yoke_witness_open(yoke_witness *w, yoke_loop *l, const yoke_app *app)
{
    w->loop = l;
    w->app = app;
    w->observer.see = see;
    yoke_observe(l, &w->observer);
}
