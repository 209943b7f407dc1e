/* What is not sound is stepped over: a record, if it says how long it is, or else the rest of its
 * page. No record crosses from one page into the next. */
#include "scan.h"

uint32_t bank_size(const cfg_store *s)
{
    return s->config->sectors_a_bank * FLASH_SECTOR;
}

uint32_t bank_offset(const cfg_store *s, unsigned bank)
{
    return s->config->offset + bank * bank_size(s);
}

const uint8_t *bank_page(cfg_store *s, unsigned bank, uint32_t at)
{
    uint32_t offset = bank_offset(s, bank) + at / FLASH_PAGE * FLASH_PAGE;
    if (s->page_at != offset) {
        flash_read(offset, s->page, FLASH_PAGE);
        s->page_at = offset;
    }
    return s->page;
}

cfg_scan scan_begin(const cfg_store *s, unsigned bank, uint32_t sequence)
{
    return (cfg_scan){
        .bank = (uint8_t)bank, .sequence = sequence, .at = head_size(s->config->banks)};
}

static uint32_t next_page(uint32_t at)
{
    return (at / FLASH_PAGE + 1) * FLASH_PAGE;
}

/* Numbers go up, and nothing belongs to a batch behind its end. */
static bool goes_on(cfg_scan *at, const cfg_record *r)
{
    if (r->batch < at->highest || (r->batch == at->highest && at->ended)) {
        return false;
    }
    at->highest = r->batch;
    at->ended = r->kind == RECORD_END;
    return true;
}

bool scan_next(cfg_store *s, cfg_scan *at, cfg_record *r)
{
    while (at->at < bank_size(s)) {
        bool sound;
        uint32_t within = at->at % FLASH_PAGE, room = FLASH_PAGE - within;
        const uint8_t *from = bank_page(s, at->bank, at->at) + within;
        uint32_t size = record_get(from, room, at->sequence, r, &sound);
        at->at = size ? at->at + size : next_page(at->at);
        if (sound && goes_on(at, r)) {
            return true;
        }
        at->damaged += sound || size != 0 || !is_erased(from, room);
    }
    return false;
}

/* A batch other than the first that has begun proves that the first has ended: nothing else is
 * written behind one that has not, before the bank is erased. */
static bool is_whole(cfg_store *s, cfg_scan at, uint16_t batch)
{
    cfg_record r;
    while (scan_next(s, &at, &r)) {
        if (r.batch != batch) {
            return batch == 0;
        }
        if (r.kind == RECORD_END) {
            return true;
        }
    }
    return false;
}

bool scan_is_complete(cfg_store *s, cfg_scan at)
{
    return is_whole(s, at, 0);
}

/* Is the batch whole that `r`, the record that `at` has just passed, belongs to? */
static bool judge(cfg_store *s, cfg_scan *at, const cfg_record *r)
{
    if (!at->judged || at->batch != r->batch) {
        at->judged = true;
        at->batch = r->batch;
        at->whole = is_whole(s, *at, r->batch);
    }
    return at->whole;
}

bool scan_next_whole(cfg_store *s, cfg_scan *at, cfg_record *r)
{
    while (scan_next(s, at, r)) {
        if (r->kind != RECORD_END && judge(s, at, r)) {
            uint32_t last = at->at - 1; /* `r` may have been looked past: have its page again */
            bank_page(s, at->bank, last);
            return true;
        }
    }
    return false;
}

uint32_t scan_end(cfg_store *s, unsigned bank)
{
    for (uint32_t at = bank_size(s); at > 0; at -= FLASH_PAGE) {
        const uint8_t *page = bank_page(s, bank, at - FLASH_PAGE);
        for (uint32_t i = FLASH_PAGE; i > 0; i--) {
            if (page[i - 1] != 0xff) {
                return at - FLASH_PAGE + i;
            }
        }
    }
    return 0;
}
