/* After core 1 was ended from outside, in the middle of anything: make good what both loops keep.
 *
 * A witness is an observer that knows the tasks of its loop, since the loop itself knows only those
 * that are ready or asleep. The rescue trusts no list of the ended loop that it can build anew from
 * there: ready tasks are queued, sleepers go back into a new tree, and all are woken once for
 * nothing, which changes nothing. Only the task that core 1 was in is lost. */
#ifndef YOKE_RESCUE_H
#define YOKE_RESCUE_H

#include "yoke/app.h"

#define YOKE_WITNESS_TASKS 32u /* tasks of one loop that it can know at the same time */

/* Static, all zero. Written by its loop; read by the platform loop once that core was ended. */
typedef struct {
    yoke_observer observer;
    yoke_loop *loop;
    const yoke_app *app;          /* NULL: the platform loop's witness */
    _Atomic(yoke_task *) running; /* in its body now; NULL: none */
    _Atomic(yoke_task *) rest;    /* to be run behind it in this turn */
    _Atomic(bool) in_step;        /* `running` is the step of a worker, not a task of the loop */
    _Atomic(yoke_task *) tasks[YOKE_WITNESS_TASKS]; /* have run and wait */
    atomic_uint refused;          /* no room for a task: a rescue would not know it */
} yoke_witness;

/* Observe `l`, of `app` or (NULL) the platform loop, from now on. Once, before the loop runs. */
void yoke_witness_open(yoke_witness *w, yoke_loop *l, const yoke_app *app);

/* Core 1 has been ended: `app` is off from now on, as after yoke_app_stop() and the end of its last
 * turn; who waits for that is woken if it was to stop. Workers keep their place, those about to
 * leave have left, and the account of each can be read again. The task that was running, if any,
 * has ended with YOKE_EIO, without its FINALLY; the others go on when the loop is started again.
 * Platform loop, the lock being free. */
void yoke_app_rescue(yoke_app *app, yoke_witness *w);

/* Core 1 has been ended: wake every task of the platform loop, since a wake may have got lost with
 * it; link its inbox anew, in case core 1 was in the middle of that. Platform loop. */
void yoke_platform_rescue(yoke_witness *w);

#endif
