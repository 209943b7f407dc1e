/* Workers: what the app loop time-slices among. A worker is a step function that is called again
 * and again, and an account of how that went.
 *
 *          yoke_worker_add()         patience overruns in a row
 *   OFF ───────────────────▶ ACTIVE ◀─────────────────────────────▶ DEGRADED
 *    ▲                          │     one step within its budget        │
 *    │ yoke_worker_remove()     │ patience errors in a row              │ as many overruns again
 *    │ from any state           ▼                                       │
 *    └──────────────────── QUARANTINED ◀────────────────────────────────┘
 *
 * yoke_worker_set() and a restart of the app loop make DEGRADED and QUARANTINED workers ACTIVE.
 *
 * A periodic worker is released every period_us, without drift; of those released, the one with
 * the earliest deadline (its next release) runs first. A background worker (period 0) runs in
 * slack time only: not when its longest run so far would reach into the next release. A step is
 * never interrupted, so the longest step of all is what may delay any other.
 *
 * A degraded background worker rests after each step as long as the step took. */
#ifndef YOKE_WORKER_H
#define YOKE_WORKER_H

#include "yoke/task.h"

typedef struct yoke_worker yoke_worker;

/* One step. On the app loop, never in an interrupt; must come back soon and never wait. Answers
 * YOKE_OK (or any count), or a negative error: then the worker is retried after one period (1 ms
 * for a background worker), two, four …, and after `patience` errors in a row quarantined. */
typedef int yoke_step(void *arg);

enum yoke_worker_state {
    YOKE_WORKER_OFF,         /* not in an app loop */
    YOKE_WORKER_ACTIVE,      /* keeps its period */
    YOKE_WORKER_DEGRADED,    /* too slow too often: only every second release */
    YOKE_WORKER_QUARANTINED, /* not stepped any more */
};

#define YOKE_LATE_BUCKETS  20u
#define YOKE_PERIOD_US_MAX (UINT32_C(1) << 29) /* 8.9 minutes */
#define YOKE_PATIENCE      5u                  /* what patience 0 means */

/* The account. All counts are modulo 2^32, and since yoke_worker_add(). */
typedef struct {
    uint32_t runs;
    uint32_t run_us_last;
    uint32_t run_us_longest;
    uint32_t run_us_total;            /* its difference between two readings is the load */
    uint32_t late_us_longest;         /* start of a step after its release; 0 for background */
    uint32_t skips;                   /* whole periods left out because it was late */
    uint32_t overruns;                /* steps longer than budget_us */
    uint32_t errors;                  /* steps that answered a negative value */
    uint32_t held;                    /* background: turns without enough slack */
    int32_t error_last;               /* the newest negative answer, or 0 */
    uint32_t state;                   /* enum yoke_worker_state */
    const yoke_worker *late_after;    /* the longest step it had to wait for when it was latest was
                                         one of this worker, which may have left since; NULL: of
                                         none */
    uint32_t late[YOKE_LATE_BUCKETS]; /* [0]: less than 1 us; [k]: 2^(k-1) to 2^k - 1 us; the
                                         last: all that is later (262 ms and more) */
} yoke_worker_stats;

/* Fill in what is above the line, add it, and leave it alone until it is OFF again. The kernel's
 * fields stand where a Cortex-M0+ reaches them in one instruction: bytes below 32, words below
 * 128. */
struct yoke_worker {
    const char *name;   /* for tables and reports */
    yoke_step *step;    /* change with yoke_worker_set() once it is added */
    void *arg;          /* handed to step */
    uint32_t period_us; /* 1 to YOKE_PERIOD_US_MAX; 0: background */
    uint32_t budget_us; /* longest a step should take; 0: no budget */
    uint8_t patience;   /* how many in a row, 1 to 255; 0: YOKE_PATIENCE */
    /* --- the kernel's ---------------------------------------------------- */
    atomic_uchar wanted; /* what others want changed; under the lock */
    bool in_list;        /* added and not yet gone; under the lock */
    bool begins;         /* is released by the next look */
    uint16_t overruns_in_row;
    uint16_t errors_in_row;
    yoke_step *present_step;         /* what the app loop calls, */
    void *present_arg;               /* and with what */
    _Atomic(yoke_worker *) next;     /* in the app loop's list; changed under the lock */
    yoke_task *joiner;               /* under the lock */
    yoke_worker *later;              /* of a released one: the next by deadline */
    const yoke_worker *waited_after; /* since its release, the longest step of another, */
    uint32_t waited_us;              /* which took so long */
    uint32_t release_us;             /* next release, low 32 bits of the clock */
    uint32_t deadline_us;            /* of a released one: a period after that */
    atomic_uint begun; /* steps in the account; one more than `runs` while it changes */
    yoke_worker_stats stats;
};

/* One consistent copy of the account of `w`. Any core, not from an interrupt; asks again while the
 * app loop is writing (less than 1 us). The app loop never waits for it. */
yoke_worker_stats yoke_worker_read(const yoke_worker *w);

/* Wait until `w` is OFF: removed, and no step of it under way. Its memory is then the caller's.
 * One waiter (check task 102). Answers YOKE_OK. */
YOKE_ASYNC int yoke_worker_join(yoke_task *t, yoke_worker *w);

/* A step function whose argument is a task (yoke_task *): each step runs the body up to its next
 * wait, so a long job does one stage a period. The task must not be started; a body that has ended
 * begins anew with the next step. Its waits are looked at in each step, whoever wakes it. */
int yoke_step_task(void *task);

#endif
