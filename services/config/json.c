/* All settings as one JSON object, out and in. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

/* --- out ------------------------------------------------------------------------- */

static void put_secret(json_writer *w, const char *name, unsigned length)
{
    json_object_begin(w, name);
    json_put_uint(w, "length", length);
    json_object_end(w);
}

static void put_key(json_writer *w, const cfg_key *k)
{
    uint8_t bytes[CFG_VALUE_MAX];
    char hex[2 * CFG_VALUE_MAX + 1];
    uint16_t length = value_put(k, bytes);
    if (k->flags & CFG_SECRET) {
        put_secret(w, k->name, length);
    } else if (k->type == CFG_BOOL) {
        json_put_bool(w, k->name, bytes[0]);
    } else if (k->type == CFG_INT) {
        json_put_int(w, k->name, *k->at.as_int);
    } else if (k->type == CFG_BYTES) {
        hex_put(bytes, length, hex);
        json_put_string(w, k->name, hex);
    } else {
        json_put_text(w, k->name, (const char *)bytes, length);
    }
}

bool cfg_export_row(const cfg_store *s, json_writer *w, unsigned row)
{
    unsigned keys = s->config->key_count;
    if (row == 0) {
        json_object_begin(w, NULL);
    } else if (row > keys) {
        json_object_end(w);
    } else if (!(s->config->keys[row - 1].flags & CFG_HIDDEN)) {
        put_key(w, &s->config->keys[row - 1]);
    }
    return row <= keys;
}

/* --- in --------------------------------------------------------------------------- */

/* A value of the document as a record has it. */
typedef struct {
    uint8_t kind; /* 0: of a type that the key cannot have */
    size_t length;
    uint8_t bytes[2 * CFG_VALUE_MAX + 1];
} imported;

static bool take_text(json_document *d, unsigned value, imported *v)
{
    int n = json_get_string(d, value, (char *)v->bytes, sizeof v->bytes);
    v->length = n < 0 ? 0 : (size_t)n;
    return n >= 0;
}

static bool take_bytes(json_document *d, unsigned value, imported *v)
{
    if (!take_text(d, value, v)) {
        return false;
    }
    int n = hex_get((const char *)v->bytes, v->length, v->bytes); /* writes behind its reading */
    v->length = n < 0 ? 0 : (size_t)n;
    return n >= 0;
}

static bool take_bool(json_document *d, unsigned value, imported *v)
{
    bool b = false;
    bool is_one = json_get_bool(d, value, &b) == YOKE_OK;
    v->bytes[0] = b;
    v->length = 1;
    return is_one;
}

static bool take_int(json_document *d, unsigned value, imported *v)
{
    int32_t number = 0;
    bool is_one = json_get_int(d, value, INT32_MIN, INT32_MAX, &number) == YOKE_OK;
    v->length = put_int(v->bytes, number);
    return is_one;
}

static void read_value(json_document *d, unsigned value, const cfg_key *k, imported *v)
{
    static bool (*const takes[])(json_document *, unsigned, imported *) = {
        [CFG_BOOL] = take_bool,   [CFG_INT] = take_int,     [CFG_STRING] = take_text,
        [CFG_BYTES] = take_bytes, [CFG_CHOICE] = take_text,
    };
    v->kind = takes[k->type](d, value, v) ? k->type : 0;
}

/* The key that a member is for; NULL: there is none, or it has another member too. */
static const cfg_key *key_of(cfg_store *s, json_document *d, unsigned value)
{
    char name[CFG_NAME_MAX + 1], path[CFG_NAME_MAX + 10];
    bool fits = json_name(d, value, name, sizeof name) == YOKE_OK;
    const cfg_key *k = fits ? cfg_find(s, name) : NULL;
    json_path(d, value, path, sizeof path);
    if (!k || k->flags & CFG_HIDDEN) {
        store_refuse(s, YOKE_EINVAL, "there is no setting \"%s\"", path);
        return NULL;
    }
    if (json_find(d, JSON_ROOT, name) != value) {
        store_refuse(s, YOKE_EINVAL, "\"%s\" is there twice", name);
        return NULL;
    }
    return k;
}

/* An exported secret says nothing, and changes nothing. */
static bool is_silent(const json_document *d, unsigned value, const cfg_key *k)
{
    return k->flags & CFG_SECRET && json_type_of(d, value) == JSON_OBJECT &&
           json_find(d, value, "length") != 0;
}

/* Check all members, or take them over. */
static int each_member(cfg_store *s, json_document *d, bool takes)
{
    for (unsigned value = json_first(d, JSON_ROOT); value; value = json_next(d, value)) {
        imported v;
        const cfg_key *k = key_of(s, d, value);
        if (!k) {
            return YOKE_EINVAL;
        }
        if (is_silent(d, value, k)) {
            continue;
        }
        read_value(d, value, k, &v);
        int answer = takes ? store_take(s, k, v.kind, v.bytes, v.length)
                           : store_check(s, k, v.kind, v.bytes, v.length);
        if (answer < 0) {
            return answer;
        }
    }
    return YOKE_OK;
}

int cfg_import(cfg_store *s, const char *text, size_t length, json_token tokens[],
               unsigned tokens_max)
{
    json_document d;
    int answer = json_parse(&d, text, length, tokens, tokens_max);
    if (answer < 0) {
        return store_refuse(s, answer, "%s", d.problem);
    }
    if (json_type_of(&d, JSON_ROOT) != JSON_OBJECT) {
        return store_refuse(s, YOKE_EINVAL, "settings are one JSON object");
    }
    answer = each_member(s, &d, false);
    return answer < 0 ? answer : each_member(s, &d, true);
}
