/* Values as C, and as text, has them. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

int cfg_set_bool(cfg_store *s, const cfg_key *k, bool value)
{
    return store_take(s, k, CFG_BOOL, (const uint8_t[]){value}, 1);
}

int cfg_set_int(cfg_store *s, const cfg_key *k, int32_t value)
{
    uint8_t bytes[4];
    return store_take(s, k, CFG_INT, bytes, put_int(bytes, value));
}

int cfg_set_string(cfg_store *s, const cfg_key *k, const char *value)
{
    return store_take(s, k, CFG_STRING, value, strlen(value));
}

int cfg_set_bytes(cfg_store *s, const cfg_key *k, const void *bytes, size_t length)
{
    return store_take(s, k, CFG_BYTES, bytes, length);
}

int cfg_set_choice(cfg_store *s, const cfg_key *k, const char *name)
{
    return store_take(s, k, CFG_CHOICE, name, strlen(name));
}

/* --- text ------------------------------------------------------------------------ */

static int digit_of(char hex)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = memchr(digits, hex >= 'A' && hex <= 'F' ? hex | 0x20 : hex, 16);
    return at ? (int)(at - digits) : -1;
}

int hex_get(const char *text, size_t length, uint8_t *to)
{
    if (length % 2 || length / 2 > CFG_VALUE_MAX) {
        return -1;
    }
    for (size_t i = 0; i < length; i += 2) {
        int high = digit_of(text[i]), low = digit_of(text[i + 1]);
        if (high < 0 || low < 0) {
            return -1;
        }
        to[i / 2] = (uint8_t)(high << 4 | low);
    }
    return (int)(length / 2);
}

void hex_put(const uint8_t *from, size_t length, char *to)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        *to++ = digits[from[i] >> 4];
        *to++ = digits[from[i] & 15];
    }
    *to = '\0';
}

/* A whole number, and nothing else; false: it is none, or does not fit. */
static bool int_of(const char *text, int32_t *to)
{
    int64_t value = 0;
    bool negative = *text == '-';
    text += negative;
    const char *first = text;
    for (; *text >= '0' && *text <= '9' && value <= INT32_MAX; text++) {
        value = value * 10 + (*text - '0');
    }
    value = negative ? -value : value;
    *to = (int32_t)value;
    return text > first && !*text && value >= INT32_MIN && value <= INT32_MAX;
}

static int set_bool_text(cfg_store *s, const cfg_key *k, const char *text)
{
    bool value = strcmp(text, "true") == 0;
    bool is_one = value || strcmp(text, "false") == 0;
    return is_one ? cfg_set_bool(s, k, value) : store_check(s, k, 0, NULL, 0);
}

static int set_bytes_text(cfg_store *s, const cfg_key *k, const char *text)
{
    uint8_t bytes[CFG_VALUE_MAX];
    int length = hex_get(text, strlen(text), bytes);
    return length < 0 ? store_check(s, k, 0, NULL, 0) : cfg_set_bytes(s, k, bytes, (size_t)length);
}

int cfg_set_text(cfg_store *s, const cfg_key *k, const char *text)
{
    int32_t number;
    switch (k->type) {
    case CFG_BOOL:
        return set_bool_text(s, k, text);
    case CFG_INT:
        return int_of(text, &number) ? cfg_set_int(s, k, number) : store_check(s, k, 0, NULL, 0);
    case CFG_BYTES:
        return set_bytes_text(s, k, text);
    default:
        return store_take(s, k, k->type, text, strlen(text));
    }
}

void cfg_text(const cfg_key *k, char *to, size_t size)
{
    uint8_t bytes[CFG_VALUE_MAX];
    char hex[2 * CFG_VALUE_MAX + 1];
    uint16_t length = value_put(k, bytes);
    if (k->flags & CFG_SECRET) {
        snprintf(to, size, "(%u bytes)", (unsigned)length);
    } else if (k->type == CFG_BOOL) {
        snprintf(to, size, "%s", bytes[0] ? "true" : "false");
    } else if (k->type == CFG_INT) {
        snprintf(to, size, "%ld", (long)*k->at.as_int);
    } else if (k->type == CFG_BYTES) {
        hex_put(bytes, length, hex);
        snprintf(to, size, "%s", hex);
    } else {
        snprintf(to, size, "%.*s", (int)length, (const char *)bytes);
    }
}

const char *cfg_rule(const cfg_key *k, char *rule)
{
    return value_rule(k, 0, NULL, 0, rule);
}

void cfg_default_text(const cfg_key *k, char *to, size_t size)
{
    const char *text = k->initial_text ? k->initial_text : "";
    if (k->flags & CFG_SECRET) {
        snprintf(to, size, "(%u bytes)", (unsigned)strlen(text));
    } else if (k->type == CFG_BOOL) {
        snprintf(to, size, "%s", k->initial ? "true" : "false");
    } else if (k->type == CFG_INT) {
        snprintf(to, size, "%ld", (long)k->initial);
    } else {
        snprintf(to, size, "%s", k->type == CFG_CHOICE ? k->choices[k->initial] : text);
    }
}
