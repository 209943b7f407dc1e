/* A loop runs tasks in turns. Both cores run the same kind of loop.
 *
 * One turn, in this order:  1. wake the tasks whose timer is due
 *                           2. take over what other cores and interrupts have queued
 *                           3. run each task that was ready by then, once
 * The clock is read at most once a turn, and only when somebody asks for it. While nothing has come
 * from elsewhere, a step of the platform loop repeats 3 until 32 tasks have run. */
#ifndef YOKE_LOOP_H
#define YOKE_LOOP_H

#include "yoke/task.h"

#define YOKE_CORES   2u          /* core 0: the platform loop; core 1: the app loop */
#define YOKE_NEVER   UINT64_MAX  /* "no time is due" */
#define YOKE_AT_ONCE UINT64_C(0) /* "step again now" */

/* What an observer is told of a task. */
enum yoke_event {
    YOKE_RUNS,   /* about to run */
    YOKE_PAUSES, /* has run and waits or yields */
    YOKE_ENDS,   /* has run to its end; t->rc is the result */
};

/* Told of every run on one loop: accounting, tracing. The kernel itself keeps no figures of tasks.
 * `see` runs on that loop, and must be short. */
typedef struct yoke_observer yoke_observer;
struct yoke_observer {
    void (*see)(yoke_observer *o, yoke_task *t, enum yoke_event event);
    yoke_observer *next; /* the kernel's */
};

typedef struct {
    yoke_task *head;
    yoke_task **tail; /* where the next one is linked in; what stands there means nothing */
} yoke_task_list;

struct yoke_loop {
    uint64_t (*step)(yoke_loop *l); /* one turn; yoke_loop_step, or the app loop's */
    yoke_task_list ready;           /* this loop only, never an interrupt */
    yoke_task_list inbox;           /* others queue here, under the port's lock */
    atomic_bool waiting;            /* look at the inbox; and at the workers, on the app loop */
    atomic_bool stopped;            /* set by the step function: step no more */
    bool now_known;                 /* now_us is this turn's */
    uint8_t core;
    unsigned runs_per_step; /* a step that has run so many tasks is over; 0: each ready one, once */
    uint64_t now_us;
    yoke_task *timers; /* root of the tree */
    yoke_observer *observers;
};

/* Prepare `l` as the loop of `core`, 0 or 1, with no task. Before anything is started on it. A
 * second call forgets the loop that had the core before. yoke_app_init() does it for core 1. */
void yoke_loop_init(yoke_loop *l, unsigned core);

/* One turn. Answers when the next is due: YOKE_AT_ONCE, a time in us, or YOKE_NEVER (a wake will
 * tell). Called by the port on the loop's own core only. */
uint64_t yoke_loop_step(yoke_loop *l);

/* The time of this turn, in us since the machine's own beginning. The loop's own core only, not
 * from an interrupt. */
uint64_t yoke_now_us(yoke_loop *l);

/* The loop that task `t` was started on. Any core. */
yoke_loop *yoke_home(const yoke_task *t);

/* Tell `o` of every run on `l` from now on. Before the loop runs, or on the loop's own core. */
void yoke_observe(yoke_loop *l, yoke_observer *o);

/* Start `root` on `platform` and run both loops until it is done; answers its result. Called once
 * by main(); given by the port. On the host the first Ctrl-C, or a request to terminate, cancels
 * `root`; a second one ends the process at once. */
int yoke_run(yoke_loop *platform, yoke_task *root);

#endif
