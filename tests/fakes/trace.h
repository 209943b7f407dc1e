/* A record of what happened, in order, to be compared with what should have. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Forget everything; times are counted from `start_us` on. */
void trace_begin(uint64_t start_us);

/* Add a line. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Add a line that begins with the time in us since the start. */
void note_at(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* All lines so far, each with its newline. */
const char *trace_text(void);

/* How many lines are exactly `line`. */
unsigned trace_count(const char *line);

/* Fail the test unless the trace is exactly the given lines, each with its newline. */
#define assert_trace(expected) assert_string_equal(trace_text(), (expected))

#endif
