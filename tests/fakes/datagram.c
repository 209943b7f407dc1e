#include "datagram.h"

#include <string.h>

#define IP_BYTES  20u
#define UDP_BYTES 8u
#define UDP       17u

static void put_16(uint8_t *to, size_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static uint16_t get_16(const uint8_t *from)
{
    return (uint16_t)(from[0] << 8 | from[1]);
}

static uint16_t check_sum(const uint8_t *header)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < IP_BYTES; i += 2) {
        sum += get_16(header + i);
    }
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t) ~(sum + (sum >> 16));
}

size_t datagram_build(uint8_t packet[DATAGRAM_BYTES_MAX], const datagram *d)
{
    size_t size = IP_BYTES + UDP_BYTES + d->size;
    memset(packet, 0, IP_BYTES + UDP_BYTES);
    packet[0] = 0x45;
    put_16(packet + 2, size);
    packet[8] = 255;
    packet[9] = UDP;
    memcpy(packet + 12, d->from.address.ip, 4);
    memcpy(packet + 16, d->to.address.ip, 4);
    put_16(packet + 10, check_sum(packet));
    put_16(packet + 20, d->from.port);
    put_16(packet + 22, d->to.port);
    put_16(packet + 24, UDP_BYTES + d->size); /* a check sum of 0: there is none */
    memcpy(packet + IP_BYTES + UDP_BYTES, d->data, d->size);
    return size;
}

bool datagram_open(const uint8_t *packet, size_t size, datagram *d)
{
    size_t header = (size_t)(packet[0] & 15) * 4;
    if (size < header + UDP_BYTES || packet[9] != UDP) {
        return false;
    }
    *d = (datagram){.data = packet + header + UDP_BYTES, .size = size - header - UDP_BYTES};
    memcpy(d->from.address.ip, packet + 12, 4);
    memcpy(d->to.address.ip, packet + 16, 4);
    d->from.port = get_16(packet + header);
    d->to.port = get_16(packet + header + 2);
    return true;
}
