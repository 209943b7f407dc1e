/* Each type in one place: its default, its bytes, its rule. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

/* Every CFG_BYTES_OF() begins so. */
typedef CFG_BYTES_OF(1) any_bytes;

static uint8_t *bytes_at(const cfg_key *k)
{
    return (uint8_t *)k->at.as_bytes + offsetof(any_bytes, bytes);
}

static uint16_t *bytes_length(const cfg_key *k)
{
    return k->at.as_bytes;
}

int choice_number(const char *const *choices, const char *name, size_t length)
{
    for (int i = 0; choices[i]; i++) {
        if (strlen(choices[i]) == length && memcmp(choices[i], name, length) == 0) {
            return i;
        }
    }
    return -1;
}

/* --- the default ------------------------------------------------------------------- */

void value_to_default(const cfg_key *k)
{
    switch (k->type) {
    case CFG_BOOL:
        *k->at.as_bool = k->initial != 0;
        break;
    case CFG_INT:
        *k->at.as_int = k->initial;
        break;
    case CFG_STRING:
        snprintf(k->at.as_string, k->size, "%s", k->initial_text ? k->initial_text : "");
        break;
    case CFG_BYTES:
        *bytes_length(k) = 0;
        break;
    default:
        *k->at.as_choice = (uint8_t)k->initial;
    }
}

/* --- RAM to flash -------------------------------------------------------------------- */

static uint16_t put(uint8_t *to, const void *from, size_t length)
{
    memcpy(to, from, length);
    return (uint16_t)length;
}

uint16_t put_int(uint8_t *to, int32_t value)
{
    for (int i = 0; i < 4; i++) {
        to[i] = (uint8_t)((uint32_t)value >> 8 * i);
    }
    return 4;
}

uint16_t value_put(const cfg_key *k, uint8_t *to)
{
    switch (k->type) {
    case CFG_BOOL:
        to[0] = *k->at.as_bool;
        return 1;
    case CFG_INT:
        return put_int(to, *k->at.as_int);
    case CFG_STRING:
        return put(to, k->at.as_string, strlen(k->at.as_string));
    case CFG_BYTES:
        return put(to, bytes_at(k), *bytes_length(k));
    default: /* by its name: numbers are this program's */
        return put(to, k->choices[*k->at.as_choice], strlen(k->choices[*k->at.as_choice]));
    }
}

static uint16_t longest_choice(const char *const *choices)
{
    size_t longest = 0;
    for (; *choices; choices++) {
        longest = strlen(*choices) > longest ? strlen(*choices) : longest;
    }
    return (uint16_t)longest;
}

uint16_t value_size_max(const cfg_key *k)
{
    switch (k->type) {
    case CFG_BOOL:
        return 1;
    case CFG_INT:
        return 4;
    case CFG_STRING:
        return (uint16_t)(k->size - 1);
    case CFG_BYTES:
        return k->size;
    default:
        return longest_choice(k->choices);
    }
}

/* --- flash to RAM ----------------------------------------------------------------------- */

static int32_t get_int(const uint8_t *from)
{
    uint32_t value = 0;
    for (int i = 3; i >= 0; i--) {
        value = value << 8 | from[i];
    }
    return (int32_t)value;
}

static bool fits(const cfg_key *k, const uint8_t *from, size_t length)
{
    switch (k->type) {
    case CFG_BOOL:
        return length == 1 && from[0] <= 1;
    case CFG_INT:
        return length == 4 && get_int(from) >= k->range.min && get_int(from) <= k->range.max;
    case CFG_STRING:
        return length < k->size && (length == 0 || !memchr(from, 0, length));
    case CFG_BYTES:
        return length <= k->size;
    default:
        return choice_number(k->choices, (const char *)from, length) >= 0;
    }
}

static void list_choices(const cfg_key *k, char *rule)
{
    size_t used = (size_t)snprintf(rule, CFG_PROBLEM_MAX, "one of");
    for (unsigned i = 0; k->choices[i] && used < CFG_PROBLEM_MAX; i++) {
        used += (size_t)snprintf(rule + used, CFG_PROBLEM_MAX - used, "%s %s", i ? "," : "",
                                 k->choices[i]);
    }
}

const char *value_rule(const cfg_key *k, uint8_t kind, const uint8_t *from, size_t length,
                       char *rule)
{
    if (kind == k->type && fits(k, from, length)) {
        return NULL;
    }
    switch (k->type) {
    case CFG_BOOL:
        return "true or false";
    case CFG_INT:
        snprintf(rule, CFG_PROBLEM_MAX, "a whole number from %ld to %ld", (long)k->range.min,
                 (long)k->range.max);
        break;
    case CFG_STRING:
        snprintf(rule, CFG_PROBLEM_MAX, "a text of at most %u bytes", k->size - 1u);
        break;
    case CFG_BYTES:
        snprintf(rule, CFG_PROBLEM_MAX, "at most %u bytes, in hexadecimal digits", k->size);
        break;
    default:
        list_choices(k, rule);
    }
    return rule;
}

void value_get(const cfg_key *k, const uint8_t *from, size_t length)
{
    switch (k->type) {
    case CFG_BOOL:
        *k->at.as_bool = from[0];
        break;
    case CFG_INT:
        *k->at.as_int = get_int(from);
        break;
    case CFG_STRING:
        memcpy(k->at.as_string, from, length);
        k->at.as_string[length] = '\0';
        break;
    case CFG_BYTES:
        memcpy(bytes_at(k), from, length);
        *bytes_length(k) = (uint16_t)length;
        break;
    default:
        *k->at.as_choice = (uint8_t)choice_number(k->choices, (const char *)from, length);
    }
}
