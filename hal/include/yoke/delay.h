/* Occupy the calling core for a while, as work does. */
#ifndef YOKE_DELAY_H
#define YOKE_DELAY_H

#include <stdint.h>

/* Come back after `us` microseconds, never earlier; nothing else runs on this loop meanwhile. For
 * steps that stand for real work, and for hardware that asks for a short pause. Either core. The
 * chip spins, the host sleeps, the simulator moves its clock. */
void delay_us(uint32_t us);

#endif
