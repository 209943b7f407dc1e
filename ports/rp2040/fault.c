/* When all is lost: what happened is kept in RAM that neither a reset nor the start-up code
 * touches, and the watchdog restarts the chip. If core 1 is guarded, an exception there stops it
 * alone. All of it is in RAM: flash may be busy. */
#include "internal.h"
#include "yoke/core.h"
#include "yoke/watchdog.h"

#include "hardware/structs/psm.h"
#include "hardware/structs/watchdog.h"
#include "hardware/sync.h"

#include <stdio.h>
#include <string.h>

#define KEPT 0x79304b66u /* a word that is not there by chance */

static struct {
    uint32_t kept;
    core_fault fault;
} record __attribute__((section(".uninitialized_data.yoke")));

/* What the processor has put on the stack on its way into the handler (ARMv6-M, B1.5.6). */
typedef struct {
    uint32_t r0, r1, r2, r3, r12, lr, pc, psr;
} exception_frame;

bool core_fault_read(core_fault *f)
{
    if (record.kept != KEPT || record.fault.kind == CORE_NO_FAULT) {
        return false;
    }
    *f = record.fault;
    f->name[CORE_NAME_MAX] = '\0';
    return true;
}

void core_fault_write(const core_fault *f)
{
    record.fault = *f;
    record.kept = KEPT;
}

/* Everything but the oscillators begins anew. In scratch 4 the boot ROM looks for another way to
 * start (RP2040 data sheet, 2.8.1.1). */
_Noreturn void watchdog_restart(void)
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
    core_fault f = {
        .kind = CORE_CHECK, .core = get_core_num(), .at_us = yoke_port_now_us(), .number = number};
    for (unsigned i = 0; i < CORE_NAME_MAX && module[i]; i++) {
        f.name[i] = module[i];
    }
    core_fault_write(&f);
    watchdog_restart();
}

/* --- exceptions ------------------------------------------------------ */

/* If the stack has run into its guard, or over it, the frame may not be one. */
static __attribute__((used)) _Noreturn void take_exception(const exception_frame *frame)
{
    unsigned number = get_core_num();
    bool overflow = (uintptr_t)frame < (uintptr_t)stack_guard(number) + GUARD_BYTES;
    core_fault f = {.kind = overflow ? CORE_STACK : CORE_EXCEPTION,
                    .core = number,
                    .at_us = yoke_port_now_us(),
                    .address = overflow ? 0 : frame->pc};
    if (number == 1 && core_is_guarded()) {
        core_stop(&f);
    }
    core_fault_write(&f);
    watchdog_restart();
}

/* The SDK's name for the vector. There is one stack, so the frame is on it. */
void isr_hardfault(void);
__attribute__((naked)) void isr_hardfault(void)
{
    __asm volatile("mrs r0, msp\n" LIFT_STACK_LIMIT "ldr r1, =take_exception\n"
                   "bx r1\n");
}

/* --- at the next start ----------------------------------------------- */

static void tell(const core_fault *f)
{
    printf("yoke: the last run ended on core %u: ", (unsigned)f->core);
    if (f->kind == CORE_CHECK) {
        printf("check %s %u failed\n", f->name, (unsigned)f->number);
    } else if (f->kind == CORE_STACK) {
        printf("its stack overflowed\n");
    } else {
        printf("exception at %08x\n", (unsigned)f->address);
    }
}

/* On the console, unless the program has read it and taken it away. */
void fault_open(void)
{
    core_fault f;
    if (!core_fault_read(&f)) {
        return;
    }
    tell(&f);
    core_fault_write(&(core_fault){.kind = CORE_NO_FAULT});
}
