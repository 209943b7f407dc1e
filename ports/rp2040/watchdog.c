/* The watchdog (RP2040 data sheet, 4.7). watchdog_restart() is in fault.c. */
#include "yoke/watchdog.h"

#include "internal.h"

#include "hardware/watchdog.h"

static bool started;
static bool written; /* the word, in this run */

int watchdog_start(uint32_t ms)
{
    if (ms == 0 || ms > WATCHDOG_MS_MAX) {
        return YOKE_EINVAL;
    }
    (void)watchdog_boot_reason(); /* it is seen before the SDK writes its own word */
    watchdog_enable(ms, true);    /* a debugger that holds the cores holds it too */
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
static enum boot_reason find_boot_reason(void)
{
    if (watchdog_hw->reason & WATCHDOG_REASON_FORCE_BITS) {
        return BOOT_REQUESTED;
    }
    return watchdog_enable_caused_reboot() ? BOOT_WATCHDOG : BOOT_POWER_ON;
}

enum boot_reason watchdog_boot_reason(void)
{
    static bool known;
    static enum boot_reason reason;
    if (!known) {
        reason = find_boot_reason();
        known = true;
    }
    return reason;
}

/* Scratch 0 to 3 are nobody's: the SDK and the boot ROM use 4 to 7. */
uint32_t watchdog_word(void)
{
    return watchdog_boot_reason() == BOOT_POWER_ON && !written ? 0 : watchdog_hw->scratch[0];
}

void watchdog_word_set(uint32_t word)
{
    watchdog_hw->scratch[0] = word;
    written = true;
}
