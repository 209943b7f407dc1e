/* Reads the divider before it is ready. */
#include "chip.h"

volatile uint32_t answer;

void test_main(void)
{
    DIV_UDIVIDEND = 100;
    DIV_UDIVISOR = 7;
    answer = DIV_QUOTIENT;
}
