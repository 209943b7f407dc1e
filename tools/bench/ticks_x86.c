/* The time stamp counter, measured once against CLOCK_MONOTONIC. */
#include "bench.h"

#include <x86intrin.h>

/* The fence keeps the reading from being done ahead of what stands before it. */
uint64_t ticks_now(void)
{
    _mm_lfence();
    return __rdtsc();
}

double ticks_ns(uint64_t ticks)
{
    static double ns_a_tick;
    if (ns_a_tick == 0) {
        uint64_t ns = now_ns();
        uint64_t from = ticks_now();
        spin_for_ns(20000000);
        ns = now_ns() - ns;
        ns_a_tick = (double)ns / (double)(ticks_now() - from);
    }
    return (double)ticks * ns_a_tick;
}

void spin_pause(void)
{
    _mm_pause();
}
