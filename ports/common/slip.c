/* SLIP: the coding, both ways. */
#include "slip.h"

static unsigned code_of(uint8_t byte, uint8_t code[2])
{
    if (byte != SLIP_END && byte != SLIP_ESC) {
        code[0] = byte;
        return 1;
    }
    code[0] = SLIP_ESC;
    code[1] = byte == SLIP_END ? SLIP_ESC_END : SLIP_ESC_ESC;
    return 2;
}

size_t slip_length(const void *packet, size_t size)
{
    const uint8_t *bytes = packet;
    uint8_t code[2];
    size_t length = 2;
    for (size_t i = 0; i < size; i++) {
        length += code_of(bytes[i], code);
    }
    return length;
}

/* The first END ends what noise has begun. */
void slip_write(const void *packet, size_t size, void (*put)(uint8_t byte))
{
    const uint8_t *bytes = packet;
    uint8_t code[2];
    put(SLIP_END);
    for (size_t i = 0; i < size; i++) {
        unsigned n = code_of(bytes[i], code);
        for (unsigned k = 0; k < n; k++) {
            put(code[k]);
        }
    }
    put(SLIP_END);
}

/* --- reading ---------------------------------------------------------------------------------- */

static int end_packet(slip_reader *r)
{
    int answer = r->broken || r->escaped ? SLIP_BROKEN : (int)r->size;
    r->size = 0;
    r->escaped = r->broken = false;
    return answer;
}

static void add(slip_reader *r, uint8_t byte)
{
    if (r->size == r->max) {
        r->broken = true;
        return;
    }
    r->bytes[r->size++] = byte;
}

static void add_escaped(slip_reader *r, uint8_t byte)
{
    r->escaped = false;
    if (byte != SLIP_ESC_END && byte != SLIP_ESC_ESC) {
        r->broken = true;
        return;
    }
    add(r, byte == SLIP_ESC_END ? SLIP_END : SLIP_ESC);
}

int slip_take(slip_reader *r, uint8_t byte)
{
    if (byte == SLIP_END) {
        return end_packet(r);
    }
    if (r->escaped) {
        add_escaped(r, byte);
    } else if (byte == SLIP_ESC) {
        r->escaped = true;
    } else {
        add(r, byte);
    }
    return 0;
}
