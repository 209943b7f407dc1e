/* The watchdog, in the time of the simulator: one interrupt is waiting, and sets itself up anew for
 * as long as the dog was fed meanwhile. */
#include "yoke/watchdog.h"

#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

static uint32_t limit_us; /* 0: not started */
static uint64_t deadline_us;
static enum boot_reason reason;
static uint32_t kept_word;
static void (*restart_hook)(void);

void watchdog_reset_state(bool power_on)
{
    limit_us = 0;
    if (power_on) {
        reason = BOOT_POWER_ON;
        kept_word = 0;
    }
}

void sim_on_restart(void (*hook)(void))
{
    restart_hook = hook;
}

static _Noreturn void restart(enum boot_reason why)
{
    reason = why;
    if (restart_hook) {
        restart_hook();
    }
    fprintf(stderr, "yoke: the device restarts\n");
    exit(75);
}

static void bark(void *unused)
{
    (void)unused;
    if (yoke_port_now_us() >= deadline_us) {
        restart(BOOT_WATCHDOG);
    }
    sim_interrupt_at(deadline_us, bark, NULL);
}

int watchdog_start(uint32_t ms)
{
    if (ms == 0 || ms > WATCHDOG_MS_MAX) {
        return YOKE_EINVAL;
    }
    bool waits = limit_us;
    limit_us = ms * 1000;
    watchdog_feed();
    if (!waits) {
        sim_interrupt_at(deadline_us, bark, NULL);
    }
    return YOKE_OK;
}

void watchdog_feed(void)
{
    deadline_us = yoke_port_now_us() + limit_us;
}

_Noreturn void watchdog_restart(void)
{
    restart(BOOT_REQUESTED);
}

enum boot_reason watchdog_boot_reason(void)
{
    return reason;
}

uint32_t watchdog_word(void)
{
    return kept_word;
}

void watchdog_word_set(uint32_t word)
{
    kept_word = word;
}
