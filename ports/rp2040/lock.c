/* The lock of the kernel: one spin lock of the SDK's, with this core's interrupts off.
 *
 * RP2040: a register of the SIO. RP2350: a byte in RAM, because writes elsewhere in the SIO let go
 * of the registers (erratum RP2350-E2); the SDK knows. */
#include "internal.h"

#include "hardware/sync.h"
#include "hardware/timer.h"

#define LOCK_NUMBER PICO_SPINLOCK_ID_CLAIM_FREE_LAST

/* No holder takes so long: the kernel's longest hold is some hundred cycles (README.md). */
#define HOLD_US_MAX 50u

void lock_open(void)
{
    spin_lock_claim(LOCK_NUMBER); /* the SDK gives it to nobody else */
    spin_lock_init(LOCK_NUMBER);  /* free, whoever held it before a reset */
}

static spin_lock_t *lock(void)
{
    return spin_lock_instance(LOCK_NUMBER);
}

/* Core 1 may have died with it. */
static __attribute__((noinline)) uint32_t lock_contended(uint32_t saved)
{
    uint32_t since_us = timer_hw->timerawl;
    bool may_take_over = get_core_num() == 0 && core_is_guarded();
    while (!spin_try_lock_unsafe(lock())) {
        if (may_take_over && timer_hw->timerawl - since_us > HOLD_US_MAX) {
            core_died_with_lock();
            spin_unlock_unsafe(lock());
        }
    }
    __mem_fence_acquire();
    return saved;
}

/* The usual way is a dozen instructions. */
uint32_t yoke_port_lock(void)
{
    uint32_t saved = save_and_disable_interrupts();
    if (!spin_try_lock_unsafe(lock())) {
        return lock_contended(saved);
    }
    __mem_fence_acquire();
    return saved;
}

void yoke_port_unlock(uint32_t saved)
{
    spin_unlock(lock(), saved);
}
