/* The port that the checks run the kernel on: the contract of yoke/port.h and no more. A thread of
 * a scenario is a loop, or something that is no loop: an interrupt, say. */
#ifndef PROOF_PORT_H
#define PROOF_PORT_H

#include "explore.h"
#include "yoke/loop.h"

#define TASKS_MAX 4u

extern yoke_loop platform; /* of core 0 */
extern yoke_loop app;      /* of core 1 */

/* The tasks of the scenario: the lists are looked at before each unlock. In setup(): */
void port_setup(yoke_task *const *tasks, unsigned count);

/* The thread is loop `l` from now on. */
void be_loop(yoke_loop *l);

/* Threads. They end when nothing can go on any more. */
void run_platform(void);
void run_app(void);

/* The body of `t` has begun and ended a run: it is not ready meanwhile, and runs once at a time. */
void enter_body(yoke_task *t);
void leave_body(yoke_task *t);

/* The clock stands still but for two things: it jumps ahead by so much, once, at any reading; and
 * when a loop sleeps until a time and nothing else happens, that time comes. Only one loop of a
 * scenario may use it. */
#define JUMP_MS 1000u
extern uint64_t port_now_us;
extern bool port_may_jump;

#endif
