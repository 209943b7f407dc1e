/* What the files of this port share. */
#ifndef YOKE_RP2040_INTERNAL_H
#define YOKE_RP2040_INTERNAL_H

#include "yoke/core.h"
#include "yoke/port.h"

#include "pico.h" /* of the SDK */

/* One core: its loop, and its bell (wait.c). */
typedef struct {
    yoke_loop *loop;
    atomic_bool rung;
} chip_core;

extern chip_core cores[YOKE_CORES];

/* loops.c: what core 1 does from its launch on. */
void app_run(void);

/* wait.c: sleep until `due_us`, or until the loop of this core is pended. */
void wait_open(void);  /* core 0, before either loop runs */
void wait_begin(void); /* each core: its own alarm may interrupt it from now on */
void wait_app(uint64_t due_us);
void wait_platform(uint64_t due_us);

/* lock.c */
void lock_open(void);

/* core1.c: core 1 in reset, and out of it, where it waits in the boot ROM. */
void core1_reset(void);
void core1_end(void); /* the same, and it is off */

/* core.c */
void core_set_state(enum core_state to);
bool core_is_guarded(void);
void core_died_with_lock(void);
_Noreturn void core_stop(const core_fault *f);

/* stack.c: the stack of core 1, and what either core must not touch. */
#define GUARD_BYTES 256u /* what an ARMv6-M protects at least; more than a frame of the kernel */
uint32_t *stack_guard(unsigned core);
uint32_t *stack_top(void); /* of core 1 */
void stack_paint(void);    /* core 1 being in reset */
void stack_paint_own(void);

/* RP2350: the limit of the stack pointer holds in handlers too, and they need some room. */
#if PICO_RP2350
#define LIFT_STACK_LIMIT "movs r1, #0\nmsr msplim, r1\n"
#else
#define LIFT_STACK_LIMIT
#endif

/* guard_*.c: from now on this core faults when it touches what it must not. */
void guard_begin(void);

/* fault.c */
void fault_open(void); /* tell what ended the last run, if that was a fault */

/* console.c */
void console_open(void);
void console_close(void); /* when all is sent */

#endif
