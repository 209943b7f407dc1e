/* Event latches: SEV before WFE is kept, one event is one wake-up, WFI does not take it, a masked
 * interrupt ends WFI without its handler, and ends WFE under SEVONPEND only. */
#include "chip.h"

volatile uint32_t kept, pings, pongs, wfi_ended, handled, sevonpend_ended, plain_wfe_us;
static volatile uint32_t turn;

static void core1(void)
{
    for (uint32_t i = 1; i <= 1000; i++) {
        while (turn != i * 2 - 1) {
            wfe();
        }
        pings++;
        turn = i * 2;
        dmb();
        sev();
    }
    hang();
}

static void on_alarm(void)
{
    TIMER_INTR = 1;
    handled++;
}

static void alarm_in(uint32_t us)
{
    TIMER_ALARM(0) = TIMER_RAWL + us;
}

static void clear_alarm(void)
{
    TIMER_INTR = 1;
    NVIC_ICPR = 1;
}

void test_main(void)
{
    sev();
    wfe();
    kept = 1;

    core1_launch(core1);
    for (uint32_t i = 1; i <= 1000; i++) {
        turn = i * 2 - 1;
        dmb();
        sev();
        while (turn != i * 2) {
            wfe();
        }
        pongs++;
    }

    vectors[16] = on_alarm;
    SET(TIMER_INTE) = 1;
    NVIC_ISER = 1;
    disable_interrupts();
    alarm_in(100);
    wfi();
    wfi_ended = handled == 0;
    clear_alarm();

    NVIC_ICER = 1;
    SCR = SCR_SEVONPEND;
    sev();
    wfe(); /* empties the latch */
    alarm_in(100);
    wfe();
    sevonpend_ended = handled == 0;
    clear_alarm();

    SCR = 0;
    NVIC_ISER = 1;
    sev();
    wfe();
    uint32_t start = TIMER_RAWL;
    alarm_in(100);
    TIMER_ALARM(1) = start + 300; /* nobody listens to this one */
    sev();
    wfe();
    plain_wfe_us = TIMER_RAWL - start; /* at once: the latch */
    clear_alarm();
    NVIC_ICER = 1;
    enable_interrupts();
}
