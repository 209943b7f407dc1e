/* What the kernel's own files share; nobody else includes it. */
#ifndef YOKE_INTERNAL_H
#define YOKE_INTERNAL_H

#include "yoke/check.h"
#include "yoke/app.h"
#include "yoke/port.h"

/* yoke_task.flags. While QUEUED is set the home loop alone writes them, without the lock; while
 * it is clear they are written under the lock. */
enum {
    STARTED = 1 << 0,
    DONE = 1 << 1,
    QUEUED = 1 << 2,  /* in a list, or running */
    YIELDS = 1 << 3,  /* in yoke_yield(): back to the end of the ready list */
    CANCELS = 1 << 4, /* a cancel is to be delivered to the next pending wait */
    TIMED = 1 << 5,   /* this wait has a due time */
    IN_TREE = 1 << 6, /* the due time has not come yet */
    WITHIN = 1 << 7,  /* the due time is a limit, not a sleep */
};

/* yoke_task.mark: written under the lock by everybody. */
enum {
    WOKEN = 1 << 0,     /* woken while QUEUED */
    CANCEL = 1 << 1,    /* cancelled, not seen by the home loop yet */
    CANCELLED = 1 << 2, /* has been cancelled once since its start */
};

static inline uint8_t task_flags(const yoke_task *t)
{
    return atomic_load_explicit(&t->flags, memory_order_relaxed);
}

/* Two plain accesses, not one atomic exchange: the owner of the flags is the only writer. */
static inline void task_change(yoke_task *t, uint8_t clear, uint8_t set)
{
    uint8_t flags = (uint8_t)((task_flags(t) & ~clear) | set);
    atomic_store_explicit(&t->flags, flags, memory_order_relaxed);
}

static inline uint8_t task_mark(const yoke_task *t)
{
    return atomic_load_explicit(&t->mark, memory_order_relaxed);
}

static inline void task_mark_set(yoke_task *t, uint8_t mark)
{
    atomic_store_explicit(&t->mark, mark, memory_order_relaxed);
}

/* The time of the wait that `t` is in has come. */
static inline bool task_expired(const yoke_task *t)
{
    return (task_flags(t) & (TIMED | IN_TREE)) == TIMED;
}

/* --- lists (loop.c) --- */

void list_append(yoke_task_list *list, yoke_task *t);

/* Under the lock: make a started task ready. Answers the loop to pend after unlocking, or NULL. */
yoke_loop *task_ready_locked(yoke_task *t);

static inline void pend(yoke_loop *l)
{
    if (l) {
        yoke_port_pend(l);
    }
}

/* --- the life of a task (task.c) --- */

/* A task at its beginning: STARTED and nothing else. Under the lock, or nobody else's yet. */
void task_begin(const yoke_loop *home, yoke_task *t);

/* One run, by the loop's ready list or by hand; then, if it has ended, task_end(). */
int task_step(yoke_loop *l, yoke_task *t);
void task_end(yoke_loop *l, yoke_task *t);
void task_run(yoke_loop *l, yoke_task *t);

/* --- the timer tree (timer.c): home loop only --- */

void timer_insert(yoke_loop *l, yoke_task *t, uint64_t due_us);
void timer_remove(yoke_loop *l, yoke_task *t);
void timer_fire_due(yoke_loop *l);
uint64_t timer_next_us(yoke_loop *l);
bool timer_is_after(const yoke_task *t, uint64_t due_us);

/* --- workers (worker.c): the app loop only --- */

/* yoke_worker.wanted */
enum {
    BEGIN = 1 << 0,  /* added: first release now */
    REVIVE = 1 << 1, /* set: active again */
    LEAVE = 1 << 2,
};

static inline int32_t us_until(uint32_t time_us, uint32_t now_us)
{
    return (int32_t)(time_us - now_us);
}

static inline uint8_t worker_wanted(const yoke_worker *w)
{
    return atomic_load_explicit(&w->wanted, memory_order_relaxed);
}

static inline yoke_worker *worker_after(const yoke_worker *w)
{
    return atomic_load_explicit(&w->next, memory_order_acquire);
}

/* One step of `w`, and its account. Answers the time at its end. */
uint32_t worker_run(yoke_app *app, yoke_worker *w, uint32_t now_us);

/* A background worker may run now: it is not pausing, and its longest step ends in time. */
bool worker_fits(yoke_worker *w, uint32_t now_us, uint32_t until_us);

/* `w` is released and has to wait: remember the longest step that it waits for. */
void worker_waits(const yoke_app *app, yoke_worker *w);

/* From its first release to its next deadline, in us. */
uint32_t worker_period_us(const yoke_worker *w);

void worker_begin(yoke_worker *w, uint32_t now_us);
void worker_set_state(yoke_worker *w, enum yoke_worker_state state);

#endif
