#include "trace.h"

#include "yoke/port.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[1 << 20];
static size_t length;
static uint64_t start;

void trace_begin(uint64_t start_us)
{
    length = 0;
    text[0] = '\0';
    start = start_us;
}

static void add(const char *format, va_list arguments)
{
    int n = vsnprintf(text + length, sizeof text - length, format, arguments);
    length += (size_t)n;
    if (length + 2 > sizeof text) {
        abort(); /* a test that runs wild */
    }
    text[length++] = '\n';
    text[length] = '\0';
}

void note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(format, arguments);
    va_end(arguments);
}

void note_at(const char *format, ...)
{
    unsigned long long us = yoke_port_now_us() - start;
    int n = snprintf(text + length, sizeof text - length, "%llu ", us);
    length += (size_t)n;
    va_list arguments;
    va_start(arguments, format);
    add(format, arguments);
    va_end(arguments);
}

const char *trace_text(void)
{
    return text;
}

unsigned trace_count(const char *line)
{
    unsigned count = 0;
    size_t size = strlen(line);
    for (const char *at = text; *at; at = strchr(at, '\n') + 1) {
        count += strncmp(at, line, size) == 0 && at[size] == '\n';
    }
    return count;
}
