/* Settings that survive: typed keys with defaults and ranges, kept in RAM, saved in flash.
 *
 *   static struct { int32_t leds; char name[33]; } settings;
 *   static const cfg_key keys[] = {
 *       {"led.count", "LEDs on the strip", CFG_AS_INT(settings.leds, 1, 1000), .initial = 60},
 *       {"net.name", "host name", CFG_AS_STRING(settings.name), .initial_text = "yoke"},
 *   };
 *
 * The app reads `settings.leds`: a plain variable, which is right from cfg_open() on. It changes it
 * with cfg_set_int(), never by hand: the value is checked, the change is told to those that wait
 * for it, and saved in the background.
 *
 *                  set, import, reset              quiet_ms without a change, latest_ms, flush
 *   ALL SAVED ─────────────────────────▶ CHANGED ─────────────────────────────────────────▶ WRITING
 *       ▲                                   ▲                                                  │
 *       │        all that was changed       │  changed meanwhile; or the flash refused         │
 *       └───────── is in the flash ─────────┴──────────────────────────────────────────────────┘
 *
 * What is written is a batch: after a power cut each key has its old value or its new one. All
 * that is changed before a batch begins is in it, so what is changed in one turn of the loop is
 * saved all or nothing, unless more is changed while the batch is being written. SPEC.md says what
 * the bytes in the flash mean.
 *
 * All of this is for the platform loop. What the app loop needs is handed over by yoke_share. */
#ifndef YOKE_CONFIG_H
#define YOKE_CONFIG_H

#include "yoke/json.h"
#include "yoke/json_read.h"
#include "yoke/task.h"

#define CFG_NAME_MAX    31u  /* characters of a key's name */
#define CFG_VALUE_MAX   200u /* bytes of a value: a record stays within a page of the flash */
#define CFG_PROBLEM_MAX 128u /* bytes of a problem's text, with its final 0 */
#define CFG_BANKS_MAX   16u
#define CFG_WAITERS     8u    /* tasks that may wait for a store at the same time */
#define CFG_QUIET_MS    1000u /* what quiet_ms 0 means */
#define CFG_LATEST_MS   5000u /* what latest_ms 0 means */
#define CFG_ROW_MAX     1280u /* bytes of a row of cfg_export_row() at most: a string of escapes */

/* --- the table of keys ---------------------------------------------------------- */

enum cfg_type { CFG_BOOL = 1, CFG_INT, CFG_STRING, CFG_BYTES, CFG_CHOICE };

enum cfg_flag {
    CFG_SECRET = 1, /* never leaves the device: only its length is exported */
    CFG_HIDDEN = 2, /* not exported and not imported: the device's own, as a count of starts */
};

/* One row of the table, constant. Name: letters, digits, '.', '_', '-'; unique. */
typedef struct {
    const char *name;
    const char *help; /* one line */
    union {           /* these four by CFG_AS_…() */
        bool *as_bool;
        int32_t *as_int;
        char *as_string;
        void *as_bytes;
        uint8_t *as_choice;
    } at;
    union {
        struct {
            int32_t min, max;
        } range;                    /* CFG_INT */
        const char *const *choices; /* CFG_CHOICE: names, the last is NULL */
    };
    uint16_t size; /* CFG_STRING: bytes of the array, its final 0 included; CFG_BYTES */
    uint8_t type;
    uint8_t flags;            /* CFG_SECRET, CFG_HIDDEN */
    int32_t initial;          /* default of CFG_BOOL, CFG_INT; CFG_CHOICE: its number */
    const char *initial_text; /* default of CFG_STRING; NULL: empty. CFG_BYTES begin empty */
} cfg_key;

/* A variable of each type. Bytes are a CFG_BYTES_OF(n); a choice is a uint8_t, the number of its
 * name in the list. */
#define CFG_BYTES_OF(n)   \
    struct {              \
        uint16_t length;  \
        uint8_t bytes[n]; \
    }
#define CFG_AS_BOOL(variable) {.as_bool = &(variable)}, .type = CFG_BOOL
#define CFG_AS_INT(variable, min, max) \
    {.as_int = &(variable)}, {.range = {min, max}}, .type = CFG_INT
#define CFG_AS_STRING(array) {.as_string = (array)}, .size = sizeof(array), .type = CFG_STRING
#define CFG_AS_BYTES(variable) \
    {.as_bytes = &(variable)}, .size = sizeof((variable).bytes), .type = CFG_BYTES
#define CFG_AS_CHOICE(variable, names) \
    {.as_choice = &(variable)}, {.choices = (names)}, .type = CFG_CHOICE

/* What the store keeps of each key, in RAM; all zero. */
typedef struct {
    uint32_t changed; /* the generation of its last change */
    bool is_set;      /* it has a value of its own, the default or not */
    bool foreign;     /* what the flash has is not for this program: kept, not used */
} cfg_key_state;

/* --- a store ----------------------------------------------------------------------- */

/* Constant. The region of the flash must always be laid out the same on a device. */
typedef struct {
    const cfg_key *keys;
    unsigned key_count;
    cfg_key_state *states;  /* key_count of them */
    uint32_t offset;        /* where the region begins, a multiple of FLASH_SECTOR (yoke/flash.h) */
    uint8_t banks;          /* 2 to CFG_BANKS_MAX; more wear less: each is erased in its turn */
    uint8_t sectors_a_bank; /* 1 to 8; all values at their longest take half a bank at most */
    uint32_t quiet_ms;      /* saved when nothing has changed so long; 0: CFG_QUIET_MS */
    uint32_t latest_ms;     /* at the latest so long after the first change; 0: CFG_LATEST_MS */
} cfg_config;

/* What happened, modulo 2^32. */
typedef struct {
    uint32_t batches;  /* written */
    uint32_t moves;    /* of them begun in a new bank */
    uint32_t erases;   /* of sectors, in this run */
    uint32_t programs; /* of pages, in this run */
    uint32_t failures; /* erases and programs that the flash refused */
    uint32_t damaged;  /* places that could not be read at the start: a power cut, or rot */
    uint32_t foreign;  /* records of keys or values that this program does not know, kept */
    uint32_t dropped;  /* of these, those that had no room any more */
    uint32_t refused;  /* waits, because CFG_WAITERS were waiting */
} cfg_counts;

/* The frame of the store's task. Set `task` and `config`; users read `problem` and `counts`. */
typedef struct cfg_store {
    yoke_task task; /* YOKE_TASK(cfg_body) */
    const cfg_config *config;
    char problem[CFG_PROBLEM_MAX]; /* what the last refusal means, a sentence without full stop */
    cfg_counts counts;
    /* --- its own --------------------------------------------------------------- */
    bool has_region;            /* there is such a region, */
    bool has_flash;             /* and it is ours; else values live until the power goes */
    bool has_bank;              /* `bank` holds what is saved */
    bool must_move;             /* the next batch begins in a new bank */
    bool resetting;             /* it says nothing of the past, */
    bool wiping;                /* and then all other banks are erased */
    bool wanted;                /* somebody waits: save at once */
    bool failed;                /* the last try did; the next comes after latest_ms */
    bool ending;                /* cancelled: save what is left and end */
    uint8_t bank;               /* which is in use, */
    uint16_t batch;             /* its last batch */
    uint32_t sequence;          /* of the bank, */
    uint32_t newest;            /* and the highest of all */
    uint32_t tail;              /* where the next batch begins, from the beginning of the bank */
    uint32_t generation;        /* of the last change */
    uint32_t saved;             /* of the last change that is in the flash */
    uint64_t first_us, last_us; /* when the first, and the last, unsaved change came */
    uint64_t retry_us;          /* after a failure: not before */
    uint32_t erases[CFG_BANKS_MAX];
    yoke_task *waiters[CFG_WAITERS];
    struct cfg_job {
        uint8_t step, source; /* save.c, batch.c */
        uint8_t bank, tries;
        bool moves, resets;
        uint16_t batch;
        unsigned key;
        uint32_t at, length; /* of the page under way, within the bank; bytes of it */
        uint32_t sector;     /* to be erased next, within the bank */
        uint32_t target;     /* the generation that will have been saved */
        struct cfg_scan {
            uint8_t bank;
            bool judged, whole; /* batch `batch` was looked at; it has its end */
            bool ended;         /* the end of batch `highest` was passed */
            uint16_t batch, highest;
            uint32_t sequence, at, damaged;
        } scan; /* of the records that are taken along */
    } job;
    uint32_t page_at;  /* what `page` holds, from the beginning of the flash */
    uint8_t page[256]; /* as it is in the flash */
    uint8_t out[256];  /* as it is to be programmed */
} cfg_store;

/* Give every key its saved value, or its default. Reads only, and takes about 1 ms a bank on the
 * chip. Once, before `s` is used and its task started. YOKE_EINVAL: what is in the region was
 * written with another layout, or by a program with a newer format: it is left alone, all values
 * are defaults and will not be saved, until cfg_reset() makes the region ours. YOKE_EFULL: the keys
 * at their longest take more than half a bank. YOKE_EIO: there is no such region. s->problem says
 * it. After an error the store works, without the flash. Mistakes in the table, or in the layout,
 * fail check config 701. */
int cfg_open(cfg_store *s);

/* Saves in the background until it is cancelled, and then what is left. */
int cfg_body(yoke_task *t);

/* --- keys --------------------------------------------------------------------------- */

/* The key called `name`; NULL: there is none. */
const cfg_key *cfg_find(const cfg_store *s, const char *name);

/* Change a value; the same value again changes nothing. Never waits. YOKE_EINVAL: it is of another
 * type or out of the key's range, s->problem says how it must be. `k` is one of the table. */
int cfg_set_bool(cfg_store *s, const cfg_key *k, bool value);
int cfg_set_int(cfg_store *s, const cfg_key *k, int32_t value);
int cfg_set_string(cfg_store *s, const cfg_key *k, const char *value);
int cfg_set_bytes(cfg_store *s, const cfg_key *k, const void *bytes, size_t length);
int cfg_set_choice(cfg_store *s, const cfg_key *k, const char *name);

/* The same from text: "true", "60", a string as it is, bytes as "00a1ff", the name of a choice. */
int cfg_set_text(cfg_store *s, const cfg_key *k, const char *text);

/* The value as such text, cut at `size` - 1 bytes; of a secret "(8 bytes)". */
void cfg_text(const cfg_key *k, char *to, size_t size);

/* What the value must be: "a whole number from 1 to 1000", in at most CFG_PROBLEM_MAX bytes; `rule`
 * has room for them. Answers the text, which may be elsewhere. */
const char *cfg_rule(const cfg_key *k, char *rule);

/* The default, as cfg_text() writes the value. */
void cfg_default_text(const cfg_key *k, char *to, size_t size);

/* Back to the default, and so it follows that of later programs. */
void cfg_unset(cfg_store *s, const cfg_key *k);

/* Factory reset: all keys at once, also those that this program does not know. What the flash held
 * before is erased, secrets too; done when a flush has answered. */
void cfg_reset(cfg_store *s);

/* --- to await -------------------------------------------------------------------------- */

/* A point in the life of a store. */
typedef struct {
    uint32_t generation, failures;
} cfg_mark;

cfg_mark cfg_now(const cfg_store *s);

/* Wait until all that was changed before `mark` was taken is in the flash. Saves at once.
 *     me->mark = cfg_now(&store);
 *     YOKE_TRY(t, cfg_flush(t, &store, &me->mark));
 * YOKE_EIO: the flash refused; it is tried again later. YOKE_EFULL: CFG_WAITERS are waiting. */
YOKE_ASYNC int cfg_flush(yoke_task *t, cfg_store *s, const cfg_mark *mark);

/* Wait until something has changed since `mark`; cfg_changed() tells what. Then take a new mark.
 * YOKE_EFULL: CFG_WAITERS are waiting. */
YOKE_ASYNC int cfg_await_change(yoke_task *t, cfg_store *s, const cfg_mark *mark);

bool cfg_changed(const cfg_store *s, const cfg_key *k, const cfg_mark *mark);

/* --- as JSON ------------------------------------------------------------------------------- */

/* One object with a member for each key, row by row: the `row`-th (0 first), at most CFG_ROW_MAX
 * bytes; true: there is another. Empty `w` between the rows. A secret is {"length": 8}. */
bool cfg_export_row(const cfg_store *s, json_writer *w, unsigned row);

/* Take the values of such an object over; keys that it does not name keep theirs. All of it is
 * checked first: YOKE_EINVAL, YOKE_EFULL, and nothing has changed, s->problem names the place.
 * A secret given as {"length": n} keeps its value. `tokens` is needed for the call only. */
int cfg_import(cfg_store *s, const char *text, size_t length, json_token tokens[],
               unsigned tokens_max);

/* --- wear ------------------------------------------------------------------------------------ */

/* How often each sector of bank 0, 1, … was erased in the life of the device; it survives. An
 * erase in which the power was lost may be missing. 0: there is no such bank. */
uint32_t cfg_erases(const cfg_store *s, unsigned bank);

#endif
