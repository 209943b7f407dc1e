/* A log record made into text. */
#ifndef LOG_FORMAT_H
#define LOG_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define LOG_VALUES 4u

/* Write the line with its newline to `text`, at most `size` bytes (at least 5), no final 0.
 * Answers its length. What does not fit ends in "...". */
size_t log_format(char *text, size_t size, const char *format, const uintptr_t values[LOG_VALUES]);

#endif
