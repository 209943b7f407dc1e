/* Random bits of the ring oscillator (RP2040 data sheet, 2.17.5). Its bit is biased and sampled too
 * fast is like the one before; so it is looked at slowly, and of each pair of looks only their
 * order counts, if they differ (von Neumann). */
#include "yoke/entropy.h"

#include "internal.h"

#include "hardware/structs/rosc.h"
#include "pico/platform.h"

#define LOOK_CYCLES 60   /* several periods of the oscillator, which has 1.8 to 12 MHz */
#define LOOKS_MAX   4096 /* for a bit; an oscillator that stands still has no random bits */

static unsigned look(void)
{
    busy_wait_at_least_cycles(LOOK_CYCLES);
    return rosc_hw->randombit & 1;
}

static unsigned draw_bit(void)
{
    for (unsigned i = 0; i < LOOKS_MAX; i++) {
        unsigned first = look();
        if (first != look()) {
            return first;
        }
    }
    yoke_port_fail("entropy", 931);
}

void entropy_fill(void *to, size_t size)
{
    unsigned char *bytes = to;
    for (size_t i = 0; i < size; i++) {
        unsigned byte = 0;
        for (unsigned bit = 0; bit < 8; bit++) {
            byte = byte << 1 | draw_bit();
        }
        bytes[i] = (unsigned char)byte;
    }
}
