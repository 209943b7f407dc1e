/* Each core divides with operands of its own, in step with the other. */
#include "chip.h"

volatile uint32_t wrong[2], divided[2], by_zero, minimum;
volatile int32_t negative, negative_rest;

static inline void eight_cycles(void)
{
    __asm volatile("b 1f\n1: b 1f\n1: b 1f\n1: b 1f\n1:" ::: "memory");
}

static uint32_t divide(uint32_t a, uint32_t b)
{
    DIV_UDIVIDEND = a;
    DIV_UDIVISOR = b;
    eight_cycles();
    return DIV_QUOTIENT;
}

static void many(uint32_t seed)
{
    uint32_t core = SIO_CPUID;
    for (uint32_t i = 1; i <= 500; i++) {
        uint32_t b = seed + i, q = 3 * i + core;
        if (divide(b * q, b) != q) {
            wrong[core]++;
        }
        divided[core]++;
    }
}

static void core1(void)
{
    many(7);
    hang();
}

void test_main(void)
{
    core1_launch(core1);
    many(1000);
    DIV_SDIVIDEND = (uint32_t)-100;
    DIV_SDIVISOR = 7;
    eight_cycles();
    negative_rest = (int32_t)DIV_REMAINDER;
    negative = (int32_t)DIV_QUOTIENT;
    by_zero = divide(5, 0);
    DIV_SDIVIDEND = 0x80000000u;
    DIV_SDIVISOR = (uint32_t)-1;
    eight_cycles();
    minimum = DIV_QUOTIENT;
}
