/* The bytes in the flash, as SPEC.md has them. */
#ifndef CONFIG_RECORD_H
#define CONFIG_RECORD_H

#include "yoke/config.h"
#include "yoke/flash.h"

#define CFG_FORMAT 1u

enum record_kind { /* below these: enum cfg_type */
                   RECORD_UNSET = 0x10,
                   RECORD_END = 0x20,
                   RECORD_ERASED = 0xff,
};

#define RECORD_OVERHEAD 12u /* bytes of a record besides its name and value */

typedef struct {
    uint8_t kind;
    uint16_t batch;
    const uint8_t *name, *value;
    uint8_t name_length;
    uint16_t value_length;
} cfg_record;

uint32_t record_size(size_t name_length, size_t value_length);

/* Write `r`, which has room, to `to`; answers its size. */
uint32_t record_put(const cfg_record *r, uint32_t sequence, uint8_t *to);

/* Read a record at `from`, `room` bytes of which belong to its page. Answers its size; 0: nothing
 * was written here, or nobody can say where the next one begins. `*sound`: `*r` is what was
 * written; it points into `from`. */
uint32_t record_get(const uint8_t *from, uint32_t room, uint32_t sequence, cfg_record *r,
                    bool *sound);

bool is_erased(const uint8_t *from, uint32_t size);

/* --- the head of a bank ------------------------------------------------------------ */

enum head_flag { HEAD_WIPES = 1 };

typedef struct {
    uint8_t format, flags, banks, sectors_a_bank;
    uint32_t sequence;
    uint32_t erases[CFG_BANKS_MAX];
} bank_head;

uint32_t head_size(unsigned banks);
uint32_t head_put(const bank_head *h, uint8_t *to);

/* False: `from`, a page, is not the head of a bank. */
bool head_get(const uint8_t *from, bank_head *h);

#endif
