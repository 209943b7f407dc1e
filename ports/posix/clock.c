/* The clock and the delay: CLOCK_MONOTONIC. */
#define _GNU_SOURCE
#include "yoke/delay.h"

#include "internal.h"

#include <errno.h>
#include <time.h>

uint64_t yoke_port_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

void delay_us(uint32_t us)
{
    uint64_t until_us = yoke_port_now_us() + us;
    struct timespec until = {.tv_sec = (time_t)(until_us / 1000000u),
                             .tv_nsec = (long)(until_us % 1000000u) * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR &&
           yoke_port_now_us() < until_us) { /* where ThreadSanitizer lets a signal through */
    }
}
