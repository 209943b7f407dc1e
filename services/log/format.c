/* The few conversions that log_line() promises. The values are words of any type, so printf with
 * its variable arguments cannot be handed them as they are. */
#include "format.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char *text;
    size_t size, length;
    const uintptr_t *values;
    size_t used;
} line;

static void put(line *l, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (l->length < l->size) {
            l->text[l->length] = text[i];
        }
        l->length++;
    }
}

static uintptr_t next_value(line *l)
{
    return l->used < LOG_VALUES ? l->values[l->used++] : 0;
}

/* One conversion, `format` standing behind its %. Answers how many characters it has. */
static size_t convert(line *l, const char *format)
{
    char number[24];
    int n = 0;
    size_t width = strncmp(format, "08", 2) == 0 ? 2 : 0;
    switch (format[width]) {
    case 'd':
        n = snprintf(number, sizeof number, "%ld", (long)(int32_t)next_value(l));
        break;
    case 'u':
        n = snprintf(number, sizeof number, "%lu", (unsigned long)(uint32_t)next_value(l));
        break;
    case 'x':
        n = snprintf(number, sizeof number, width ? "%08lx" : "%lx",
                     (unsigned long)(uint32_t)next_value(l));
        break;
    case 'p':
        n = snprintf(number, sizeof number, "%08llx", (unsigned long long)next_value(l));
        break;
    case 's': {
        const char *text = (const char *)next_value(l);
        put(l, text ? text : "(none)", text ? strlen(text) : 6);
        break;
    }
    default:
        put(l, "%", 1);
        return format[0] == '%';
    }
    put(l, number, (size_t)n);
    return width + 1;
}

size_t log_format(char *text, size_t size, const char *format, const uintptr_t values[LOG_VALUES])
{
    line l = {.text = text, .size = size - 1, .values = values};
    while (*format) {
        size_t plain = strcspn(format, "%");
        put(&l, format, plain);
        format += plain;
        if (*format == '%') {
            format++;
            format += convert(&l, format);
        }
    }
    if (l.length > l.size) {
        l.length = l.size;
        memcpy(text + l.size - 3, "...", 3);
    }
    text[l.length] = '\n';
    return l.length + 1;
}
