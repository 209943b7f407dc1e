/* What the files of this port share. */
#ifndef YOKE_SIM_INTERNAL_H
#define YOKE_SIM_INTERNAL_H

#include "yoke/port.h"
#include "yoke/sim.h"

/* config.c */
extern const sim_config *sim_set; /* NULL: not opened */
void config_from_environment(void);
uint32_t random_below(uint32_t limit);  /* 0 to limit - 1 */
uint32_t entropy_below(uint32_t limit); /* the same, of what the app draws */
void random_begin(uint32_t seed);

/* cores.c */
void cores_reset(void);
void interrupt(void (*run)(void *arg), void *arg); /* call `run` as an interrupt */
bool core_1_calls(void);                           /* and is not interrupted */
bool core_1_runs(void);                            /* it has a loop */
_Noreturn void core_stands_still(void);            /* core 1: this turn never ends */
void core_end(void);                               /* core 1 runs no more */

/* core.c */
void core_reset_state(bool power_on);
void core_launched(void);
bool core_breaks_lock(
    void); /* core 1 stands still and holds the lock: it is ended; false: not so */

/* interrupts.c */
void interrupts_reset(void);
uint64_t interrupts_next_us(void); /* YOKE_NEVER: none waits */
void interrupts_run_next(void);

/* strays.c */
void strays_reset(void);
void strays_watch(yoke_loop *l); /* once per loop and its initialisation; again changes nothing */
void strays_maybe(void);         /* a place where one may come */

/* lock.c */
void lock_reset(void);
bool lock_held_here(void); /* by the calling core */

/* watchdog.c */
void watchdog_reset_state(bool power_on);

/* link.c */
void link_reset(void);

/* console.c */
void console_reset(void);

#endif
