/* The lock of the kernel: one spin lock of the SDK's, with this core's interrupts off.
 *
 * RP2040: a register of the SIO. RP2350: a byte in RAM, because writes elsewhere in the SIO let go
 * of the registers (erratum RP2350-E2); the SDK knows. */
#include "internal.h"

#include "hardware/sync.h"

#define LOCK_NUMBER PICO_SPINLOCK_ID_CLAIM_FREE_LAST

void lock_open(void)
{
    spin_lock_claim(LOCK_NUMBER); /* the SDK gives it to nobody else */
    spin_lock_init(LOCK_NUMBER);  /* free, whoever held it before a reset */
}

uint32_t yoke_port_lock(void)
{
    return spin_lock_blocking(spin_lock_instance(LOCK_NUMBER));
}

void yoke_port_unlock(uint32_t saved)
{
    spin_unlock(spin_lock_instance(LOCK_NUMBER), saved);
}
