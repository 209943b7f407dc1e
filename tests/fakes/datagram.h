/* A datagram as an IP packet, for a link that carries those. */
#ifndef DATAGRAM_H
#define DATAGRAM_H

#include "yoke/net.h"

#define DATAGRAM_BYTES_MAX (28 + NET_DATAGRAM)

typedef struct {
    net_peer from, to;
    const uint8_t *data;
    size_t size; /* at most NET_DATAGRAM */
} datagram;

/* Into `packet`; answers its size. */
size_t datagram_build(uint8_t packet[DATAGRAM_BYTES_MAX], const datagram *d);

/* What is in a packet of the device; d->data points into it. False: it is no datagram. */
bool datagram_open(const uint8_t *packet, size_t size, datagram *d);

#endif
