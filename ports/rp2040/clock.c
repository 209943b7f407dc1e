/* The clock and the delay: the timer's microseconds, read without its latch, which both cores
 * share (RP2040 data sheet, 4.6.2). */
#include "internal.h"
#include "yoke/delay.h"

#include "hardware/timer.h"

uint64_t yoke_port_now_us(void)
{
    uint32_t high = timer_hw->timerawh;
    for (;;) {
        uint32_t low = timer_hw->timerawl;
        uint32_t again = timer_hw->timerawh;
        if (again == high) {
            return (uint64_t)high << 32 | low;
        }
        high = again;
    }
}

/* One tick more than asked for, because the first is already under way. */
void delay_us(uint32_t us)
{
    uint64_t until_us = yoke_port_now_us() + us + 1;
    while (yoke_port_now_us() < until_us) {
    }
}
