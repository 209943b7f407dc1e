/* A failed check: record it, say which, and leave a core for the debugger. */
#include "yoke/core.h"
#include "yoke/watchdog.h"

#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void yoke_port_fail(const char *module, uint16_t number)
{
    const yoke_loop *here = yoke_port_here();
    const enum boot_reason why = BOOT_REQUESTED;
    core_fault f = {.kind = CORE_CHECK,
                    .core = here ? here->core : 0,
                    .at_us = yoke_port_now_us(),
                    .number = number};
    strncpy(f.name, module, CORE_NAME_MAX);
    core_fault_write(&f);
    state_write("boot", &why, sizeof why);
    fprintf(stderr, "yoke: check failed: %s %u (see kernel/README.md)\n", module, number);
    abort();
}
