/* The log: either loop writes without waiting, the platform loop prints.
 *
 *   log_line() on core 0 ──▶ ring 0 ─┐
 *                                    ├─ by time ──▶ log_task ──▶ console
 *   log_line() on core 1 ──▶ ring 1 ─┘
 *
 * A line is kept as its format and four words, and made into text when it is printed. Each core's
 * lines keep their order; between the cores the time of writing decides, and a line that one loop
 * wrote because of a line of the other comes after it. */
#ifndef YOKE_LOG_H
#define YOKE_LOG_H

#include "yoke/loop.h"

#define LOG_RING     32u  /* lines each core may have waiting, a power of two */
#define LOG_LINE_MAX 160u /* bytes of a printed line; the rest is cut off and marked with "..." */

/* Write one line; a newline is added. `format` must live for ever and knows %d (int32_t),
 * %u (uint32_t), %x, %08x, %s (a string that lives for ever), %p (an address, without 0x) and %%;
 * a to d are its values in order, 0 where there is none. Either loop, not from an interrupt. Wait
 * free but for the wake. A full ring drops the line and counts it; the count is printed. */
void log_line(const char *format, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d);

/* Lines dropped so far on `core`, modulo 2^32. Any core. */
uint32_t log_dropped(unsigned core);

/* The most lines that ever waited on `core`. Any core. */
uint32_t log_waited_most(unsigned core);

/* Prints the lines. Start it on the platform loop; when it is cancelled it prints what is left. */
extern yoke_task log_task;

#endif
