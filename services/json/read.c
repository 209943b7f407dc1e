/* Tokens become values. */
#include "yoke/json_read.h"

#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PATH_MAX_HERE 56u /* bytes of a path in a problem's text */
#define DEPTH_MAX     8u  /* of a path; what is above is left out */
#define NAME_MAX_HERE 64u /* bytes of a name that json_find() finds */

/* --- what is there ----------------------------------------------------------------- */

static int type_at(const json_document *d, int token)
{
    return token < 0 ? JSMN_UNDEFINED : (int)d->tokens[token].type;
}

static const char *start_of(const json_document *d, unsigned value)
{
    return d->text + d->tokens[value].start;
}

static size_t length_of(const json_document *d, unsigned value)
{
    return (size_t)(d->tokens[value].end - d->tokens[value].start);
}

enum json_type json_type_of(const json_document *d, unsigned value)
{
    switch (d->tokens[value].type) {
    case JSMN_OBJECT:
        return JSON_OBJECT;
    case JSMN_ARRAY:
        return JSON_ARRAY;
    case JSMN_STRING:
        return JSON_STRING;
    default:
        break;
    }
    char first = *start_of(d, value);
    return first == 'n' ? JSON_NULL : first == 't' || first == 'f' ? JSON_BOOL : JSON_NUMBER;
}

static bool is_name(const json_document *d, unsigned token)
{
    return type_at(d, d->tokens[token].parent) == JSMN_OBJECT;
}

/* The name of member `value`, 0 if it is an element. */
static unsigned name_of(const json_document *d, unsigned value)
{
    int parent = d->tokens[value].parent;
    return type_at(d, parent) == JSMN_STRING ? (unsigned)parent : 0;
}

/* A name stands just before its value. */
static unsigned value_at(const json_document *d, unsigned token)
{
    return is_name(d, token) ? token + 1 : token;
}

unsigned json_first(const json_document *d, unsigned holder)
{
    bool holds = type_at(d, (int)holder) != JSMN_STRING && d->tokens[holder].size > 0;
    return holds ? value_at(d, holder + 1) : 0;
}

unsigned json_next(const json_document *d, unsigned value)
{
    unsigned name = name_of(d, value);
    int holder = d->tokens[name ? name : value].parent;
    for (unsigned i = value + 1; i < d->count && d->tokens[i].parent >= holder; i++) {
        if (d->tokens[i].parent == holder) {
            return value_at(d, i);
        }
    }
    return 0;
}

static bool name_is(const json_document *d, unsigned value, const char *key)
{
    char name[NAME_MAX_HERE];
    unsigned token = name_of(d, value);
    int n = text_decode(start_of(d, token), length_of(d, token), name, sizeof name);
    return (size_t)n == strlen(key) && (size_t)n <= sizeof name &&
           memcmp(name, key, (size_t)n) == 0;
}

unsigned json_find(const json_document *d, unsigned object, const char *key)
{
    if (json_type_of(d, object) != JSON_OBJECT) {
        return 0;
    }
    unsigned value = json_first(d, object);
    while (value && !name_is(d, value, key)) {
        value = json_next(d, value);
    }
    return value;
}

/* --- where it is ---------------------------------------------------------------------- */

static unsigned index_of(const json_document *d, unsigned value)
{
    unsigned index = 0;
    unsigned at = json_first(d, (unsigned)d->tokens[value].parent);
    while (at != value) {
        at = json_next(d, at);
        index++;
    }
    return index;
}

static unsigned holder_of(const json_document *d, unsigned value)
{
    unsigned name = name_of(d, value);
    return (unsigned)d->tokens[name ? name : value].parent;
}

/* Put a step of the path behind what `to` holds. */
static void add_step(const json_document *d, unsigned value, char *to, size_t size)
{
    size_t used = strlen(to);
    unsigned name = name_of(d, value);
    const char *dot = used ? "." : "";
    if (name) {
        snprintf(to + used, size - used, "%s%.*s", dot, (int)length_of(d, name), start_of(d, name));
    } else {
        snprintf(to + used, size - used, "%s%u", dot, index_of(d, value));
    }
}

void json_path(const json_document *d, unsigned value, char *to, size_t size)
{
    unsigned steps[DEPTH_MAX], n = 0;
    to[0] = '\0';
    for (unsigned at = value; at && n < DEPTH_MAX; at = holder_of(d, at)) {
        steps[n++] = at;
    }
    while (n--) {
        add_step(d, steps[n], to, size);
    }
}

/* --- values ------------------------------------------------------------------------------- */

__attribute__((format(printf, 4, 5))) static int refuse(json_document *d, unsigned value, int error,
                                                        const char *format, ...)
{
    char path[PATH_MAX_HERE];
    json_path(d, value, path, sizeof path);
    int n = value ? snprintf(d->problem, sizeof d->problem, "\"%s\" ", path)
                  : snprintf(d->problem, sizeof d->problem, "a member ");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(d->problem + n, sizeof d->problem - (size_t)n, format, arguments);
    va_end(arguments);
    return error;
}

static int refuse_none(json_document *d)
{
    return refuse(d, 0, YOKE_ENOENT, "is missing");
}

int json_get_bool(json_document *d, unsigned value, bool *to)
{
    if (!value) {
        return refuse_none(d);
    }
    if (json_type_of(d, value) != JSON_BOOL) {
        return refuse(d, value, YOKE_EINVAL, "must be true or false");
    }
    *to = *start_of(d, value) == 't';
    return YOKE_OK;
}

/* The whole number between `at` and `end`, if that is all there is, and it fits. */
static bool whole_number(const char *at, const char *end, int32_t min, int32_t max, int32_t *to)
{
    bool negative = *at == '-';
    int64_t number = 0;
    for (at += negative; at < end; at++) {
        if (*at < '0' || *at > '9' || number > INT32_MAX) {
            return false;
        }
        number = number * 10 + (*at - '0');
    }
    number = negative ? -number : number;
    if (number < min || number > max) {
        return false;
    }
    *to = (int32_t)number;
    return true;
}

int json_get_int(json_document *d, unsigned value, int32_t min, int32_t max, int32_t *to)
{
    if (!value) {
        return refuse_none(d);
    }
    const char *start = start_of(d, value);
    if (json_type_of(d, value) != JSON_NUMBER ||
        !whole_number(start, start + length_of(d, value), min, max, to)) {
        return refuse(d, value, YOKE_EINVAL, "must be a whole number from %ld to %ld", (long)min,
                      (long)max);
    }
    return YOKE_OK;
}

/* -1: longer than that. */
static int copy_string(const json_document *d, unsigned token, char *to, size_t size)
{
    int n = text_decode(start_of(d, token), length_of(d, token), NULL, 0);
    if ((size_t)n > size - 1) {
        return -1;
    }
    text_decode(start_of(d, token), length_of(d, token), to, size);
    to[n] = '\0';
    return n;
}

int json_get_string(json_document *d, unsigned value, char *to, size_t size)
{
    if (!value) {
        return refuse_none(d);
    }
    int n = json_type_of(d, value) == JSON_STRING ? copy_string(d, value, to, size) : -1;
    if (n < 0) {
        return refuse(d, value, YOKE_EINVAL, "must be a string of at most %u bytes",
                      (unsigned)size - 1);
    }
    return n;
}

int json_name(json_document *d, unsigned value, char *to, size_t size)
{
    unsigned name = name_of(d, value);
    if (!name) {
        return refuse(d, value, YOKE_EINVAL, "has no name");
    }
    if (copy_string(d, name, to, size) < 0) {
        return refuse(d, value, YOKE_EFULL, "is a name of more than %u bytes", (unsigned)size - 1);
    }
    return YOKE_OK;
}
