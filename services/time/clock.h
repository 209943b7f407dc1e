/* The time of day as it is told: stepped or slewed to what a server says. */
#ifndef TIME_CLOCK_H
#define TIME_CLOCK_H

#include "yoke/time.h"

/* What is added to the device's clock when it shows `now_us`. */
int64_t clock_offset_us(const time_clock *c, uint64_t now_us);

/* What is still to be corrected then. */
uint64_t clock_rest_us(const time_clock *c, uint64_t now_us);

/* From `now_us` on, go to `offset_us`. True: at once, with a step. */
bool clock_correct(time_clock *c, int64_t offset_us, uint64_t now_us);

#endif
