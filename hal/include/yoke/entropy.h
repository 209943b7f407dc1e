/* Randomness for keys, identifiers and seeds. */
#ifndef YOKE_ENTROPY_H
#define YOKE_ENTROPY_H

#include <stddef.h>

/* Fill `to` with `size` unpredictable bytes. The chip samples its ring oscillator (about 10 us a
 * byte, whitened), the host asks its system, the simulator draws from the seed of the run, so that
 * a seed gives the same bytes. Platform loop; the first call after power-on too. */
void entropy_fill(void *to, size_t size);

#endif
