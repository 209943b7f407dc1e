/* What a core must not touch: the guard below its stack, by the limit of the stack pointer; and on
 * core 1 code in flash, by its memory protection unit. That one cannot forbid reading to privileged
 * code (ARMv8-M, B11), so constants in flash are found by tools/ramcheck only. */
#include "internal.h"

#include "hardware/structs/mpu.h"
#include "hardware/sync.h"

#define READ_ONLY 2u /* the least that there is */

static void forbid_code(uintptr_t from, uintptr_t last)
{
    mpu_hw->rnr = 0;
    mpu_hw->rbar = from | READ_ONLY << M33_MPU_RBAR_AP_LSB | M33_MPU_RBAR_XN_BITS;
    mpu_hw->rlar = (last & M33_MPU_RLAR_LIMIT_BITS) | M33_MPU_RLAR_EN_BITS;
    mpu_hw->ctrl = M33_MPU_CTRL_PRIVDEFENA_BITS | M33_MPU_CTRL_ENABLE_BITS;
}

void guard_begin(void)
{
    unsigned core = get_core_num();
    uintptr_t limit = (uintptr_t)stack_guard(core) + GUARD_BYTES;
    __asm volatile("msr msplim, %0" : : "r"(limit));
    if (core == 1 && YOKE_GUARD_FLASH) {
        forbid_code(XIP_BASE, XIP_END - 1);
    }
    __dsb();
    __isb();
}
