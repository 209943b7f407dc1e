/* UTF-8 as RFC 3629 has it. */
#include "unicode.h"

static const struct row {
    uint8_t first, last, second_first, second_last, size;
} rows[] = {
    {0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static const struct row *row_of(uint8_t first)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (first >= rows[i].first && first <= rows[i].last) {
            return &rows[i];
        }
    }
    return NULL;
}

size_t utf8_size(const char *at, size_t left)
{
    const uint8_t *byte = (const uint8_t *)at;
    const struct row *row = row_of(byte[0]);
    if (!row || left < row->size) {
        return 0;
    }
    if (row->size > 1 && (byte[1] < row->second_first || byte[1] > row->second_last)) {
        return 0;
    }
    for (size_t i = 2; i < row->size; i++) {
        if ((byte[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return row->size;
}

size_t utf8_put(uint32_t character, char *to)
{
    static const uint8_t lead[] = {0x00, 0xc0, 0xe0, 0xf0};
    size_t size = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    to[0] = (char)(lead[size - 1] | character);
    return size;
}
