/* Core 1 from power-on, from a reset, and again; locks survive it. */
#include "chip.h"

volatile uint32_t ran[3], cpu[3], lock_seen, echoed;
static volatile uint32_t round_number;

static void core1(void)
{
    (void)SPINLOCK(5);
    cpu[round_number] = SIO_CPUID;
    ran[round_number]++;
    dmb();
    sev();
    if (round_number == 2) {
        while (!(FIFO_ST & 1)) {
            wfe();
        }
        FIFO_WR = FIFO_RD + 1;
        sev();
    }
    hang();
}

void test_main(void)
{
    for (uint32_t i = 0; i < 3; i++) {
        round_number = i;
        if (i > 0) {
            core1_reset();
        }
        core1_launch(core1);
        while (!ran[i]) {
            wfe();
        }
    }
    lock_seen = SPINLOCK(5) == 0;
    FIFO_WR = 41;
    sev();
    while (!(FIFO_ST & 1)) {
        wfe();
    }
    echoed = FIFO_RD;
}
