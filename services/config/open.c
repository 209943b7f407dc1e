/* What the flash holds becomes values. Nothing is written here. */
#include "internal.h"

#include "yoke/check.h"

#include <string.h>

#define NO_SEQUENCE 0u /* the first bank ever has 1 */

/* --- the programmer's part ---------------------------------------------------------- */

static bool is_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strlen(name);
    return length >= 1 && length <= CFG_NAME_MAX && strspn(name, allowed) == length;
}

static bool has_own_default(const cfg_key *k)
{
    char rule[CFG_PROBLEM_MAX];
    uint8_t bytes[CFG_VALUE_MAX];
    bool fits = k->type != CFG_STRING || !k->initial_text || strlen(k->initial_text) < k->size;
    value_to_default(k);
    return fits && !value_rule(k, k->type, bytes, value_put(k, bytes), rule);
}

static void check_table(const cfg_store *s)
{
    const cfg_config *c = s->config;
    bool right = c->banks >= 2 && c->banks <= CFG_BANKS_MAX && c->sectors_a_bank >= 1 &&
                 c->sectors_a_bank <= 8 && c->offset % FLASH_SECTOR == 0;
    for (unsigned i = 0; i < c->key_count && right; i++) {
        const cfg_key *k = &c->keys[i];
        right = is_name(k->name) && cfg_find(s, k->name) == k &&
                value_size_max(k) <= CFG_VALUE_MAX && has_own_default(k);
    }
    yoke_check(right, "config", 701);
}

/* --- which bank ------------------------------------------------------------------------ */

typedef struct {
    uint32_t sequences[CFG_BANKS_MAX];
    bool strange; /* one is of another layout or format */
} survey;

static bool is_ours(const cfg_store *s, const bank_head *h)
{
    return h->format == CFG_FORMAT && h->banks == s->config->banks &&
           h->sectors_a_bank == s->config->sectors_a_bank && h->sequence != NO_SEQUENCE &&
           h->sequence != UINT32_MAX;
}

static void note_head(cfg_store *s, survey *v, unsigned bank, const bank_head *h)
{
    if (!is_ours(s, h)) {
        v->strange = true;
        return;
    }
    v->sequences[bank] = h->sequence;
    s->newest = h->sequence > s->newest ? h->sequence : s->newest;
    for (unsigned i = 0; i < h->banks; i++) {
        s->erases[i] = h->erases[i] > s->erases[i] ? h->erases[i] : s->erases[i];
    }
}

static survey look_at_heads(cfg_store *s)
{
    survey v = {.strange = false};
    for (unsigned bank = 0; bank < s->config->banks; bank++) {
        bank_head h;
        const uint8_t *page = bank_page(s, bank, 0);
        if (head_get(page, &h)) {
            note_head(s, &v, bank, &h);
        } else {
            s->counts.damaged += !is_erased(page, FLASH_PAGE);
        }
    }
    return v;
}

/* The newest whose first batch is whole; one whose is not was being written. */
static bool choose(cfg_store *s, survey *v)
{
    for (;;) {
        unsigned best = 0;
        for (unsigned bank = 1; bank < s->config->banks; bank++) {
            best = v->sequences[bank] > v->sequences[best] ? bank : best;
        }
        if (v->sequences[best] == NO_SEQUENCE) {
            return false;
        }
        if (scan_is_complete(s, scan_begin(s, best, v->sequences[best]))) {
            s->bank = (uint8_t)best;
            s->sequence = v->sequences[best];
            return true;
        }
        v->sequences[best] = NO_SEQUENCE;
        s->counts.damaged++;
    }
}

/* --- what is in it ------------------------------------------------------------------------ */

static const cfg_key *key_of(const cfg_store *s, const cfg_record *r)
{
    char name[CFG_NAME_MAX + 1];
    memcpy(name, r->name, r->name_length);
    name[r->name_length] = '\0';
    return strlen(name) == r->name_length ? cfg_find(s, name) : NULL;
}

static void apply(cfg_store *s, const cfg_record *r)
{
    char rule[CFG_PROBLEM_MAX];
    const cfg_key *k = key_of(s, r);
    if (!k) {
        s->counts.foreign++;
        return;
    }
    bool unset = r->kind == RECORD_UNSET;
    bool good = !unset && !value_rule(k, r->kind, r->value, r->value_length, rule);
    if (good) {
        value_get(k, r->value, r->value_length);
    } else {
        value_to_default(k);
    }
    *state_of(s, k) = (cfg_key_state){.is_set = good, .foreign = !good && !unset};
    s->counts.foreign += !good && !unset;
}

/* Behind the page in which the last write may have been cut off: a bit of it that looks erased may
 * still be on its way. */
static uint32_t fresh_page(cfg_store *s)
{
    return (scan_end(s, s->bank) / FLASH_PAGE + 1) * FLASH_PAGE;
}

static void read_bank(cfg_store *s)
{
    cfg_record r;
    cfg_scan all = scan_begin(s, s->bank, s->sequence);
    cfg_scan whole = all;
    bank_head h;
    while (scan_next_whole(s, &whole, &r)) {
        apply(s, &r);
    }
    while (scan_next(s, &all, &r)) {
        s->batch = r.batch > s->batch ? r.batch : s->batch;
    }
    s->counts.damaged += all.damaged;
    s->tail = fresh_page(s);
    s->has_bank = true;
    s->wiping = head_get(bank_page(s, s->bank, 0), &h) && h.flags & HEAD_WIPES;
}

/* --- the whole ------------------------------------------------------------------------------ */

static void forget(cfg_store *s)
{
    const cfg_config *config = s->config;
    yoke_body *body = s->task.body;
    memset(s, 0, sizeof *s);
    s->config = config;
    s->task.body = body;
    s->page_at = NO_PAGE;
    memset(config->states, 0, config->key_count * sizeof *config->states);
}

static bool is_in_flash(const cfg_store *s)
{
    uint64_t end = (uint64_t)s->config->offset + s->config->banks * (uint64_t)bank_size(s);
    return end <= flash_size();
}

int cfg_open(cfg_store *s)
{
    forget(s);
    check_table(s);
    if (!is_in_flash(s)) {
        return store_refuse(s, YOKE_EIO, "there is no flash for settings: they are not saved");
    }
    if (batch_size_max(s) > bank_size(s) / 2) {
        return store_refuse(s, YOKE_EFULL, "settings may take %u bytes, half a bank has %u",
                            (unsigned)batch_size_max(s), (unsigned)bank_size(s) / 2);
    }
    s->has_region = true;
    survey v = look_at_heads(s);
    if (v.strange) {
        return store_refuse(s, YOKE_EINVAL,
                            "the settings in the flash are of another format or "
                            "layout: they are left alone until a reset");
    }
    s->has_flash = true;
    if (choose(s, &v)) {
        read_bank(s);
    }
    return YOKE_OK;
}
