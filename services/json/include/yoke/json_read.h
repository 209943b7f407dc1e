/* JSON (RFC 8259), read: a text that is whole in memory, and an array of tokens of the caller.
 *
 *   static json_token tokens[64];
 *   json_document d;
 *   int32_t brightness = 255;
 *   if (json_parse(&d, text, length, tokens, 64) < 0 ||
 *       json_get_int(&d, json_find(&d, JSON_ROOT, "bri"), 0, 255, &brightness) < 0) {
 *       refuse(d.problem);                  "bri" must be a whole number from 0 to 255
 *   }
 *
 * A text is checked in full, strings included, before any of it is served. A value is known by its
 * place among the tokens; 0 is the whole text, and as a member or element it means "there is none".
 * Getters change nothing unless they answer YOKE_OK; otherwise d.problem says what is wrong, as a
 * sentence without its full stop.
 *
 * Any core, any interrupt: document and tokens belong to the caller alone. */
#ifndef YOKE_JSON_READ_H
#define YOKE_JSON_READ_H

#include "yoke/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef JSMN_HEADER
#define JSMN_HEADER /* what it declares, not what it does */
#endif
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#define JSON_ROOT        0u
#define JSON_PROBLEM_MAX 128u       /* bytes of a problem's text, with its final 0 */
#define JSON_TEXT_MAX    (1u << 20) /* bytes of a text */

/* One for each name and each value of the text. */
typedef jsmntok_t json_token;

typedef struct {
    const char *text;
    const json_token *tokens;
    unsigned count;                 /* of tokens */
    char problem[JSON_PROBLEM_MAX]; /* what the last answer that was an error means */
} json_document;

/* Read `length` bytes; `text` and `tokens` stay in use as long as `d`. The top must be an object or
 * an array. YOKE_EINVAL: it is no JSON, or longer than JSON_TEXT_MAX. YOKE_EFULL: it has more names
 * and values than `tokens_max`. */
int json_parse(json_document *d, const char *text, size_t length, json_token tokens[],
               unsigned tokens_max);

/* --- what is there ----------------------------------------------------------- */

enum json_type { JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER, JSON_BOOL, JSON_NULL };

enum json_type json_type_of(const json_document *d, unsigned value);

/* The value of the first member `key`, at most 64 bytes, of `object`; 0: there is none, or `object`
 * is no object. */
unsigned json_find(const json_document *d, unsigned object, const char *key);

/* Members of an object, or elements of an array, one after the other: the first, and the one after
 * `value`; 0: no more. Of a member this is the value; its name is json_name(). */
unsigned json_first(const json_document *d, unsigned holder);
unsigned json_next(const json_document *d, unsigned value);

/* Copy the name of member `value`, and a 0, to `to`. YOKE_EINVAL: it is no member. YOKE_EFULL: it
 * has more than `size` - 1 bytes. */
int json_name(json_document *d, unsigned value, char *to, size_t size);

/* --- values --------------------------------------------------------------------- */

/* YOKE_ENOENT: `value` is 0. YOKE_EINVAL: it is of another type, or not in the range. */
int json_get_bool(json_document *d, unsigned value, bool *to);
int json_get_int(json_document *d, unsigned value, int32_t min, int32_t max, int32_t *to);

/* Copy a string, and a 0, to `to`, `size` bytes at least 1. Answers its length, which is another
 * than strlen(to) if it holds a 0. YOKE_EINVAL also: it has more than `size` - 1 bytes in UTF-8. */
int json_get_string(json_document *d, unsigned value, char *to, size_t size);

/* Where `value` stands, for sentences of others: "seg.0.bri", as far as it fits. */
void json_path(const json_document *d, unsigned value, char *to, size_t size);

#endif
