/* After core 1 was ended from outside, in the middle of anything: make good what both loops keep.
 *
 * A witness is an observer that knows the tasks of its loop, since the loop itself knows only those
 * that are ready or asleep. The rescue trusts no list of the ended loop that it can build anew from
 * there: each task is queued, sleepers also go back into a new tree, and so all are woken once for
 * nothing, which changes nothing. Only the task that core 1 was in is lost.
 *
 * Not known, and lost if core 1 is ended in that very turn: a task that has never run and came
 * while the turn began (less than 1 us), or with eight others. */
#ifndef YOKE_RESCUE_H
#define YOKE_RESCUE_H

#include "yoke/app.h"

#define YOKE_WITNESS_TASKS 32u /* tasks of one loop that it can know at the same time */

/* Static, all zero. Written by its loop; others may look. */
typedef struct {
    yoke_observer observer;
    yoke_loop *loop;
    yoke_app *app;                /* NULL: the platform loop's witness */
    atomic_uint turns;            /* the app loop's: begun and ended; odd: it is in one */
    _Atomic(yoke_task *) running; /* in its body now, or about to end; NULL: none */
    atomic_bool ended;            /* the body of `running` is over */
    _Atomic(yoke_task *) tasks[YOKE_WITNESS_TASKS]; /* have run and wait, or are about to run */
    atomic_uint refused; /* there was no room for a task: a rescue does not know it */
} yoke_witness;

/* Observe `platform` from now on. Once, before the loop runs. */
void yoke_witness_platform(yoke_witness *w, yoke_loop *platform);

/* Observe the loop of `app`, and count its turns. One app at a time; before the loop runs. */
void yoke_witness_app(yoke_witness *w, yoke_app *app);

/* The worker that core 1 is in, or was in last; NULL: none yet. Any core: it may be another at
 * once, or gone. */
const yoke_worker *yoke_witness_present(const yoke_witness *w);

/* Core 1 has been ended: the worker that it was in, or was in last in that turn; NULL: it was not
 * among its workers. Platform loop. */
const yoke_worker *yoke_witness_worker(const yoke_witness *w);

/* Core 1 has been ended: the task in whose body it was, not being the step of a worker; NULL: none.
 * Platform loop. */
const yoke_task *yoke_witness_task(const yoke_witness *w);

/* Core 1 has been ended: the app is off from now on, as after yoke_app_stop() and the end of its
 * last turn; who waits for that is woken if it was to stop. Workers keep their place, those about
 * to leave have left, and the account of each can be read again. The task that was running, if any,
 * has ended with YOKE_EIO, without its FINALLY; the others go on when the loop is started again.
 * Platform loop, the lock being free. */
void yoke_app_rescue(yoke_witness *w);

/* Core 1 has been ended: wake every task of the platform loop, since a wake may have got lost with
 * it; link its inbox anew, in case core 1 was in the middle of that. Platform loop. */
void yoke_platform_rescue(yoke_witness *w);

#endif
