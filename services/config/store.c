/* Keys and their changes, all in RAM. */
#include "internal.h"

#include "yoke/port.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

cfg_key_state *state_of(const cfg_store *s, const cfg_key *k)
{
    return &s->config->states[k - s->config->keys];
}

const cfg_key *cfg_find(const cfg_store *s, const char *name)
{
    for (unsigned i = 0; i < s->config->key_count; i++) {
        if (strcmp(s->config->keys[i].name, name) == 0) {
            return &s->config->keys[i];
        }
    }
    return NULL;
}

int store_refuse(cfg_store *s, int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(s->problem, sizeof s->problem, format, arguments);
    va_end(arguments);
    return error;
}

/* --- changes ----------------------------------------------------------------------- */

/* Generations go round. */
bool is_later(uint32_t generation, uint32_t than)
{
    return (int32_t)(generation - than) > 0;
}

bool store_has_work(const cfg_store *s)
{
    return s->has_flash && (s->generation != s->saved || s->resetting || s->wiping);
}

void store_touch(cfg_store *s, const cfg_key *k)
{
    s->last_us = yoke_port_now_us();
    if (!store_has_work(s)) {
        s->first_us = s->last_us;
    }
    s->generation++;
    if (k) {
        state_of(s, k)->changed = s->generation;
    }
    store_wake_waiters(s);
    yoke_wake(&s->task);
}

int store_check(cfg_store *s, const cfg_key *k, uint8_t kind, const void *from, size_t length)
{
    char rule[CFG_PROBLEM_MAX];
    const char *must_be = value_rule(k, kind, from, length, rule);
    return must_be ? store_refuse(s, YOKE_EINVAL, "\"%s\" must be %s", k->name, must_be) : YOKE_OK;
}

int store_take(cfg_store *s, const cfg_key *k, uint8_t kind, const void *from, size_t length)
{
    uint8_t now[CFG_VALUE_MAX];
    int answer = store_check(s, k, kind, from, length);
    if (answer < 0) {
        return answer;
    }
    cfg_key_state *state = state_of(s, k);
    bool same = value_put(k, now) == length && (length == 0 || memcmp(now, from, length) == 0);
    if (!same || !state->is_set) {
        value_get(k, from, length);
        state->is_set = true;
        state->foreign = false;
        store_touch(s, k);
    }
    return YOKE_OK;
}

void cfg_unset(cfg_store *s, const cfg_key *k)
{
    cfg_key_state *state = state_of(s, k);
    if (state->is_set || state->foreign) {
        value_to_default(k);
        *state = (cfg_key_state){0};
        store_touch(s, k);
    }
}

void cfg_reset(cfg_store *s)
{
    for (unsigned i = 0; i < s->config->key_count; i++) {
        const cfg_key *k = &s->config->keys[i];
        value_to_default(k);
        *state_of(s, k) = (cfg_key_state){.changed = s->generation + 1};
    }
    s->resetting = true;
    s->has_flash = s->has_region;
    s->counts.foreign = 0;
    store_touch(s, NULL);
}

/* --- to await ------------------------------------------------------------------------- */

void store_wake_waiters(cfg_store *s)
{
    for (unsigned i = 0; i < CFG_WAITERS; i++) {
        if (s->waiters[i]) {
            yoke_wake(s->waiters[i]);
            s->waiters[i] = NULL;
        }
    }
}

static int wait(yoke_task *t, cfg_store *s)
{
    yoke_task **place = NULL;
    for (unsigned i = 0; i < CFG_WAITERS; i++) {
        if (s->waiters[i] == t) {
            return yoke_park(t, &s->waiters[i]);
        }
        place = s->waiters[i] ? place : &s->waiters[i];
    }
    if (!place) {
        s->counts.refused++;
        return store_refuse(s, YOKE_EFULL, "%u tasks are waiting for the store", CFG_WAITERS);
    }
    return yoke_park(t, place);
}

cfg_mark cfg_now(const cfg_store *s)
{
    return (cfg_mark){.generation = s->generation, .failures = s->counts.failures};
}

int cfg_flush(yoke_task *t, cfg_store *s, const cfg_mark *mark)
{
    if (!s->has_flash) {
        return YOKE_EIO;
    }
    if (!is_later(mark->generation, s->saved) && !s->resetting && !s->wiping) {
        return YOKE_OK;
    }
    if (s->failed && mark->failures != s->counts.failures) {
        return YOKE_EIO;
    }
    s->wanted = true;
    yoke_wake(&s->task);
    return wait(t, s);
}

int cfg_await_change(yoke_task *t, cfg_store *s, const cfg_mark *mark)
{
    return mark->generation != s->generation ? YOKE_OK : wait(t, s);
}

bool cfg_changed(const cfg_store *s, const cfg_key *k, const cfg_mark *mark)
{
    return is_later(state_of(s, k)->changed, mark->generation);
}

uint32_t cfg_erases(const cfg_store *s, unsigned bank)
{
    return bank < s->config->banks ? s->erases[bank] : 0;
}
