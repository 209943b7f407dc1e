/* Start and stop in order: a table of named steps, each with a time limit.
 *
 *   STARTING ── all steps are up ──▶ UP ── healthy_ms later: boot_is_healthy() ──▶ UP
 *      │ a step fails                 │ cancelled (Ctrl-C, startup_restart)
 *      └───────────▶ STOPPING ◀───────┘
 *                       │ those that were begun are stopped, the last one first
 *                       └─▶ the task ends; startup_run() restarts the device if that was asked
 *
 * The task is the root of the platform loop: yoke_run() starts it, and its end is the program's. */
#ifndef YOKE_STARTUP_H
#define YOKE_STARTUP_H

#include "yoke/boot.h"
#include "yoke/loop.h"
#include "yoke/signal.h"

#define STARTUP_STEP_MS    5000u  /* what start_ms and stop_ms 0 mean */
#define STARTUP_HEALTHY_MS 30000u /* what healthy_ms 0 means */

/* Something to await: answers YOKE_PENDING, and may then be called again; a count; or an error. It
 * makes one kind of wait, as all that stands in a YOKE_AWAIT. On the platform loop. */
typedef int startup_call(yoke_task *t, void *arg);

/* One step. What it does not need is NULL or 0. */
typedef struct {
    const char *name;
    yoke_task *task;     /* started with the step; cancelled and joined when it stops */
    startup_call *start; /* then this is awaited; an error: the step has failed */
    startup_call *stop;  /* awaited before the task is cancelled; also of a step that has failed */
    void *arg;
    uint32_t start_ms; /* limits; 0: STARTUP_STEP_MS */
    uint32_t stop_ms;
    bool not_in_safe_mode; /* yoke/boot.h: left out then */
    bool may_fail;         /* the others go on without it; in safe mode all may */
} startup_step;

enum startup_event {
    STARTUP_STARTED,
    STARTUP_FAILED, /* `answer`: the error; YOKE_ETIMEDOUT: its limit */
    STARTUP_LEFT_OUT,
    STARTUP_STOPPED,
    STARTUP_NOT_STOPPED, /* `answer` as above; it is left as it is, and the others are stopped */
};

/* The frame of the task. Set what is above the line. */
typedef struct {
    yoke_task task; /* YOKE_TASK(startup_body) */
    const startup_step *steps;
    unsigned count;
    uint32_t healthy_ms; /* after all are up; 0: STARTUP_HEALTHY_MS */
    bool restarts;       /* startup_run() restarts the device when a step has failed */
    /* Told of each, on the platform loop; must not wait. NULL: nobody wants to know. */
    void (*told)(const startup_step *step, enum startup_event event, int answer);
    /* --- its own ---------------------------------------------------------- */
    unsigned begun;            /* steps */
    int answer;                /* of the one in hand */
    unsigned tries;            /* to stop it */
    bool is_up;                /* all are */
    enum boot_restart restart; /* wanted, and why */
    yoke_signal never;
} startup;

/* Ends with the error of the step that failed, or YOKE_ECANCELED. */
int startup_body(yoke_task *t);

/* main()'s last line: run it all on `platform`, restart the device if that is to be, or answer what
 * main() should: 0 if it was cancelled, else 1. boot_open() comes before. */
int startup_run(startup *s, yoke_loop *platform);

/* Stop all steps in order and restart the device because of `why`, which the next run can tell. The
 * first reason counts. Platform loop. */
void startup_restart(startup *s, enum boot_restart why);

/* What happened, to stand behind the step's name: "did not start in time". Either loop. */
const char *startup_text(enum startup_event event, int answer);

#endif
