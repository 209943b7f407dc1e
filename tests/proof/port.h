/* The port that the checks run the kernel on: the contract of yoke/port.h and no more. A thread of
 * a scenario is a loop, or something that is no loop: an interrupt, say. */
#ifndef PROOF_PORT_H
#define PROOF_PORT_H

#include "explore.h"
#include "yoke/loop.h"

#define TASKS_MAX 4u

extern yoke_loop platform; /* of core 0 */
extern yoke_loop app;      /* of core 1 */

/* The tasks of the scenario: their lists are looked at after each unlock. In setup(): */
void port_setup(yoke_task *const *tasks, unsigned count);

/* Threads. They end when nothing can go on any more. */
void run_platform(void);
void run_app(void);

/* The body of `t` has begun and ended a run: it is in no list meanwhile, and runs once at a time. */
void enter_body(yoke_task *t);
void leave_body(yoke_task *t);

/* True when the clock has moved on in this execution: it does so once, at any reading. */
extern bool port_late;
#define LATE_MS 1000u

#endif
