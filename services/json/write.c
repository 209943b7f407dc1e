/* The writer: commas are set before what follows, so one bit is all that it remembers. */
#include "yoke/json.h"

#include "unicode.h"

#include <string.h>

#define DIGITS_MAX 20u /* of 2^64 */

json_writer json_writer_on(char *text, size_t size)
{
    return (json_writer){.text = text, .size = text ? size : 0};
}

void json_flushed(json_writer *w)
{
    w->length = 0;
}

/* All of it or nothing, so that what is cut off is never half an escape. */
static void put(json_writer *w, const char *bytes, size_t n)
{
    w->total += n;
    if (n > w->size - w->length) {
        w->lost += w->text ? n : 0;
        return;
    }
    memcpy(w->text + w->length, bytes, n);
    w->length += n;
}

/* --- strings ---------------------------------------------------------------- */

static void put_escape(json_writer *w, unsigned char byte)
{
    static const char letters[] = "b\bf\fn\nr\rt\t\"\"\\\\";
    static const char hex[] = "0123456789abcdef";
    for (const char *pair = letters; *pair; pair += 2) {
        if ((unsigned char)pair[1] == byte) {
            put(w, (char[]){'\\', pair[0]}, 2);
            return;
        }
    }
    put(w, (char[]){'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]}, 6);
}

static void put_quoted(json_writer *w, const char *text, size_t length)
{
    put(w, "\"", 1);
    for (const char *end = text + length; text < end;) {
        unsigned char first = (unsigned char)*text;
        size_t n = utf8_size(text, (size_t)(end - text));
        if (n == 0) {
            put(w, "\xef\xbf\xbd", 3);
            n = 1;
        } else if (first < ' ' || first == '"' || first == '\\') {
            put_escape(w, first);
        } else {
            put(w, text, n);
        }
        text += n;
    }
    put(w, "\"", 1);
}

/* --- values ------------------------------------------------------------------ */

/* What stands before a value, or before the end of what holds it. */
static void lead(json_writer *w, const char *key)
{
    if (w->comma) {
        put(w, ",", 1);
    }
    if (key) {
        put_quoted(w, key, strlen(key));
        put(w, ":", 1);
    }
    w->comma = true;
}

static void begin(json_writer *w, const char *key, const char *bracket)
{
    lead(w, key);
    put(w, bracket, 1);
    w->comma = false;
}

static void leave(json_writer *w, const char *bracket)
{
    put(w, bracket, 1);
    w->comma = true;
}

void json_object_begin(json_writer *w, const char *key)
{
    begin(w, key, "{");
}

void json_object_end(json_writer *w)
{
    leave(w, "}");
}

void json_array_begin(json_writer *w, const char *key)
{
    begin(w, key, "[");
}

void json_array_end(json_writer *w)
{
    leave(w, "]");
}

static void put_word(json_writer *w, const char *key, const char *word)
{
    lead(w, key);
    put(w, word, strlen(word));
}

void json_put_text(json_writer *w, const char *key, const char *value, size_t length)
{
    lead(w, key);
    put_quoted(w, value, length);
}

void json_put_string(json_writer *w, const char *key, const char *value)
{
    if (value) {
        json_put_text(w, key, value, strlen(value));
    } else {
        json_put_null(w, key);
    }
}

void json_put_bool(json_writer *w, const char *key, bool value)
{
    put_word(w, key, value ? "true" : "false");
}

void json_put_null(json_writer *w, const char *key)
{
    put_word(w, key, "null");
}

/* --- numbers ------------------------------------------------------------------- */

/* Digit by digit from behind; not every C library of a chip prints 64 bits. At least one digit
 * stands before the point. */
static void put_number(json_writer *w, const char *key, bool negative, uint64_t value,
                       unsigned decimals)
{
    char text[DIGITS_MAX + 3];
    char *at = text + sizeof text;
    for (unsigned digit = 0; value || digit <= decimals; digit++) {
        if (digit && digit == decimals) {
            *--at = '.';
        }
        *--at = (char)('0' + value % 10);
        value /= 10;
    }
    if (negative) {
        *--at = '-';
    }
    lead(w, key);
    put(w, at, (size_t)(text + sizeof text - at));
}

void json_put_fixed(json_writer *w, const char *key, int64_t value, unsigned decimals)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    put_number(w, key, value < 0, size, decimals);
}

void json_put_int(json_writer *w, const char *key, int64_t value)
{
    json_put_fixed(w, key, value, 0);
}

void json_put_uint(json_writer *w, const char *key, uint64_t value)
{
    put_number(w, key, false, value, 0);
}
