/* What a port must give the kernel: these eight functions, and yoke_run() of yoke/loop.h. */
#ifndef YOKE_PORT_H
#define YOKE_PORT_H

#include "yoke/loop.h"

/* --- called by both loops and by interrupts -------------------------- */

/* The clock: microseconds, never backwards, the same on both cores, safe in an interrupt. */
uint64_t yoke_port_now_us(void);

/* Keep the other core and this core's interrupts out until yoke_port_unlock(). Not re-entrant.
 * The kernel holds it for a bounded, short time: a few list operations, never a call back. */
uint32_t yoke_port_lock(void);
void yoke_port_unlock(uint32_t saved);

/* Make loop `l` step soon, even if it is about to go to sleep: the caller has set l->waiting, or
 * l->stopped, and a port looks at both before it sleeps. May be called spuriously. Releases: what
 * the caller did before is seen by that step, which acquires. */
void yoke_port_pend(yoke_loop *l);

/* The loop that is calling: NULL in an interrupt, or in a thread that is no loop. */
yoke_loop *yoke_port_here(void);

/* --- called by the platform loop ------------------------------------- */

/* Clear l->stopped, then have core 1 call l->step(l) whenever its last answer says so or the loop
 * was pended, until l->stopped. YOKE_EBUSY: core 1 is in use. YOKE_EIO: the machine refused. */
int yoke_port_launch(yoke_loop *l);

/* l->stopped is set: wait for the last instructions of core 1, and leave it ready for a launch. If
 * core 1 was never launched there is nothing to do. */
void yoke_port_reap(yoke_loop *l);

/* --- called when all is lost ----------------------------------------- */

/* Record module and number so that they survive a restart, report them, and restart. */
_Noreturn void yoke_port_fail(const char *module, uint16_t number);

#endif
