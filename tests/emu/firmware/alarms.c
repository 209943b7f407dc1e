/* Four alarms, each to the core that has enabled it; never early; over the wrap of the counter. */
#include "chip.h"

volatile uint32_t fired[4], core_of[4], early[4], late_us[4];
static volatile uint32_t due[4];

static void on_alarm(unsigned n)
{
    uint32_t now = TIMER_RAWL;
    TIMER_INTR = 1u << n;
    core_of[n] = SIO_CPUID;
    early[n] += (int32_t)(now - due[n]) < 0;
    late_us[n] = now - due[n];
    fired[n]++;
}

static void on_alarm0(void)
{
    on_alarm(0);
}
static void on_alarm1(void)
{
    on_alarm(1);
}
static void on_alarm2(void)
{
    on_alarm(2);
}
static void on_alarm3(void)
{
    on_alarm(3);
}

static void wait_for(unsigned n, uint32_t us)
{
    due[n] = TIMER_RAWL + us;
    TIMER_ALARM(n) = due[n];
    uint32_t before = fired[n];
    while (fired[n] == before) {
        wfi();
    }
}

static void core1(void)
{
    NVIC_ISER = (1u << 1) | (1u << 3);
    for (uint32_t i = 0; i < 50; i++) {
        wait_for(1, 37 + i);
        wait_for(3, 11 + i);
    }
    hang();
}

void test_main(void)
{
    vectors[16] = on_alarm0;
    vectors[17] = on_alarm1;
    vectors[18] = on_alarm2;
    vectors[19] = on_alarm3;
    SET(TIMER_INTE) = 0xf;
    core1_launch(core1);
    NVIC_ISER = (1u << 0) | (1u << 2);
    for (uint32_t i = 0; i < 50; i++) {
        wait_for(0, 53 + i);
        wait_for(2, 17 + i);
    }
}
