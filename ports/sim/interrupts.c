/* Interrupts that are to come at a time of the virtual clock. */
#include "internal.h"

#define WAITING_MAX 64u

typedef struct {
    uint64_t at_us;
    void (*run)(void *arg);
    void *arg;
} entry;

static entry waiting[WAITING_MAX]; /* in order of time */
static unsigned count;

void interrupts_reset(void)
{
    count = 0;
}

uint64_t interrupts_next_us(void)
{
    return count ? waiting[0].at_us : YOKE_NEVER;
}

void sim_interrupt_at(uint64_t at_us, void (*run)(void *arg), void *arg)
{
    if (count == WAITING_MAX) {
        yoke_port_fail("sim", 906);
    }
    unsigned i = count++;
    for (; i > 0 && waiting[i - 1].at_us > at_us; i--) {
        waiting[i] = waiting[i - 1];
    }
    waiting[i] = (entry){.at_us = at_us, .run = run, .arg = arg};
}

void interrupts_run_next(void)
{
    entry first = waiting[0];
    count--;
    for (unsigned i = 0; i < count; i++) {
        waiting[i] = waiting[i + 1];
    }
    interrupt(first.run, first.arg);
}
