/* The configuration: all of it as one object, or one key. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

/* An export is one row after the other, and a row is longer than what is printed at once: so one
 * exchange at a time has the room for it. */
static struct {
    const http_exchange *owner;
    json_writer writer;
    char text[CFG_ROW_MAX];
} paper;

static const char no_config[] = "This program has no configuration.";

/* --- export ---------------------------------------------------------- */

typedef struct {
    unsigned row;
    bool more;
} place;

static int begin_export(http_exchange *x)
{
    if (!api_it->config) {
        http_fail(x, 404, no_config);
        return YOKE_ENOENT;
    }
    if (paper.owner) {
        http_fail(x, 503, "Another export is under way; try again.");
        return YOKE_EBUSY;
    }
    paper.owner = x;
    paper.writer = json_writer_on(paper.text, sizeof paper.text);
    return YOKE_OK;
}

static void next_row(place *me)
{
    json_flushed(&paper.writer);
    me->more = cfg_export_row(api_it->config, &paper.writer, me->row++);
}

int api_config(yoke_task *t, http_exchange *x)
{
    place *me = HTTP_STATE(place, x);
    YOKE_BEGIN(t);
    if (begin_export(x) < 0) {
        return YOKE_OK;
    }
    do {
        next_row(me);
        YOKE_TRY(t, http_write(t, x, paper.text, paper.writer.length));
    } while (me->more);
    YOKE_FINALLY(t);
    if (paper.owner == x) {
        paper.owner = NULL;
    }
    YOKE_END(t);
}

/* --- import ---------------------------------------------------------- */

static int import(http_exchange *x, http_text body)
{
    if (!api_it->config) {
        return http_fail(x, 404, no_config);
    }
    if (cfg_import(api_it->config, body.at, body.length, api_tokens, API_TOKENS) < 0) {
        return api_refuse(x, 400, api_it->config->problem);
    }
    return api_done(x, 204);
}

int api_import(yoke_task *t, http_exchange *x)
{
    return api_obey(t, x, import);
}

/* --- one key --------------------------------------------------------- */

static const cfg_key *find(http_exchange *x)
{
    char name[API_NAME_MAX];
    const cfg_key *k = NULL;
    if (!api_it->config) {
        http_fail(x, 404, no_config);
    } else if (api_name(x, name)) {
        k = cfg_find(api_it->config, name);
        if (!k || k->flags & CFG_HIDDEN) {
            k = NULL;
            http_fail(x, 404, "There is no such key.");
        }
    }
    return k;
}

/* Its value as the console shows it: as text. Small enough for one print. */
int api_key(yoke_task *t, http_exchange *x)
{
    char value[CFG_VALUE_MAX + 1], text[HTTP_PRINT_MAX];
    json_writer w = json_writer_on(text, sizeof text);
    const cfg_key *k = find(x);
    if (!k) {
        return YOKE_OK;
    }
    cfg_text(k, value, sizeof value);
    json_object_begin(&w, NULL);
    json_put_string(&w, "name", k->name);
    json_put_string(&w, "value", value);
    json_put_string(&w, "help", k->help);
    json_object_end(&w);
    if (w.lost) {
        return http_fail(x, 500, "The value is too long to be shown alone.");
    }
    return http_print(t, x, "%.*s", (int)w.length, text);
}

/* A string, a number, true or false, as text. */
static bool value_text(json_document *d, char *to, size_t size)
{
    unsigned value = json_find(d, JSON_ROOT, "value");
    if (!value || json_type_of(d, value) == JSON_STRING) {
        return json_get_string(d, value, to, size) >= 0;
    }
    const json_token *token = &d->tokens[value];
    snprintf(to, size, "%.*s", token->end - token->start, d->text + token->start);
    return true;
}

static int set(http_exchange *x, http_text body)
{
    static json_document d;
    char text[2 * CFG_VALUE_MAX + 1];
    const cfg_key *k = find(x);
    if (!k || !api_parse(x, body, &d)) {
        return YOKE_OK;
    }
    if (!value_text(&d, text, sizeof text)) {
        return api_refuse(x, 400, d.problem);
    }
    if (cfg_set_text(api_it->config, k, text) < 0) {
        return api_refuse(x, 400, api_it->config->problem);
    }
    return api_done(x, 204);
}

int api_set_key(yoke_task *t, http_exchange *x)
{
    return api_obey(t, x, set);
}
