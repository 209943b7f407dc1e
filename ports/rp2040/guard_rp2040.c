/* What a core must not touch, held by its memory protection unit (ARMv6-M, B3.5): the guard below
 * its stack; and on core 1 the flash, which cannot be read while it is erased or programmed. */
#include "internal.h"

#include "hardware/structs/mpu.h"
#include "hardware/sync.h"

#define XN          (1u << 28)         /* no instruction; no other bit: no access at all */
#define SIZE(power) (((power)-1) << 1) /* of a region: 2 to the power of this */
#define ENABLE      1u

static void forbid(unsigned region, uintptr_t from, unsigned power)
{
    mpu_hw->rbar = from | M0PLUS_MPU_RBAR_VALID_BITS | region;
    mpu_hw->rasr = XN | SIZE(power) | ENABLE;
}

/* Everything else as without it; in a HardFault it is off. */
void guard_begin(void)
{
    unsigned core = get_core_num();
    forbid(0, (uintptr_t)stack_guard(core), 8);
    if (core == 1 && YOKE_GUARD_FLASH) {
        forbid(1, XIP_BASE, 28); /* with its caches' and controls' addresses */
    }
    mpu_hw->ctrl = M0PLUS_MPU_CTRL_PRIVDEFENA_BITS | M0PLUS_MPU_CTRL_ENABLE_BITS;
    __dsb();
    __isb();
}
