/* JSON from outside: what is taken is walked through in full, and settings from it stay in range.
 */
#include "fuzz.h"

#include "yoke/json_read.h"

#define TOKENS 128u

static void walk(json_document *d, unsigned holder)
{
    char text[32], path[64];
    int32_t number;
    bool flag;
    unsigned seen = 0;
    for (unsigned value = json_first(d, holder); value; value = json_next(d, value)) {
        must(value > holder && value < d->count && ++seen < TOKENS);
        json_path(d, value, path, sizeof path);
        must(strlen(path) < sizeof path);
        if (json_name(d, value, text, sizeof text) == YOKE_OK) {
            unsigned first = json_find(d, holder, text);
            must(strlen(text) == 0 || first == 0 || first <= value);
        }
        if (json_get_int(d, value, -5, 1000, &number) == YOKE_OK) {
            must(number >= -5 && number <= 1000);
        }
        (void)json_get_bool(d, value, &flag);
        must(json_get_string(d, value, text, sizeof text) < (int)sizeof text);
        must(strlen(d->problem) < JSON_PROBLEM_MAX);
        if (json_type_of(d, value) == JSON_OBJECT || json_type_of(d, value) == JSON_ARRAY) {
            walk(d, value);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static json_token tokens[TOKENS];
    json_document d;
    if (json_parse(&d, (const char *)data, size, tokens, TOKENS) == YOKE_OK) {
        walk(&d, JSON_ROOT);
    }
    return 0;
}
