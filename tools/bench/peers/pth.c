/* GNU pth: threads in user space, all in the calling thread. */
#include "bench.h"

#include <pth.h>

#define TASKS_MAX 1000
#define STACK     16384

static uint32_t rounds;
static uint32_t ended;
static uint64_t switches;

static pth_attr_t begin(void)
{
    static bool begun;
    if (!begun) {
        pth_init();
        begun = true;
    }
    pth_attr_t small = pth_attr_new();
    pth_attr_set(small, PTH_ATTR_STACK_SIZE, STACK);
    return small;
}

static void *yielder_main(void *arg)
{
    for (uint32_t i = 0; i < rounds; i++) {
        switches++;
        pth_yield(NULL);
    }
    return arg;
}

static bool run_yield(const bench_case *c, double figures[])
{
    static pth_t threads[TASKS_MAX];
    pth_attr_t small = begin();
    rounds = c->work / c->n;
    switches = 0;
    bool ok = true;
    uint64_t took_ns = thread_cpu_ns();
    for (uint32_t i = 0; i < c->n; i++) {
        threads[i] = pth_spawn(small, yielder_main, NULL);
        ok &= threads[i] != NULL;
    }
    for (uint32_t i = 0; i < c->n; i++) {
        pth_join(threads[i], NULL);
    }
    took_ns = thread_cpu_ns() - took_ns;
    pth_attr_destroy(small);
    figures[0] = (double)took_ns / ((double)c->n * rounds);
    return ok && switches == (uint64_t)c->n * rounds;
}

static void *child_main(void *arg)
{
    ended++;
    return arg;
}

static bool run_spawn(const bench_case *c, double figures[])
{
    pth_attr_t small = begin();
    ended = 0;
    uint64_t took_ns = thread_cpu_ns();
    for (uint32_t i = 0; i < c->work; i++) {
        pth_join(pth_spawn(small, child_main, NULL), NULL);
    }
    took_ns = thread_cpu_ns() - took_ns;
    pth_attr_destroy(small);
    figures[0] = (double)took_ns / c->work;
    return ended == c->work;
}

extern const bench_subject pth_subjects[];
const bench_subject pth_subjects[] = {
    {.kind = BENCH_YIELD, .peer = "GNU pth", .run = run_yield, .slower = 40},
    {.kind = BENCH_SPAWN, .peer = "GNU pth", .run = run_spawn, .slower = 100},
    {0},
};
