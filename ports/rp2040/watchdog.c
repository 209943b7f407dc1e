/* The watchdog (RP2040 data sheet, 4.7). watchdog_restart() is in fault.c. */
#include "yoke/watchdog.h"

#include "internal.h"

#include "hardware/watchdog.h"

static bool started;

int watchdog_start(uint32_t ms)
{
    if (ms == 0 || ms > WATCHDOG_MS_MAX) {
        return YOKE_EINVAL;
    }
    watchdog_enable(ms, true); /* a debugger that holds the cores holds it too */
    started = true;
    return YOKE_OK;
}

void watchdog_feed(void)
{
    if (started) {
        watchdog_update();
    }
}

/* The boot ROM restarts the chip by the same means after it has loaded an image; then scratch 4
 * does not have the SDK's word, and it is a beginning like any other. */
enum boot_reason watchdog_boot_reason(void)
{
    if (watchdog_hw->reason & WATCHDOG_REASON_FORCE_BITS) {
        return BOOT_REQUESTED;
    }
    return watchdog_enable_caused_reboot() ? BOOT_WATCHDOG : BOOT_POWER_ON;
}
