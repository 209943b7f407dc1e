/* Escapes become UTF-8. */
#include "text.h"

#include "unicode.h"

#include <stdbool.h>
#include <string.h>

/* Where we read, and where we write. */
typedef struct {
    const char *at, *end;
    char *to;
    size_t size, length;
} copy;

static void put(copy *c, const char *bytes, size_t n)
{
    if (c->to && n <= c->size && c->length <= c->size - n) {
        memcpy(c->to + c->length, bytes, n);
    }
    c->length += n;
}

static uint32_t digit_of(char hex)
{
    return (uint32_t)(hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10);
}

/* Four hexadecimal digits behind \u, of which the parser has made sure, but for the end. */
static bool take_hex(copy *c, uint32_t *value)
{
    if (c->end - c->at < 6) {
        return false;
    }
    *value = 0;
    for (int i = 2; i < 6; i++) {
        *value = *value << 4 | digit_of(c->at[i]);
    }
    c->at += 6;
    return true;
}

/* A character outside the first plane is written as two halves, both of them escapes. */
static bool take_unicode(copy *c)
{
    uint32_t high, low;
    char bytes[4];
    if (!take_hex(c, &high)) {
        return false;
    }
    if (high >= 0xd800 && high < 0xe000) {
        bool paired = high < 0xdc00 && c->end - c->at >= 2 && c->at[0] == '\\' && c->at[1] == 'u';
        if (!paired || !take_hex(c, &low) || low < 0xdc00 || low >= 0xe000) {
            return false;
        }
        high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    }
    put(c, bytes, utf8_put(high, bytes));
    return true;
}

static bool take_escape(copy *c)
{
    static const char letters[] = "b\bf\fn\nr\rt\t\"\"\\\\//";
    if (c->end - c->at < 2) {
        return false;
    }
    for (const char *pair = letters; *pair; pair += 2) {
        if (pair[0] == c->at[1]) {
            put(c, pair + 1, 1);
            c->at += 2;
            return true;
        }
    }
    return take_unicode(c);
}

static bool take_character(copy *c)
{
    size_t n = utf8_size(c->at, (size_t)(c->end - c->at));
    if (n == 0 || (unsigned char)*c->at < ' ') {
        return false;
    }
    put(c, c->at, n);
    c->at += n;
    return true;
}

int text_decode(const char *from, size_t length, char *to, size_t size)
{
    copy c = {.at = from, .end = from + length, .to = to, .size = size};
    while (c.at < c.end) {
        if (!(*c.at == '\\' ? take_escape(&c) : take_character(&c))) {
            return -1;
        }
    }
    return (int)c.length;
}
