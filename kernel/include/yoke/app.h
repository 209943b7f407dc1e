/* The app loop: a loop on core 1 that also steps workers. Core 1 can be started once, so all
 * workers share it.
 *
 *            yoke_app_start()               yoke_app_stop()
 *   APP_OFF ─────────────────▶ APP_RUNNING ─────────────────▶ APP_STOPPING
 *      ▲                                                           │
 *      └────────── last turn done, core 1 idle ◀───────────────────┘
 *
 * One turn: the tasks of the loop (yoke/loop.h), then one released worker, or else one round of
 * the background workers. Tasks of the loop keep their place while it is stopped. */
#ifndef YOKE_APP_H
#define YOKE_APP_H

#include "yoke/loop.h"
#include "yoke/worker.h"

/* What the app loop reports of a worker, each thing once, when it happens. */
enum yoke_report {
    YOKE_REPORT_ERROR, /* first error in a row; value: the answer of the step */
    YOKE_REPORT_RECOVERED = YOKE_WORKER_ACTIVE,        /* value: run time of the last step, us */
    YOKE_REPORT_DEGRADED = YOKE_WORKER_DEGRADED,       /* value: run time of the last step, us */
    YOKE_REPORT_QUARANTINED = YOKE_WORKER_QUARANTINED, /* value: that, or the last error */
};

enum yoke_app_state { YOKE_APP_OFF, YOKE_APP_RUNNING, YOKE_APP_STOPPING };

typedef struct {
    yoke_loop loop; /* tasks may be started on it */
    /* Called on the app loop; must be short and never wait: write a log record, set a signal.
     * NULL: nobody wants to know. Set it while the loop is off. */
    void (*report)(const yoke_worker *w, enum yoke_report what, int32_t value);
    /* --- the kernel's ---------------------------------------------------- */
    _Atomic(yoke_worker *) workers;       /* in the order they were added; changed under the lock */
    _Atomic(yoke_worker *) *tail;         /* under the lock */
    _Atomic(const yoke_worker *) present; /* in its step, or the last that was: for a supervisor */
    const yoke_worker *longest;           /* that had the longest step since the last look, */
    uint32_t longest_us;                  /* for so long, */
    uint32_t longest_end_us;              /* until then */
    yoke_task *joiner;                    /* under the lock */
    yoke_worker *newest;                  /* the last one put in line */
    yoke_worker *line;                    /* to be stepped, the earliest deadline first */
    uint32_t until_us;                    /* the next release: time to look again */
    int32_t slack_us;                     /* from the last look to that */
    int32_t pause_us;                     /* from now to the end of a background worker's pause */
    atomic_uint state;                    /* enum yoke_app_state; changed under the lock */
} yoke_app;

/* Prepare `app`, off and without workers, as the loop of core 1. */
void yoke_app_init(yoke_app *app);

/* Start core 1. YOKE_EBUSY: core 1 is in use (the loop is not off), nothing changed. YOKE_EIO: the
 * machine refused. Either core. */
int yoke_app_start(yoke_app *app);

/* Ask the app loop to stop after the step that is under way; it changes nothing for the caller.
 * Off already: no effect. Either core, any interrupt. */
void yoke_app_stop(yoke_app *app);

/* Wait until the app loop is off and core 1 is idle. One waiter (check task 102). Answers YOKE_OK,
 * or YOKE_EINVAL to a task of the app loop itself, which would wait for ever. */
YOKE_ASYNC int yoke_app_join(yoke_task *t, yoke_app *app);

/* Any core, any interrupt. */
static inline enum yoke_app_state yoke_app_state(const yoke_app *app)
{
    return (enum yoke_app_state)atomic_load_explicit(&app->state, memory_order_acquire);
}

/* Put `w` into `app`, running or not; its account begins at zero and its first release is the next
 * turn. YOKE_EBUSY: it is in already, or has not quite left. YOKE_EINVAL: no step, or period out
 * of range. On an error nothing changed. Either core. */
int yoke_worker_add(yoke_app *app, yoke_worker *w);

/* Have `w` leave: it is not stepped again once the step under way, if any, has ended. Then
 * yoke_worker_join(). YOKE_ENOENT: it is not in. Either core, also from its own step. */
int yoke_worker_remove(yoke_app *app, yoke_worker *w);

/* Have the next step of `w`, and all later ones, call `step` with `arg`: never one with the other's
 * partner. A degraded or quarantined worker becomes active. Either core, any interrupt. */
void yoke_worker_set(yoke_app *app, yoke_worker *w, yoke_step *step, void *arg);

/* The worker added after `w` (NULL: the first), or NULL: for tables. `w` must still be in. The
 * platform loop. */
yoke_worker *yoke_worker_next(const yoke_app *app, const yoke_worker *w);

#endif
