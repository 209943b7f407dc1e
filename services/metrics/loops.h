/* What the files of metrics share. */
#ifndef METRICS_LOOPS_H
#define METRICS_LOOPS_H

#include "yoke/worker.h"

/* The n-th worker of the app loop, or NULL. */
const yoke_worker *metrics_worker(unsigned n);

/* `n` in decimal digits, at least `width` of them: the end of `to`, where they begin is answered.
 * The C library of the chip prints no 64 bits. */
#define METRICS_DIGITS 21u
const char *metrics_digits(char to[METRICS_DIGITS], uint64_t n, unsigned width);

#endif
