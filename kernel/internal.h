/* What the kernel's own files share; nobody else includes it. */
#ifndef YOKE_INTERNAL_H
#define YOKE_INTERNAL_H

#include "yoke/app.h"
#include "yoke/check.h"
#include "yoke/port.h"

/* One load or store each: at -Os a call would be larger than the access. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* yoke_task.flags: changed by the home loop only. */
enum {
    STARTED = 1 << 0,
    DONE = 1 << 1,
    QUEUED = 1 << 2, /* in the ready list, or running */
    CANCELS = YOKE_TASK_CANCELS,
    TIMED = YOKE_TASK_TIMED,
    IN_TREE = 1 << 6, /* the due time has not come yet */
    WITHIN = 1 << 7,  /* the due time is a limit, not a sleep */
};

/* yoke_task.mark: changed by everybody, under the lock. */
enum {
    IN_INBOX = 1 << 0,
    START = 1 << 1,     /* to be started */
    CANCEL = 1 << 2,    /* cancelled, not seen by the home loop yet */
    CANCELLED = 1 << 3, /* has been cancelled once since its start */
};

ALWAYS_INLINE uint8_t task_flags(const yoke_task *t)
{
    return atomic_load_explicit(&t->flags, memory_order_relaxed);
}

ALWAYS_INLINE void task_flags_set(yoke_task *t, unsigned flags)
{
    atomic_store_explicit(&t->flags, (uint8_t)flags, memory_order_relaxed);
}

/* A load and a store, not an atomic exchange: there is one writer. */
ALWAYS_INLINE void task_change(yoke_task *t, unsigned clear, unsigned set)
{
    task_flags_set(t, (task_flags(t) & ~clear) | set);
}

ALWAYS_INLINE uint8_t task_mark(const yoke_task *t)
{
    return atomic_load_explicit(&t->mark, memory_order_relaxed);
}

ALWAYS_INLINE void task_mark_set(yoke_task *t, uint8_t mark)
{
    atomic_store_explicit(&t->mark, mark, memory_order_relaxed);
}

ALWAYS_INLINE uint8_t task_core(const yoke_task *t)
{
    return atomic_load_explicit(&t->core, memory_order_relaxed);
}

/* --- loops (loop.c) -------------------------------------------------- */

/* On the loop itself: `t`, which is started, is to run in the next turn, or once more. */
void loop_ready(yoke_loop *l, yoke_task *t);
void loop_append(yoke_loop *l, yoke_task *t); /* that, when it is not in the ready list */

/* From anywhere, under the lock: have the home loop see `mark`. Answers the loop to pend after
 * unlocking. */
yoke_loop *loop_post_locked(yoke_task *t, uint8_t mark);

/* From anywhere, under the lock: empty `*waiter`, and wake the task that was in it, if any. Answers
 * the loop to pend, or NULL. */
yoke_loop *wake_locked(yoke_task **waiter);

/* Unlock, then pend `target` unless it is NULL. */
void unlock_and_pend(uint32_t saved, yoke_loop *target);

void loop_take_inbox(yoke_loop *l);

ALWAYS_INLINE bool loop_is_waited_for(const yoke_loop *l)
{
    return atomic_load_explicit(&l->waiting, memory_order_relaxed);
}

/* --- the life of a task (task.c): the home loop only ----------------- */

void task_begin(yoke_loop *l, yoke_task *t); /* to its beginning: STARTED and QUEUED */
int task_step(yoke_loop *l, yoke_task *t);
void task_end(yoke_loop *l, yoke_task *t); /* after a step that did not answer YOKE_PENDING */
void task_run(yoke_loop *l, yoke_task *t); /* a step, and what follows from it */

/* --- the timer tree (timer.c): home loop only ------------------------ */

void timer_insert(yoke_task *t, uint64_t time_us); /* to set IN_TREE is the caller's */
void timer_remove(yoke_task *t);                   /* … and to clear it */
void timer_fire_due(yoke_loop *l);
uint64_t timer_next_us(yoke_loop *l);
bool timer_is_after(const yoke_task *t, uint64_t time_us);

ALWAYS_INLINE void timer_stop(yoke_task *t)
{
    if (task_flags(t) & IN_TREE) {
        timer_remove(t);
    }
}

/* When the next step is due. */
uint64_t loop_due_us(yoke_loop *l);

/* --- workers (worker.c): the app loop only --------------------------- */

/* yoke_worker.wanted */
enum {
    BEGIN = 1 << 0,  /* added: released by the next look */
    REVIVE = 1 << 1, /* set: active again */
    LEAVE = 1 << 2,
};

ALWAYS_INLINE int32_t us_until(uint32_t time_us, uint32_t now_us)
{
    return (int32_t)(time_us - now_us);
}

ALWAYS_INLINE uint8_t worker_wanted(const yoke_worker *w)
{
    return atomic_load_explicit(&w->wanted, memory_order_relaxed);
}

/* One step of `w`, which begins at the loop's time and sets it to its end; and its account. False:
 * it failed, or recovered, and its next release or its state may be another. */
bool worker_run(yoke_app *app, yoke_worker *w);

/* `w` is released and has to wait: remember the longest step that it waits for. */
void worker_waits(const yoke_app *app, yoke_worker *w);

#define FAR_US (1 << 30) /* no release and no deadline is further away */

/* From a release to its deadline, in us; of a background worker, FAR_US. */
uint32_t worker_period_us(const yoke_worker *w);

#endif
