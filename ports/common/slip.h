/* SLIP (RFC 1055): packets over a line of bytes. Each packet stands between two END; a byte of it
 * that is END or ESC is sent as two. No check sum: IP, UDP and TCP have theirs. */
#ifndef YOKE_SLIP_H
#define YOKE_SLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLIP_END     0xc0u
#define SLIP_ESC     0xdbu
#define SLIP_ESC_END 0xdcu /* behind ESC: an END of the packet */
#define SLIP_ESC_ESC 0xddu

/* How many bytes `packet` is on the line: `size` + 2 to 2 * `size` + 2. */
size_t slip_length(const void *packet, size_t size);

/* Hand the bytes of `packet` for the line to `put`, one by one. */
void slip_write(const void *packet, size_t size, void (*put)(uint8_t byte));

/* A packet that comes in. `bytes` and `max` are the caller's; the rest is all zero at first. */
typedef struct {
    uint8_t *bytes;
    size_t max;  /* of a packet */
    size_t size; /* so far */
    bool escaped;
    bool broken; /* what comes up to the next END is thrown away */
} slip_reader;

enum { SLIP_BROKEN = -1 };

/* The next byte of the line. Answers the size of a packet that is whole now, and stays in `bytes`
 * until the next call; SLIP_BROKEN: one was thrown away, since it was too long, was no SLIP, or the
 * caller had set `broken`; 0: go on. */
int slip_take(slip_reader *r, uint8_t byte);

#endif
