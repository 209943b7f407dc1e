/* The task that writes. A batch is written page by page, each step one erase or one program:
 *
 *   PROGRAM … ─▶ done            it fits behind the last batch
 *   ERASE … ─▶ PROGRAM … ─▶ done it begins the next bank, with everything that is to be kept
 *   WIPE …                       after a reset: what the other banks still hold
 *
 * As long as its end is not written, nothing of a batch counts: that is all there is to a power
 * cut. The bank in use is left alone until the next one is complete. */
#include "internal.h"

#include "yoke/port.h"

enum step { STEP_NONE, STEP_ERASE, STEP_PROGRAM, STEP_WIPE };

/* --- steps --------------------------------------------------------------------------------- */

/* The other banks, one after the other, from the one behind ours on. */
static uint8_t bank_after(const cfg_store *s, unsigned bank)
{
    unsigned next = (bank + 1) % s->config->banks;
    if (s->has_bank && next == s->bank) {
        next = (next + 1) % s->config->banks;
    }
    return (uint8_t)next;
}

static void begin_bank(cfg_store *s, uint8_t bank)
{
    struct cfg_job *j = &s->job;
    batch_begin(s, bank, 0, 0);
    j->moves = true;
    j->sector = 0;
    j->step = STEP_ERASE;
    s->must_move = true; /* until it is complete */
}

static void begin_behind(cfg_store *s)
{
    batch_begin(s, s->bank, ++s->batch, s->tail);
    s->job.step = batch_fill_page(s) ? STEP_PROGRAM : STEP_NONE;
}

static bool is_blank(cfg_store *s, unsigned bank, uint32_t sector)
{
    for (uint32_t at = 0; at < FLASH_SECTOR; at += FLASH_PAGE) {
        if (!is_erased(bank_page(s, bank, sector * FLASH_SECTOR + at), FLASH_PAGE)) {
            return false;
        }
    }
    return true;
}

/* The next sector that still holds something, from bank j->bank, sector j->sector on. */
static void seek_wipe(cfg_store *s)
{
    struct cfg_job *j = &s->job;
    for (; j->bank < s->config->banks; j->bank++, j->sector = 0) {
        for (; j->bank != s->bank && j->sector < s->config->sectors_a_bank; j->sector++) {
            if (!is_blank(s, j->bank, j->sector)) {
                j->step = STEP_WIPE;
                return;
            }
        }
    }
    s->wiping = false;
    j->step = STEP_NONE;
    store_wake_waiters(s);
}

static void begin_wipe(cfg_store *s)
{
    s->job.bank = 0;
    s->job.sector = 0;
    seek_wipe(s);
}

static void begin(cfg_store *s)
{
    struct cfg_job *j = &s->job;
    s->wanted = false;
    s->failed = false;
    s->first_us = yoke_port_now_us(); /* of what comes meanwhile */
    *j = (struct cfg_job){.target = s->generation, .resets = s->resetting};
    if (s->generation == s->saved && !s->resetting) {
        begin_wipe(s);
        return;
    }
    s->resetting = false;
    if (j->resets || s->must_move || !s->has_bank || !batch_fits_behind(s)) {
        begin_bank(s, s->has_bank ? bank_after(s, s->bank) : 0);
    } else {
        begin_behind(s);
    }
}

/* The batch has its end. */
static void complete(cfg_store *s)
{
    struct cfg_job *j = &s->job;
    if (j->moves) {
        s->counts.moves++;
        s->bank = j->bank;
        s->sequence = s->newest;
        s->batch = 0;
        s->has_bank = true;
        s->must_move = false;
        s->wiping = j->resets;
    }
    s->counts.batches++;
    s->wanted = false; /* who still wants something asks again */
    s->tail = j->at;
    s->saved = j->target;
    j->step = STEP_NONE;
    store_wake_waiters(s);
    if (s->wiping) {
        begin_wipe(s);
    }
}

static void give_up(cfg_store *s)
{
    s->failed = true;
    s->wanted = false;
    s->resetting |= s->job.resets && s->job.step != STEP_WIPE;
    s->retry_us = yoke_port_now_us() +
                  (uint64_t)(s->config->latest_ms ? s->config->latest_ms : CFG_LATEST_MS) * 1000;
    s->job.step = STEP_NONE;
    store_wake_waiters(s);
}

/* The flash refused: this bank is left, every other is tried once. */
static void try_elsewhere(cfg_store *s)
{
    struct cfg_job *j = &s->job;
    s->counts.failures++;
    s->must_move = true;
    if (j->step == STEP_WIPE || ++j->tries >= s->config->banks) {
        give_up(s);
    } else {
        begin_bank(s, bank_after(s, j->bank));
    }
}

static void pass_sector(cfg_store *s)
{
    struct cfg_job *j = &s->job;
    s->counts.erases++;
    j->sector++;
    if (j->sector == s->config->sectors_a_bank) {
        s->erases[j->bank]++;
    }
    if (j->step == STEP_WIPE) {
        seek_wipe(s);
    } else if (j->sector == s->config->sectors_a_bank) {
        s->newest++;
        j->step = batch_fill_page(s) ? STEP_PROGRAM : STEP_NONE;
    }
}

static void pass_page(cfg_store *s)
{
    s->counts.programs++;
    s->job.at += s->job.length;
    if (!batch_fill_page(s)) {
        complete(s);
    }
}

static int do_step(yoke_task *t, cfg_store *s)
{
    const struct cfg_job *j = &s->job;
    uint32_t bank = bank_offset(s, j->bank);
    if (j->step == STEP_PROGRAM) {
        return flash_program(t, bank + j->at, s->out, j->length);
    }
    return flash_erase(t, bank + j->sector * FLASH_SECTOR);
}

/* A cancel comes before the window: the step is asked for again. */
static void pass_step(cfg_store *s, int answer)
{
    s->page_at = NO_PAGE;
    if (answer == YOKE_ECANCELED) {
        s->ending = true;
    } else if (answer < 0) {
        try_elsewhere(s);
    } else if (s->job.step == STEP_PROGRAM) {
        pass_page(s);
    } else {
        pass_sector(s);
    }
}

/* --- the task --------------------------------------------------------------------------------- */

static uint64_t due_us(const cfg_store *s)
{
    const cfg_config *c = s->config;
    uint64_t quiet_us = (uint64_t)(c->quiet_ms ? c->quiet_ms : CFG_QUIET_MS) * 1000;
    uint64_t latest_us = (uint64_t)(c->latest_ms ? c->latest_ms : CFG_LATEST_MS) * 1000;
    if (s->failed) {
        return s->retry_us;
    }
    uint64_t quiet = s->last_us + quiet_us, latest = s->first_us + latest_us;
    return quiet < latest ? quiet : latest;
}

static bool is_due(const cfg_store *s, yoke_task *t)
{
    bool at_once = s->wanted || s->ending || (!s->failed && (s->resetting || s->wiping));
    return at_once || yoke_now_us(yoke_home(t)) >= due_us(s);
}

/* Something is to be done now, or all is done and that is the end. */
static int await_work(yoke_task *t, cfg_store *s)
{
    if (!store_has_work(s)) {
        return s->ending ? YOKE_OK : YOKE_PENDING;
    }
    return is_due(s, t) ? YOKE_OK : yoke_sleep_until(t, due_us(s));
}

int cfg_body(yoke_task *t)
{
    cfg_store *s = YOKE_FRAME(cfg_store, t);
    YOKE_BEGIN(t);
    s->ending = false;
    do {
        YOKE_AWAIT(t, await_work(t, s));
        s->ending |= t->status == YOKE_ECANCELED;
        if (store_has_work(s) && is_due(s, t)) {
            begin(s);
        }
        while (s->job.step != STEP_NONE) {
            YOKE_AWAIT(t, do_step(t, s));
            pass_step(s, t->status);
        }
    } while (!s->ending || (store_has_work(s) && !s->failed));
    t->rc = s->failed ? YOKE_EIO : YOKE_OK;
    YOKE_END(t);
}
