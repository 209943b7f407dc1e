/* Bytes of records and heads; each has a CRC-32 (that of Ethernet and zip). */
#include "record.h"

#include <string.h>

#define RECORD_HEAD 8u
#define MAGIC       "Ycfg"

/* --- numbers -------------------------------------------------------------------- */

/* Four bits at a time: a table of 64 bytes, and a page takes about 0.1 ms on the chip. */
static uint32_t crc_add(uint32_t crc, const void *from, size_t size)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    const uint8_t *byte = from;
    for (size_t i = 0; i < size; i++) {
        crc ^= byte[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

static void put16(uint8_t *to, uint16_t value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *to, uint32_t value)
{
    put16(to, (uint16_t)value);
    put16(to + 2, (uint16_t)(value >> 16));
}

static uint16_t get16(const uint8_t *from)
{
    return (uint16_t)(from[0] | from[1] << 8);
}

static uint32_t get32(const uint8_t *from)
{
    return get16(from) | (uint32_t)get16(from + 2) << 16;
}

bool is_erased(const uint8_t *from, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (from[i] != 0xff) {
            return false;
        }
    }
    return true;
}

/* --- records ----------------------------------------------------------------------- */

uint32_t record_size(size_t name_length, size_t value_length)
{
    return (uint32_t)(RECORD_OVERHEAD + name_length + value_length);
}

/* Of the bank's sequence first, so that what an earlier life of the sector left is not ours. */
static uint32_t crc_of(uint32_t sequence, const uint8_t *from, uint32_t size)
{
    uint8_t seed[4];
    put32(seed, sequence);
    return ~crc_add(crc_add(0xffffffff, seed, sizeof seed), from, size);
}

uint32_t record_put(const cfg_record *r, uint32_t sequence, uint8_t *to)
{
    uint32_t size = record_size(r->name_length, r->value_length);
    to[0] = r->kind;
    to[1] = r->name_length;
    put16(to + 2, r->value_length);
    put16(to + 4, r->batch);
    put16(to + 6, (uint16_t)crc_of(sequence, to, 6));
    if (r->name_length) {
        memcpy(to + RECORD_HEAD, r->name, r->name_length);
    }
    if (r->value_length) {
        memcpy(to + RECORD_HEAD + r->name_length, r->value, r->value_length);
    }
    put32(to + size - 4, crc_of(sequence, to, size - 4));
    return size;
}

uint32_t record_get(const uint8_t *from, uint32_t room, uint32_t sequence, cfg_record *r,
                    bool *sound)
{
    *sound = false;
    if (room < RECORD_OVERHEAD || get16(from + 6) != (uint16_t)crc_of(sequence, from, 6)) {
        return 0;
    }
    *r = (cfg_record){.kind = from[0],
                      .batch = get16(from + 4),
                      .name = from + RECORD_HEAD,
                      .value = from + RECORD_HEAD + from[1],
                      .name_length = from[1],
                      .value_length = get16(from + 2)};
    uint32_t size = record_size(r->name_length, r->value_length);
    if (size > room || r->name_length > CFG_NAME_MAX || r->value_length > CFG_VALUE_MAX) {
        return 0;
    }
    *sound = get32(from + size - 4) == crc_of(sequence, from, size - 4);
    return size;
}

/* --- the head of a bank ---------------------------------------------------------------- */

uint32_t head_size(unsigned banks)
{
    return 16 + 4 * banks;
}

uint32_t head_put(const bank_head *h, uint8_t *to)
{
    uint32_t size = head_size(h->banks);
    memcpy(to, MAGIC, 4);
    to[4] = h->format;
    to[5] = h->flags;
    to[6] = h->banks;
    to[7] = h->sectors_a_bank;
    put32(to + 8, h->sequence);
    for (unsigned i = 0; i < h->banks; i++) {
        put32(to + 12 + 4 * i, h->erases[i]);
    }
    put32(to + size - 4, crc_of(0, to, size - 4));
    return size;
}

bool head_get(const uint8_t *from, bank_head *h)
{
    *h = (bank_head){.format = from[4],
                     .flags = from[5],
                     .banks = from[6],
                     .sectors_a_bank = from[7],
                     .sequence = get32(from + 8)};
    uint32_t size = head_size(h->banks);
    if (memcmp(from, MAGIC, 4) != 0 || h->banks > CFG_BANKS_MAX ||
        get32(from + size - 4) != crc_of(0, from, size - 4)) {
        return false;
    }
    for (unsigned i = 0; i < h->banks; i++) {
        h->erases[i] = get32(from + 12 + 4 * i);
    }
    return true;
}
