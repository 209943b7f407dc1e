/* jsmn finds the tokens, and who holds whom. It does not look at what stands between them, nor into
 * numbers and strings: that is done here, so that what is served is JSON. */
#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#include "yoke/json_read.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

/* --- numbers and words ---------------------------------------------------------- */

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

/* Digits, at least one; NULL: there is none. */
static const char *take_digits(const char *at, const char *end)
{
    const char *after = skip_digits(at, end);
    return after == at ? NULL : after;
}

static const char *take_whole(const char *at, const char *end)
{
    at += at < end && *at == '-';
    return at < end && *at == '0' ? at + 1 : take_digits(at, end);
}

static const char *take_fraction(const char *at, const char *end)
{
    return at && at < end && *at == '.' ? take_digits(at + 1, end) : at;
}

static const char *take_exponent(const char *at, const char *end)
{
    if (!at || at == end || (*at | 0x20) != 'e') {
        return at;
    }
    at++;
    at += at < end && (*at == '+' || *at == '-');
    return take_digits(at, end);
}

static bool is_number(const char *at, const char *end)
{
    return take_exponent(take_fraction(take_whole(at, end), end), end) == end;
}

static bool is_word(const char *at, size_t length)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (length == strlen(words[i]) && memcmp(at, words[i], length) == 0) {
            return true;
        }
    }
    return false;
}

/* --- what stands between the tokens ------------------------------------------------ */

/* A walk along the text, token by token. */
typedef struct {
    const char *text;
    const json_token *tokens;
    int length;
    int at;   /* all before it is right */
    int open; /* the token that we are within: an object, an array, or a name; -1: none */
} walk;

static void skip_blanks(walk *w)
{
    while (w->at < w->length && w->text[w->at] && strchr(" \t\r\n", w->text[w->at])) {
        w->at++;
    }
}

/* True: this character comes next, but for blanks. */
static bool take(walk *w, char expected)
{
    skip_blanks(w);
    if (w->at >= w->length || w->text[w->at] != expected) {
        return false;
    }
    w->at++;
    return true;
}

static int type_of(const walk *w, int token)
{
    return token < 0 ? JSMN_UNDEFINED : (int)w->tokens[token].type;
}

/* What we are within ends: a name with its value, or an object or array with its bracket. */
static bool leave(walk *w)
{
    const json_token *t = &w->tokens[w->open];
    if (t->type == JSMN_STRING) {
        w->open = t->parent;
        return t->size == 1;
    }
    skip_blanks(w);
    if (w->at != t->end - 1) {
        return false;
    }
    w->at++;
    w->open = t->parent;
    return true;
}

static bool leave_to(walk *w, int holder)
{
    while (w->open != holder) {
        if (w->open < 0 || !leave(w)) {
            return false;
        }
    }
    return true;
}

/* What must stand before token `i`. */
static bool take_separator(walk *w, int i)
{
    const json_token *t = &w->tokens[i];
    switch (type_of(w, t->parent)) {
    case JSMN_UNDEFINED:
        return i == 0;
    case JSMN_STRING:
        return i == t->parent + 1 && take(w, ':');
    case JSMN_OBJECT:
        return t->type == JSMN_STRING && (i == t->parent + 1 || take(w, ','));
    case JSMN_ARRAY:
        return i == t->parent + 1 || take(w, ',');
    default:
        return false;
    }
}

static bool take_string(walk *w, const json_token *t, int i)
{
    const char *text = w->text + t->start;
    if (!take(w, '"') || w->at != t->start ||
        text_decode(text, (size_t)(t->end - t->start), NULL, 0) < 0) {
        return false;
    }
    w->at = t->end + 1;
    w->open = type_of(w, t->parent) == JSMN_OBJECT ? i : t->parent;
    return true;
}

static bool take_primitive(walk *w, const json_token *t)
{
    const char *text = w->text + t->start;
    skip_blanks(w);
    if (w->at != t->start ||
        !(is_number(text, w->text + t->end) || is_word(text, (size_t)(t->end - t->start)))) {
        return false;
    }
    w->at = t->end;
    return true;
}

static bool take_token(walk *w, int i)
{
    const json_token *t = &w->tokens[i];
    if (!leave_to(w, t->parent) || !take_separator(w, i)) {
        return false;
    }
    switch (t->type) {
    case JSMN_STRING:
        return take_string(w, t, i);
    case JSMN_PRIMITIVE:
        return take_primitive(w, t);
    default:
        skip_blanks(w);
        w->open = i;
        return w->at++ == t->start;
    }
}

static bool walk_all(walk *w, int count)
{
    for (int i = 0; i < count; i++) {
        if (!take_token(w, i)) {
            return false;
        }
    }
    if (!leave_to(w, -1)) {
        return false;
    }
    skip_blanks(w);
    return w->at == w->length;
}

/* --- the whole ------------------------------------------------------------------------ */

static int refuse(json_document *d, int error, const char *format, unsigned number)
{
    snprintf(d->problem, sizeof d->problem, format, number);
    return error;
}

static int refuse_at(json_document *d, unsigned at)
{
    return refuse(d, YOKE_EINVAL, "this is no JSON from byte %u on", at);
}

int json_parse(json_document *d, const char *text, size_t length, json_token tokens[],
               unsigned tokens_max)
{
    jsmn_parser parser;
    *d = (json_document){.text = text, .tokens = tokens};
    if (length > JSON_TEXT_MAX) {
        return refuse(d, YOKE_EINVAL, "this has more than %u bytes", JSON_TEXT_MAX);
    }
    jsmn_init(&parser);
    int count = jsmn_parse(&parser, text, length, tokens, tokens_max);
    if (count == JSMN_ERROR_NOMEM) {
        return refuse(d, YOKE_EFULL, "this has more than %u names and values", tokens_max);
    }
    if (count < 0) {
        return refuse_at(d, parser.pos);
    }
    walk w = {.text = text, .tokens = tokens, .length = (int)length, .open = -1};
    bool right = count > 0 && tokens[0].type != JSMN_STRING && walk_all(&w, count);
    if (!right) {
        return refuse_at(d, (unsigned)w.at);
    }
    d->count = (unsigned)count;
    return YOKE_OK;
}
