/* The supervisor: a task of the platform loop that sees whether the app loop still beats.
 *
 *   WATCHING ── a turn does not end for stall_ms, or core 1 has faulted ──▶ core 1 is reset alone
 *    ▲  ▲                                                                         │
 *    │  │                   both loops are made good, the worker that core 1      │
 *    │  └─ it is started ◀─ was in is removed, the fault is recorded and told ◀───┘
 *    │                                      │
 *    │ somebody calls yoke_app_start()      │ it was started restarts_max times within
 *    └────────────── LEFT_OFF ◀─────────────┘ restarts_within_ms already, or does not start
 *
 * The platform loop goes on all the while, and so do the other workers afterwards. A task of the
 * app loop in whose body core 1 was ends with YOKE_EIO instead, without its FINALLY. */
#ifndef YOKE_LIFECYCLE_H
#define YOKE_LIFECYCLE_H

#include "yoke/core.h"
#include "yoke/rescue.h"

#define LIFECYCLE_STALL_MS           1000u  /* what stall_ms 0 means */
#define LIFECYCLE_RESTARTS           5u     /* what restarts_max 0 means */
#define LIFECYCLE_RESTARTS_MAX       8u     /* the greatest restarts_max */
#define LIFECYCLE_RESTARTS_WITHIN_MS 60000u /* what restarts_within_ms 0 means */
#define LIFECYCLE_TEXT_MAX           160u   /* bytes of lifecycle_text(), with its final 0 */

enum lifecycle_state {
    LIFECYCLE_WATCHING,
    LIFECYCLE_LEFT_OFF, /* the app loop was ended and not started again; the device needs help */
};

/* The frame of the supervisor's task. Static; all that is not set is zero. */
typedef struct {
    yoke_task task;              /* YOKE_TASK(lifecycle_body) */
    uint32_t stall_ms;           /* longer than any step, task or background round may take;
                                    0: LIFECYCLE_STALL_MS; it is looked at 8 times as often */
    uint32_t restarts_max;       /* so many restarts of core 1, at most LIFECYCLE_RESTARTS_MAX, */
    uint32_t restarts_within_ms; /* in any span of this length; at the next fault it is left off.
                                    0: LIFECYCLE_RESTARTS, LIFECYCLE_RESTARTS_WITHIN_MS */
    uint32_t watchdog_ms;        /* have the whole device restart (yoke/watchdog.h) so long after
                                    the platform loop hangs, or core 1 was left off; more than a
                                    quarter of stall_ms; 0: never */
    /* Told on the platform loop while core 1 is off: `f` is complete, `w` the worker that was
     * removed, or NULL. The place to put in order what the app itself shares with core 1, and to
     * say what happened. f->left_off: it stays off, and `state` says so. NULL: nobody wants to
     * know. */
    void (*told)(const core_fault *f, yoke_worker *w);
    enum lifecycle_state state;
    core_fault before; /* of the run before this one, kind CORE_NO_FAULT: none. After the open */
    uint32_t restarts; /* of core 1 in this run */
    /* --- its own ---------------------------------------------------------- */
    yoke_app *app;
    yoke_witness witness[2]; /* of each core's loop */
    struct {
        uint32_t turn, runs;
        const yoke_worker *worker;
        const yoke_task *task;
    } pulse;                                       /* where core 1 stood when it was looked at, */
    uint64_t since_us;                             /* ever since then */
    uint64_t restarted_us[LIFECYCLE_RESTARTS_MAX]; /* the times of the last restarts, a ring: */
    uint32_t counted; /* so many since the app loop was begun by hand */
} lifecycle;

/* Watch over `app`, from `platform`. Takes the record of the last run's fault into `before`, and
 * core 1's faults from now on. Once, when both loops are prepared and neither runs; then start
 * the task on `platform`. */
void lifecycle_open(lifecycle *l, yoke_loop *platform, yoke_app *app);

/* Runs until it is cancelled; ends at once with YOKE_EINVAL if watchdog_ms or restarts_max is out
 * of its range. */
int lifecycle_body(yoke_task *t);

/* What `f` says, as a sentence without a full stop; `text` has room for LIFECYCLE_TEXT_MAX bytes.
 * Either loop. */
const char *lifecycle_text(const core_fault *f, char *text);

#endif
