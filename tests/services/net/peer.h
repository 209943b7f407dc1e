/* The network that a device sees, played by a test: what the device sends is shown to it, and it
 * answers with datagrams. The link carries IP packets. */
#ifndef PEER_H
#define PEER_H

#include "datagram.h"
#include "wire.h"

/* Who is shown each datagram that the device sends. */
extern void (*peer_hear)(const datagram *d);

/* cmocka's setup function: the device is 10.0.0.2/24, the name server 10.0.0.1; the link is up.
 * peer_start() brings up the stack. */
int peer_setup(void **state);
void peer_start(void);
void peer_stop(void);

#define with_peer(test) cmocka_unit_test_setup(test, peer_setup)

/* 10.0.0.`last` at `port`. */
net_peer peer_at(uint8_t last, uint16_t port);

/* A datagram, over the link. */
void peer_send(net_peer from, net_peer to, const void *data, size_t size);

#endif
