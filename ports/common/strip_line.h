/* What a port gives strip.c: a line that clocks out bytes. Bits leave highest first, `bits_at_once`
 * of them in each bit time, the lowest of a group on lane 0. */
#ifndef YOKE_STRIP_LINE_H
#define YOKE_STRIP_LINE_H

#include "yoke/strip.h"

/* Claim a line for `s`, whose values are checked: its number, 0 to 255, or YOKE_EFULL. Levels low.
 */
int strip_line_open(strip *s);
void strip_line_close(strip *s);

/* Begin to send s->wire, s->wire_size bytes; do not wait. The line is idle. */
void strip_line_send(strip *s);

/* The last byte has not been handed over yet. */
bool strip_line_is_busy(const strip *s);

/* End whatever it does, and be idle with levels low. */
void strip_line_reset(strip *s);

/* In strip_close(): let time pass, at most until `until_us`. */
void strip_line_rest(uint64_t until_us);

#endif
