/* The stacks of both cores: how deep they went. */
#ifndef YOKE_STACK_H
#define YOKE_STACK_H

#include "yoke/task.h"

/* Bytes of the stack of `core` that have been in use at the same time, at most, since the core was
 * started, core 0 since yoke_run(); and all it has. 0: the port cannot tell. Platform loop. */
uint32_t stack_used(unsigned core);
uint32_t stack_size(unsigned core);

#endif
