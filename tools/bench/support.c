/* Clocks, random numbers, percentiles, and the frame that every row of Yoke runs in. */
#define _GNU_SOURCE
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

static uint64_t read_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t now_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

uint64_t thread_cpu_ns(void)
{
    return read_ns(CLOCK_THREAD_CPUTIME_ID);
}

void spin_for_ns(uint64_t ns)
{
    uint64_t end = now_ns() + ns;
    while (now_ns() < end) {
        spin_pause();
    }
}

/* xorshift32 */
uint32_t random_below(uint32_t limit)
{
    static uint32_t x = 2463534242u;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x % limit;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Nearest rank. */
double percentile(double *values, size_t n, double percent)
{
    qsort(values, n, sizeof values[0], by_size);
    size_t rank = (size_t)ceil(percent / 100 * (double)n);
    return values[rank ? rank - 1 : 0];
}

yoke_loop bench_loop;

bool run_root(yoke_body *body)
{
    static yoke_task root;
    root = (yoke_task){.body = body};
    yoke_loop_init(&bench_loop, 0);
    return yoke_run(&bench_loop, &root) == YOKE_OK;
}
