/* What the files of this folder share. */
#ifndef CONFIG_INTERNAL_H
#define CONFIG_INTERNAL_H

#include "scan.h"

/* --- value.c: a value between RAM, text and flash ---------------------------------- */

void value_to_default(const cfg_key *k);

/* Bytes of the value as a record has them, into CFG_VALUE_MAX bytes at `to`; answers how many. */
uint16_t value_put(const cfg_key *k, uint8_t *to);

/* A number as a record has it; answers its 4 bytes. */
uint16_t put_int(uint8_t *to, int32_t value);

/* The longest that it can get. */
uint16_t value_size_max(const cfg_key *k);

/* Would `length` bytes at `from`, of a record of this kind, be a value of `k`? NULL: they would.
 * Otherwise what it must be; `rule` has room for CFG_PROBLEM_MAX bytes. */
const char *value_rule(const cfg_key *k, uint8_t kind, const uint8_t *from, size_t length,
                       char *rule);

/* Make them the value. */
void value_get(const cfg_key *k, const uint8_t *from, size_t length);

/* The number of the name in a list of choices; -1: it is not there. */
int choice_number(const char *const *choices, const char *name, size_t length);

/* --- store.c: changes ------------------------------------------------------------------ */

cfg_key_state *state_of(const cfg_store *s, const cfg_key *k);
bool is_later(uint32_t generation, uint32_t than);

/* `k` has changed; NULL: nothing that has a name. */
void store_touch(cfg_store *s, const cfg_key *k);
void store_wake_waiters(cfg_store *s);
int store_refuse(cfg_store *s, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Could it be the value? A kind that is not the key's, 0 for instance, could not. */
int store_check(cfg_store *s, const cfg_key *k, uint8_t kind, const void *from, size_t length);

/* Check, and make it the value: what all cfg_set_…() end in. */
int store_take(cfg_store *s, const cfg_key *k, uint8_t kind, const void *from, size_t length);

/* Is there anything that is not in the flash? */
bool store_has_work(const cfg_store *s);

/* --- text.c ------------------------------------------------------------------------ */

/* Bytes from hexadecimal digits, at most CFG_VALUE_MAX; answers how many, -1: they are none. */
int hex_get(const char *text, size_t length, uint8_t *to);

/* The digits of `length` bytes, and a 0. */
void hex_put(const uint8_t *from, size_t length, char *to);

/* --- batch.c --------------------------------------------------------------------------- */

/* Bytes of a bank that all keys take at their longest. */
uint32_t batch_size_max(const cfg_store *s);

/* Is there room behind the last batch for what has changed? */
bool batch_fits_behind(const cfg_store *s);

/* s->job is to write batch `number`, from `at` in `bank` on. */
void batch_begin(cfg_store *s, uint8_t bank, uint16_t number, uint32_t at);

/* Put together what the next program writes: s->job.length bytes of s->out, from s->job.at to the
 * end of its page at most. False: there is nothing more. */
bool batch_fill_page(cfg_store *s);

#endif
