/* What only this port has: for a program that looks after its stacks, and for tests. An app needs
 * only yoke/yoke.h. */
#ifndef YOKE_RP2040_H
#define YOKE_RP2040_H

#include <stdint.h>

/* Bytes of a core's stack that have been in use at the same time, at most, since the core was
 * started; and all it has. Core 0: since yoke_run(). Platform loop. */
uint32_t rp2040_stack_used(unsigned core);
uint32_t rp2040_stack_size(unsigned core);

#endif
