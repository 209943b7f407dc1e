/* A failed check: say which, and leave a core for the debugger. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void yoke_port_fail(const char *module, uint16_t number)
{
    fprintf(stderr, "yoke: check failed: %s %u (see kernel/README.md)\n", module, number);
    abort();
}
