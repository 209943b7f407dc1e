/* The settings at the console, a row at a time. */
#include "yoke/shell_config.h"

#include "yoke/config.h"

#include <stdio.h>
#include <string.h>

#define NAME_COLUMN  20
#define VALUE_COLUMN 16

static cfg_store *store;

void shell_config_open(cfg_store *opened)
{
    store = opened;
}

/* --- which key ------------------------------------------------------- */

static bool has_store(shell *s)
{
    if (!store) {
        shell_say(s, "This program has no settings.");
    }
    return store;
}

/* The `n`-th that may be seen; NULL: there is none. */
static const cfg_key *key_number(unsigned n)
{
    const cfg_key *keys = store->config->keys;
    for (unsigned i = 0; i < store->config->key_count; i++) {
        if (!(keys[i].flags & CFG_HIDDEN) && n-- == 0) {
            return &keys[i];
        }
    }
    return NULL;
}

static const cfg_key *find_or_say(shell *s)
{
    if (!has_store(s)) {
        return NULL;
    }
    const cfg_key *k = cfg_find(store, s->word[1]);
    if (!k || k->flags & CFG_HIDDEN) {
        shell_say(s, "There is no setting \"%.40s\"; \"config\" lists them.", s->word[1]);
        return NULL;
    }
    return k;
}

/* --- what is shown --------------------------------------------------- */

static void say_key(shell *s, const cfg_key *k)
{
    char value[VALUE_COLUMN + 1], initial[VALUE_COLUMN + 1], rule[CFG_PROBLEM_MAX];
    cfg_text(k, value, sizeof value);
    cfg_default_text(k, initial, sizeof initial);
    shell_say(s, "%-*s %-*s %-*s %s: %s", NAME_COLUMN, k->name, VALUE_COLUMN, value, VALUE_COLUMN,
              initial, k->help, cfg_rule(k, rule));
}

bool shell_config_list(shell *s, unsigned row)
{
    if (!has_store(s)) {
        return false;
    }
    if (row == 0) {
        shell_say(s, "%-*s %-*s %-*s %s", NAME_COLUMN, "SETTING", VALUE_COLUMN, "VALUE",
                  VALUE_COLUMN, "DEFAULT", "WHAT IT IS");
    } else {
        say_key(s, key_number(row - 1));
    }
    return key_number(row);
}

/* The value in full in a row of its own. */
bool shell_config_show(shell *s, unsigned row)
{
    const cfg_key *k = find_or_say(s);
    char text[SHELL_ROW_MAX];
    if (!k) {
        return false;
    }
    switch (row) {
    case 0:
        shell_say(s, "%s: %s", k->name, k->help);
        break;
    case 1:
        cfg_text(k, text, sizeof text);
        shell_say(s, "value    %s", text);
        break;
    case 2:
        cfg_default_text(k, text, sizeof text);
        shell_say(s, "default  %s", text);
        break;
    default:
        shell_say(s, "range    %s", cfg_rule(k, text));
    }
    return row < 3;
}

/* --- what is changed ------------------------------------------------- */

bool shell_config_set(shell *s, unsigned row)
{
    (void)row;
    const cfg_key *k = find_or_say(s);
    if (!k) {
        return false;
    }
    if (cfg_set_text(store, k, s->word[2]) < 0) {
        shell_say(s, "Not changed: %s.", store->problem);
    } else {
        char text[SHELL_LINE_MAX + 1];
        cfg_text(k, text, sizeof text);
        shell_say(s, "%s is %s now.", k->name, text);
    }
    return false;
}

bool shell_config_reset(shell *s, unsigned row)
{
    (void)row;
    if (!has_store(s)) {
        return false;
    }
    if (strcmp(s->word[1], "everything") != 0) {
        shell_say(s, "Not reset: say \"reset everything\" to lose all settings.");
    } else {
        cfg_reset(store);
        shell_say(s, "All settings have their defaults now; what was saved is erased.");
    }
    return false;
}
