/* Reading and writing of DNS packets. What comes is not to be trusted: each byte is asked for. */
#include "packet.h"

#include <string.h>

#define POINTER      0xC0u /* the rest of the name stands elsewhere (RFC 1035, 4.1.4) */
#define TOP          0x8000u
#define POINTERS_MAX 32u

/* --- reading ---------------------------------------------------------------------------------- */

static unsigned read_8(mdns_reader *p)
{
    if (p->at >= p->size) {
        p->broken = true;
    }
    return p->broken ? 0 : p->bytes[p->at++];
}

static uint16_t read_16(mdns_reader *p)
{
    unsigned high = read_8(p);
    return (uint16_t)(high << 8 | read_8(p));
}

static uint32_t read_32(mdns_reader *p)
{
    uint32_t high = read_16(p);
    return high << 16 | read_16(p);
}

mdns_reader mdns_read(const void *packet, size_t size)
{
    mdns_reader p = {.bytes = packet, .size = size};
    p.id = read_16(&p);
    p.flags = read_16(&p);
    for (unsigned i = 0; i < SECTIONS; i++) {
        p.counts[i] = read_16(&p);
    }
    return p;
}

static uint8_t lower(unsigned byte)
{
    return (uint8_t)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
}

/* A label of `length`, and its length before it, to `to`; answers how many bytes. */
static size_t read_label(mdns_reader *p, unsigned length, uint8_t *to, size_t room)
{
    if (room < length + 1 || length >= 64) {
        p->broken = true;
        return 0;
    }
    to[0] = (uint8_t)length;
    for (unsigned i = 1; i <= length; i++) {
        to[i] = lower(read_8(p));
    }
    return length + 1;
}

/* A name in full length and lower case to `to`, MDNS_NAME_BYTES; answers its size. A pointer must
 * point to what stands before it, and there are few, so this ends. */
static size_t read_name(mdns_reader *p, uint8_t *to)
{
    size_t size = 0, behind = 0;
    unsigned pointers = 0;
    for (;;) {
        size_t start = p->at;
        unsigned length = read_8(p);
        if ((length & POINTER) == POINTER) {
            size_t target = (length & ~POINTER) << 8 | read_8(p);
            p->broken |= target >= start || ++pointers > POINTERS_MAX;
            behind = behind ? behind : p->at;
            p->at = target;
        } else {
            size += read_label(p, length, to + size, MDNS_NAME_BYTES - size);
            if (length == 0) {
                break;
            }
        }
        if (p->broken) {
            break;
        }
    }
    p->at = behind ? behind : p->at;
    return p->broken ? 0 : size;
}

static void read_head(mdns_reader *p, mdns_record *r)
{
    r->name_size = read_name(p, r->name);
    r->type = read_16(p);
    unsigned class = read_16(p);
    r->top = class & TOP;
    r->class = (uint16_t)(class & ~TOP);
}

bool mdns_read_question(mdns_reader *p, mdns_record *r)
{
    read_head(p, r);
    return !p->broken;
}

/* As it is: not longer than is kept. */
static void copy_data(mdns_reader *p, mdns_record *r, size_t size)
{
    r->data_size = size;
    size_t kept = size < sizeof r->data ? size : sizeof r->data;
    memcpy(r->data, p->bytes + p->at, kept);
}

/* With the name in it in full length, that stands behind `before` bytes. */
static void read_data_with_name(mdns_reader *p, mdns_record *r, size_t before)
{
    for (size_t i = 0; i < before; i++) {
        r->data[i] = (uint8_t)read_8(p);
    }
    r->data_size = before + read_name(p, r->data + before);
}

static void read_data(mdns_reader *p, mdns_record *r, size_t size)
{
    if (size > p->size - p->at) {
        p->broken = true;
        return;
    }
    size_t end = p->at + size;
    if (r->type == TYPE_PTR || r->type == TYPE_SRV) {
        read_data_with_name(p, r, r->type == TYPE_SRV ? 6 : 0);
        p->broken |= p->at > end;
    } else {
        copy_data(p, r, size);
    }
    p->at = end;
}

bool mdns_read_record(mdns_reader *p, mdns_record *r)
{
    read_head(p, r);
    r->ttl_s = read_32(p);
    size_t size = read_16(p);
    if (!p->broken) {
        read_data(p, r, size);
    }
    return !p->broken;
}

/* --- writing ---------------------------------------------------------------------------------- */

void mdns_put(mdns_writer *w, const void *bytes, size_t count)
{
    if (w->full || count > w->size - w->at) {
        w->full = true;
        return;
    }
    memcpy(w->bytes + w->at, bytes, count);
    w->at += count;
}

void mdns_put_16(mdns_writer *w, unsigned value)
{
    uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    mdns_put(w, bytes, sizeof bytes);
}

void mdns_put_32(mdns_writer *w, uint32_t value)
{
    mdns_put_16(w, value >> 16);
    mdns_put_16(w, value & 0xFFFF);
}

void mdns_put_labels(mdns_writer *w, const char *labels)
{
    while (*labels) {
        size_t length = strcspn(labels, ".");
        uint8_t byte = (uint8_t)length;
        mdns_put(w, &byte, 1);
        mdns_put(w, labels, length);
        labels += labels[length] ? length + 1 : length;
    }
}

void mdns_put_end(mdns_writer *w)
{
    mdns_put(w, "", 1);
}

mdns_writer mdns_write(void *packet, size_t size, uint16_t id, uint16_t flags)
{
    mdns_writer w = {.bytes = packet, .size = size};
    memset(packet, 0, HEADER_BYTES);
    mdns_put_16(&w, id);
    mdns_put_16(&w, flags);
    w.at = HEADER_BYTES;
    return w;
}

void mdns_count(mdns_writer *w, unsigned section)
{
    uint8_t *count = w->bytes + 4 + 2 * section;
    count[1]++; /* there are never more than MDNS_RECORDS */
}
