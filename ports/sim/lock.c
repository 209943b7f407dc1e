/* The lock guards nothing here, since there is one thread; it is checked instead, and taken over
 * from a core 1 that stands still with it. And the end of the machine, when a check has failed. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

static bool held;
static bool held_by_core_1;
static void (*fail_hook)(const char *module, uint16_t number);

void lock_reset(void)
{
    held = false;
}

bool lock_held_here(void)
{
    return held && held_by_core_1 == core_1_calls();
}

uint32_t yoke_port_lock(void)
{
    if (held && !(held_by_core_1 && !core_1_calls() && core_breaks_lock())) {
        yoke_port_fail("sim", 901);
    }
    held = true;
    held_by_core_1 = core_1_calls();
    return 0;
}

/* An interrupt that was kept out comes in as soon as it may. */
void yoke_port_unlock(uint32_t saved)
{
    (void)saved;
    if (!held) {
        yoke_port_fail("sim", 902);
    }
    held = false;
    strays_maybe();
}

void sim_on_fail(void (*hook)(const char *module, uint16_t number))
{
    fail_hook = hook;
}

_Noreturn void yoke_port_fail(const char *module, uint16_t number)
{
    if (fail_hook) {
        fail_hook(module, number);
    }
    fprintf(stderr, "yoke: check failed: %s %u (see kernel/README.md)\n", module, number);
    abort();
}
