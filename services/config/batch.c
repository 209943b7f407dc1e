/* What a batch says, put together page by page from what is in RAM when its page is next; and how
 * much room that takes. */
#include "internal.h"

#include <string.h>

enum source { FROM_KEYS, FROM_FOREIGN, FROM_END, FROM_NOTHING };

/* --- where records go ------------------------------------------------------------- */

/* Behind a record of `size` bytes that is put at `at`, or at the next page if it would cross. */
static uint32_t place(uint32_t at, uint32_t size)
{
    uint32_t room = FLASH_PAGE - at % FLASH_PAGE;
    return at + size + (size > room ? room : 0);
}

uint32_t batch_size_max(const cfg_store *s)
{
    uint32_t at = head_size(s->config->banks);
    for (unsigned i = 0; i < s->config->key_count; i++) {
        const cfg_key *k = &s->config->keys[i];
        at = place(at, record_size(strlen(k->name), value_size_max(k)));
    }
    return place(at, RECORD_OVERHEAD);
}

/* What comes while a batch is written is for the next one. */
static bool is_for_batch(const cfg_store *s, const cfg_key_state *state, uint32_t target)
{
    return is_later(state->changed, s->saved) && !is_later(state->changed, target);
}

bool batch_fits_behind(const cfg_store *s)
{
    uint32_t at = s->tail;
    uint8_t value[CFG_VALUE_MAX];
    for (unsigned i = 0; i < s->config->key_count; i++) {
        const cfg_key *k = &s->config->keys[i];
        if (is_for_batch(s, &s->config->states[i], s->generation)) {
            at = place(at, record_size(strlen(k->name), value_put(k, value)));
        }
    }
    return place(at, RECORD_OVERHEAD) <= bank_size(s) && s->batch < UINT16_MAX - 1;
}

/* --- what is in a batch --------------------------------------------------------------- */

/* The next key with something to say; false: no more. */
static bool next_key(cfg_store *s, cfg_record *r, uint8_t *value)
{
    struct cfg_job *j = &s->job;
    for (; j->key < s->config->key_count; j->key++) {
        const cfg_key *k = &s->config->keys[j->key];
        const cfg_key_state *state = &s->config->states[j->key];
        if (j->moves ? state->is_set : is_for_batch(s, state, j->target)) {
            *r = (cfg_record){.kind = state->is_set ? k->type : (uint8_t)RECORD_UNSET,
                              .name = (const uint8_t *)k->name,
                              .name_length = (uint8_t)strlen(k->name),
                              .value = value,
                              .value_length = state->is_set ? value_put(k, value) : 0};
            return true;
        }
    }
    return false;
}

static bool is_foreign(const cfg_store *s, const char *name)
{
    const cfg_key *k = cfg_find(s, name);
    return !k || state_of(s, k)->foreign;
}

static bool is_replaced(cfg_store *s, cfg_scan at, const char *name)
{
    cfg_record r;
    while (scan_next_whole(s, &at, &r)) {
        if (r.name_length == strlen(name) && memcmp(r.name, name, r.name_length) == 0) {
            return true;
        }
    }
    return false;
}

static bool keeps(cfg_store *s, const cfg_record *r)
{
    char name[CFG_NAME_MAX + 1];
    memcpy(name, r->name, r->name_length);
    name[r->name_length] = '\0';
    cfg_scan at = s->job.scan;
    bool kept = r->kind != RECORD_UNSET && is_foreign(s, name) && !is_replaced(s, at, name);
    bank_page(s, at.bank, at.at - 1); /* `r` points there */
    return kept;
}

/* The next record of the old bank that only another program understands. */
static bool next_foreign(cfg_store *s, cfg_record *r)
{
    struct cfg_job *j = &s->job;
    if (!j->moves || j->resets || !s->has_bank) {
        return false;
    }
    while (scan_next_whole(s, &j->scan, r)) {
        if (keeps(s, r)) {
            uint32_t end = place(j->at + j->length, record_size(r->name_length, r->value_length));
            if (end <= bank_size(s) / 4 * 3) {
                return true;
            }
            s->counts.dropped++;
        }
    }
    return false;
}

/* The record that comes next, from whatever source; false: the batch is complete. */
static bool next_record(cfg_store *s, cfg_record *r, uint8_t *value)
{
    struct cfg_job *j = &s->job;
    if (j->source == FROM_KEYS && !next_key(s, r, value)) {
        j->source = FROM_FOREIGN;
    }
    if (j->source == FROM_FOREIGN && !next_foreign(s, r)) {
        j->source = FROM_END;
    }
    if (j->source == FROM_END) {
        *r = (cfg_record){.kind = RECORD_END};
    }
    r->batch = j->batch;
    return j->source != FROM_NOTHING;
}

static void put_head(cfg_store *s)
{
    const struct cfg_job *j = &s->job;
    bank_head h = {.format = CFG_FORMAT,
                   .flags = j->resets ? HEAD_WIPES : 0,
                   .banks = s->config->banks,
                   .sectors_a_bank = s->config->sectors_a_bank,
                   .sequence = s->newest};
    memcpy(h.erases, s->erases, sizeof h.erases);
    s->job.length = head_put(&h, s->out);
}

static void pass(struct cfg_job *j)
{
    if (j->source == FROM_KEYS) {
        j->key++;
    } else if (j->source == FROM_END) {
        j->source = FROM_NOTHING;
    }
}

bool batch_fill_page(cfg_store *s)
{
    struct cfg_job *j = &s->job;
    cfg_record r = {0};
    uint8_t value[CFG_VALUE_MAX];
    cfg_scan before = j->scan;
    j->length = 0;
    if (j->at == 0) {
        put_head(s);
    }
    while (next_record(s, &r, value)) {
        uint32_t room = FLASH_PAGE - j->at % FLASH_PAGE - j->length;
        if (record_size(r.name_length, r.value_length) > room) {
            j->scan = before;
            if (j->length) {
                break;
            }
            j->at += room;
            continue;
        }
        j->length += record_put(&r, j->moves ? s->newest : s->sequence, s->out + j->length);
        pass(j);
        before = j->scan;
    }
    return j->length > 0;
}

void batch_begin(cfg_store *s, uint8_t bank, uint16_t number, uint32_t at)
{
    struct cfg_job *j = &s->job;
    j->source = FROM_KEYS;
    j->key = 0;
    j->scan = scan_begin(s, s->bank, s->sequence);
    j->bank = bank;
    j->batch = number;
    j->at = at;
}
