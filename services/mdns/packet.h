/* DNS packets (RFC 1035, 4): what stands in one that came, and one to be sent, piece by piece. */
#ifndef MDNS_PACKET_H
#define MDNS_PACKET_H

#include "yoke/mdns.h"

enum { TYPE_A = 1, TYPE_PTR = 12, TYPE_TXT = 16, TYPE_AAAA = 28, TYPE_SRV = 33, TYPE_NSEC = 47 };
enum { TYPE_ANY = 255, CLASS_IN = 1, CLASS_ANY = 255 };
enum { QUESTIONS, ANSWERS, AUTHORITIES, ADDITIONALS, SECTIONS };

#define FLAG_RESPONSE      0x8000u
#define FLAG_AUTHORITATIVE 0x0400u
#define FLAG_TRUNCATED     0x0200u
#define MASK_OPCODE        0x7800u
#define HEADER_BYTES       12u

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct {
    const uint8_t *bytes;
    size_t size, at;
    bool broken; /* something did not fit; from then on all that is read is 0 */
    uint16_t id, flags, counts[SECTIONS];
} mdns_reader;

/* The header; broken if there is none. */
mdns_reader mdns_read(const void *packet, size_t size);

/* The next question, or the next record, into `r`. False: it is broken. */
bool mdns_read_question(mdns_reader *p, mdns_record *r);
bool mdns_read_record(mdns_reader *p, mdns_record *r);

/* --- writing ---------------------------------------------------------------------------------- */

typedef struct {
    uint8_t *bytes;
    size_t size, at;
    bool full; /* something did not fit, and was left out */
} mdns_writer;

void mdns_put(mdns_writer *w, const void *bytes, size_t count);
void mdns_put_16(mdns_writer *w, unsigned value);
void mdns_put_32(mdns_writer *w, uint32_t value);

/* The labels of a name, "_http._tcp" are two; mdns_put_end() behind the last ones. */
void mdns_put_labels(mdns_writer *w, const char *labels);
void mdns_put_end(mdns_writer *w);

/* Begins a packet, with nothing in it yet. */
mdns_writer mdns_write(void *packet, size_t size, uint16_t id, uint16_t flags);

/* One more is in `section`. */
void mdns_count(mdns_writer *w, unsigned section);

#endif
