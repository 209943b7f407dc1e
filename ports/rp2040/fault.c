/* When all is lost: what happened is kept in RAM that neither a reset nor the start-up code
 * touches, the watchdog restarts the chip, and the next run tells. All of it in RAM: flash may be
 * busy. */
#include "internal.h"

#include "hardware/structs/psm.h"
#include "hardware/structs/watchdog.h"
#include "hardware/sync.h"

#include <stdio.h>

#define KEPT 0x79304b65u /* a word that is not there by chance */

/* What the processor has put on the stack on its way into the handler (ARMv6-M, B1.5.6). */
typedef struct {
    uint32_t r0, r1, r2, r3, r12, lr, pc, psr;
} exception_frame;

typedef struct {
    uint32_t kept;
    uint32_t core;
    char module[16]; /* of the check; "": an exception */
    uint32_t number; /* of the check */
    uint32_t pc, lr; /* of the exception */
} fault_record;

static fault_record __attribute__((section(".uninitialized_data.yoke"))) record;

/* Everything but the oscillators begins anew. The boot ROM looks into scratch 4 for another way to
 * start (RP2040 data sheet, 2.8.1.1). */
static _Noreturn void restart(void)
{
    __dsb(); /* the record is written */
    watchdog_hw->scratch[4] = 0;
    psm_hw->wdsel = PSM_WDSEL_BITS & ~(PSM_WDSEL_ROSC_BITS | PSM_WDSEL_XOSC_BITS);
    hw_set_bits(&watchdog_hw->ctrl, WATCHDOG_CTRL_TRIGGER_BITS);
    for (;;) {
    }
}

_Noreturn void yoke_port_fail(const char *module, uint16_t number)
{
    save_and_disable_interrupts();
    record = (fault_record){.kept = KEPT, .core = get_core_num(), .number = number};
    for (unsigned i = 0; i < sizeof record.module - 1 && module[i]; i++) {
        record.module[i] = module[i];
    }
    restart();
}

static __attribute__((used)) _Noreturn void take_exception(const exception_frame *f)
{
    record = (fault_record){.kept = KEPT, .core = get_core_num(), .pc = f->pc, .lr = f->lr};
    restart();
}

/* The SDK's name for the vector. There is one stack, so the frame is on it. */
void isr_hardfault(void);
__attribute__((naked)) void isr_hardfault(void)
{
    __asm volatile("mrs r0, msp\n"
                   "ldr r1, =take_exception\n"
                   "bx r1\n");
}

/* Once, on the console, before anything else. */
void fault_open(void)
{
    if (record.kept == KEPT && record.module[0]) {
        printf("yoke: the last run ended on core %u: check failed: %s %u\n", (unsigned)record.core,
               record.module, (unsigned)record.number);
    } else if (record.kept == KEPT) {
        printf("yoke: the last run ended on core %u: exception at %08x, called from %08x\n",
               (unsigned)record.core, (unsigned)record.pc, (unsigned)record.lr);
    }
    record.kept = 0;
}
