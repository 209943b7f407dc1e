/* Tasks: stackless, static, and safe to wake from anywhere.
 *
 * A frame is a struct with a member `task`. A body is a function that runs until it must wait.
 * An awaitable is a plain function that answers YOKE_PENDING, a count, or a negative error, and
 * may be called again. A wake is only a hint: a body that is resumed asks again, so a stray wake
 * changes nothing.
 *
 *              yoke_start()
 *   (unused) ───────────────▶ READY ◀────────────── yoke_wake(), a timer, a cancel, a child's end
 *       ▲                     │   ▲                        │
 *       │ yoke_start()        ▼   │ yoke_yield()           │
 *     DONE ◀── body ends ── RUNNING ── body must wait ──▶ WAITING
 *
 * Only the home loop changes the state of a task, so on that loop none of this takes a lock. Other
 * cores and interrupts leave a mark and put the task into the loop's inbox, under the port's lock;
 * the loop takes its inbox over at the beginning of each turn. */
#ifndef YOKE_TASK_H
#define YOKE_TASK_H

#include "yoke/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct yoke_task yoke_task;
typedef struct yoke_loop yoke_loop;
typedef int yoke_body(yoke_task *t);

/* Where a body stands in the source: what a table of tasks shows beside the line. */
typedef struct {
    const char *name; /* the body's function */
    const char *file;
} yoke_place;

/* 40 bytes on a 32-bit core, 64 on a 64-bit one. Users read `status`, `rc` and nothing else. Bytes
 * stand where a Cortex-M0+ reaches them in one instruction, the timer's fields together. */
struct yoke_task {
    yoke_body *body;
    yoke_task *next;          /* in the loop's ready list: READY only */
    yoke_task *next_in_inbox; /* under the port's lock */
    yoke_task *joiner;        /* woken when this task is done; one */
    atomic_uchar flags;       /* the home loop's; others only look */
    atomic_uchar mark;        /* what others want, under the port's lock */
    atomic_uchar core;        /* of the home loop */
    bool again;               /* woken while READY or RUNNING, or yields: run once more */
    int rc;                   /* what the body ends with; valid when done */
    yoke_task *due[2];        /* timer tree (timer.c): tasks due earlier, later. The home loop's */
    union {
        uint32_t due_low; /* when the timer fires: the low 48 bits of the clock, in us */
        int status;       /* what the last wait answered: until the next wait */
    };
    uint16_t due_high; /* … */
    uint16_t line;     /* where the body is paused; 0 is the beginning */
};

/* The place of the body that ran last on each core, for observers. YOKE_BEGIN sets it. */
extern const yoke_place *yoke_place_on_core[];

/* --- bodies: seven macros -------------------------------------------- */

/* Initialise the member `task` of a frame: { .task = YOKE_TASK(blink_body) } */
#define YOKE_TASK(body_) \
    {                    \
        .body = (body_)  \
    }

/* The frame of this type that holds task `t`. */
#define YOKE_FRAME(type, t) ((type *)(void *)((char *)(t)-offsetof(type, task)))

/* First statement of a body. Before it only YOKE_FRAME: what stands there runs at each resume. */
#define YOKE_BEGIN(t)                                          \
    static const yoke_place yoke_here_ = {__func__, __FILE__}; \
    yoke_place_on_core[(t)->core] = &yoke_here_;               \
    switch ((t)->line) {                                       \
    default:                                                   \
        yoke_task_lost();                                      \
    case 0:;

/* Wait until `call` no longer answers YOKE_PENDING; the answer is then in t->status. Assign
 * inside to keep it: YOKE_AWAIT(t, me->n = net_read(t, ...));
 * Once a sleep or a time limit in `call` has expired, the wait must end: for what follows another
 * YOKE_AWAIT, since a wait that has expired is not parked or timed again.
 * Locals do not survive it: what must live across a wait lives in the frame. Never inside a
 * `switch` of your own. */
#define YOKE_AWAIT(t, call)                             \
    do {                                                \
        (t)->line = __LINE__;                           \
        __attribute__((fallthrough));                   \
    case __LINE__:                                      \
        if (yoke_settle((t), (call)) == YOKE_PENDING) { \
            return YOKE_PENDING;                        \
        }                                               \
    } while (0)

/* Wait; on an error leave through YOKE_FINALLY, ending with that error. */
#define YOKE_TRY(t, call)          \
    do {                           \
        YOKE_AWAIT(t, call);       \
        if ((t)->status < 0) {     \
            (t)->rc = (t)->status; \
            goto yoke_finally_;    \
        }                          \
    } while (0)

/* Reached at the end and after every YOKE_TRY that failed, cancel included. Clean up here. */
#define YOKE_FINALLY(t)     \
    if (0) {                \
        goto yoke_finally_; \
    }                       \
    yoke_finally_:

/* Last statement of a body. */
#define YOKE_END(t) \
    }               \
    (t)->line = 0;  \
    return (t)->rc

/* --- from any core, any interrupt ------------------------------------ */

/* Start `t` on loop `home` from its beginning. The frame stays the caller's and must live until
 * the task is done. YOKE_EBUSY: it is running already, nothing changed. Each start that answered
 * YOKE_OK leads to one run, even if two come at the same moment; but a task that two cores want to
 * start on two different loops is theirs to agree upon first. */
int yoke_start(yoke_loop *home, yoke_task *t);

/* Let `t` ask again whether its wait is over. No effect on a task that is not started. */
void yoke_wake(yoke_task *t);

/* Ask `t` to end: the wait it is in, or the next one that is pending, answers YOKE_ECANCELED.
 * Delivered once between start and end; later calls, and calls on a task that is not running,
 * change nothing. */
void yoke_cancel(yoke_task *t);

/* True when `t` has ended and was not started again; then t->rc is its result. */
bool yoke_done(const yoke_task *t);

/* --- to await; `t` is the task that waits, called from its own body only --- */

/* Let every other ready task of the loop run first. Answers YOKE_OK. */
YOKE_ASYNC inline int yoke_yield(yoke_task *t);

/* Wait `ms` milliseconds from the start of this turn; never early. Range 0 to 2^32-1 (49 days).
 * Tasks due in the same microsecond wake in no promised order. Answers YOKE_OK. */
YOKE_ASYNC int yoke_sleep_ms(yoke_task *t, uint32_t ms);

/* Wait until the clock shows `due_us` (yoke_now_us() counts in it); a time that has passed
 * answers in the next turn. At most 2^46 us (2.2 years) ahead. Answers YOKE_OK. */
YOKE_ASYNC int yoke_sleep_until(yoke_task *t, uint64_t due_us);

/* Limit any wait: YOKE_AWAIT(t, yoke_within(t, 100, yoke_join(t, &child.task)));
 * Answers what the call answered, or YOKE_ETIMEDOUT once `ms` have passed and it is still
 * pending: nothing received is lost. May be nested; the shortest limit counts. */
YOKE_ASYNC int yoke_within(yoke_task *t, uint32_t ms, int answer);

/* Wait for the end of `child`, which may live on either loop; answers its result, and at once if it
 * is not running: what it ended with, or YOKE_OK if it was never started. One task may join a child
 * at a time (check task 102). */
YOKE_ASYNC int yoke_join(yoke_task *t, yoke_task *child);

/* Wait for the end of all `n` children. The first that fails has the others cancelled. Answers
 * YOKE_OK, or the error of the first failed child in the order of the list, YOKE_ECANCELED only if
 * there is no other. */
YOKE_ASYNC int yoke_gather(yoke_task *t, yoke_task *const children[], size_t n);

/* --- for those who write awaitables ---------------------------------- */

/* Register `t` in `*slot` as the one to wake, and answer YOKE_PENDING. When this wait is about to
 * end by cancel or time limit, `*slot` is emptied instead. A second waiter fails check task 102.
 * If others read `*slot`, call this under the port's lock. */
int yoke_park(yoke_task *t, yoke_task **slot);

/* Used by the macros: the one place where a wait ends. Cancel is delivered, the timer let go. */
inline int yoke_settle(yoke_task *t, int answer);

/* Used by the macros: t->line names no await of this body. Fails check task 101. */
_Noreturn void yoke_task_lost(void);

/* --- what may be inlined into a body; at -Os the compiler calls it in task.c ------------- */

/* Of yoke_task.flags. The others are the kernel's own (kernel/internal.h). */
enum {
    YOKE_TASK_YIELDS = 1 << 3,  /* in yoke_yield(), which has not answered yet */
    YOKE_TASK_CANCELS = 1 << 4, /* a cancel is to be delivered to the next pending wait */
    YOKE_TASK_TIMED = 1 << 5,   /* this wait has a due time */
};

/* yoke_settle() where there is something to let go, or to deliver. */
int yoke_settle_rest(yoke_task *t, int answer);

inline int yoke_settle(yoke_task *t, int answer)
{
    unsigned char flags = atomic_load_explicit(&t->flags, memory_order_relaxed);
    if (answer == YOKE_PENDING) {
        return flags & YOKE_TASK_CANCELS ? yoke_settle_rest(t, answer) : YOKE_PENDING;
    }
    if (flags & (YOKE_TASK_YIELDS | YOKE_TASK_TIMED)) {
        return yoke_settle_rest(t, answer);
    }
    return t->status = answer;
}

inline int yoke_yield(yoke_task *t)
{
    unsigned char flags = atomic_load_explicit(&t->flags, memory_order_relaxed);
    atomic_store_explicit(&t->flags, flags ^ YOKE_TASK_YIELDS, memory_order_relaxed);
    if (flags & YOKE_TASK_YIELDS) {
        return YOKE_OK;
    }
    t->again = true;
    return YOKE_PENDING;
}

#endif
