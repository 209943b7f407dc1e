/* Stacks of the host, which are its own business. */
#include "yoke/stack.h"

uint32_t stack_used(unsigned core)
{
    (void)core;
    return 0;
}

uint32_t stack_size(unsigned core)
{
    (void)core;
    return 0;
}
