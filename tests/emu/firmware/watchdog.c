/* Starts three times: power-on, watchdog by its time, watchdog by force. */
#include "chip.h"

volatile uint32_t KEPT starts, reasons[4], scratch_seen[4];

void test_main(void)
{
    if (WATCHDOG_REASON == 0) {
        starts = 0;
    }
    uint32_t n = starts++;
    reasons[n] = WATCHDOG_REASON;
    scratch_seen[n] = WATCHDOG_SCRATCH(1);
    WATCHDOG_SCRATCH(1) = 100 + n;
    PSM_WDSEL = 0x1ffffu & ~3u;
    if (n == 0) {
        WATCHDOG_LOAD = 2 * 1000;
        WATCHDOG_CTRL = 1u << 30;
    } else if (n == 1) {
        WATCHDOG_CTRL = 1u << 31;
    }
}
