/* The link: how frames leave the device and come in. One a device; the port chooses which. What
 * goes over it is services/net's business. All of it belongs to the platform loop. */
#ifndef YOKE_LINK_H
#define YOKE_LINK_H

#include "yoke/task.h"

#define LINK_FRAME_MAX 1514u /* bytes of an Ethernet frame without its check sum (IEEE 802.3) */

enum link_kind {
    LINK_ETHERNET, /* frames begin with the two hardware addresses; ARP is spoken */
    LINK_IP,       /* frames are IP packets, between two points: SLIP */
};

typedef struct {
    enum link_kind kind;
    uint8_t mac[6]; /* of the device; LINK_ETHERNET only */
    uint16_t mtu;   /* bytes of the longest IP packet, 576 to 1500 */
} link_facts;

/* Make the link ready, and tell what it is. YOKE_EIO: it cannot be had; the port says why in a line
 * to the person who started it. YOKE_EBUSY: it is open. */
int link_open(link_facts *facts);

/* Let go of it; what link_write() has taken still goes out. No task may wait in link_read(). Not
 * open: no effect. */
void link_close(void);

/* Frames can come and go: a cable is in, a radio has joined, a modem has its carrier. */
bool link_is_up(void);

/* Wait for a frame; answers its size, 1 to `size`, which is LINK_FRAME_MAX or more. 0: something
 * else has changed: link_is_up(), or there is room again after link_write() had none. One waiter
 * (check task 102). */
YOKE_ASYNC int link_read(yoke_task *t, void *frame, size_t size);

/* Send a frame, copied before this returns. Never waits. YOKE_EFULL: no room now; link_read() will
 * answer 0 when there is. YOKE_EIO: the link is down. */
int link_write(const void *frame, size_t size);

/* Where a client finds TCP port `port` of the device, while the link is open. Answers 1: at what is
 * in `place` then, "localhost:8080"; 0: at the device's own address; YOKE_ENOENT: nowhere, no port
 * of this machine leads there. */
#define LINK_PLACE_MAX 24u
int link_place(uint16_t port, char place[LINK_PLACE_MAX]);

/* Frames that came since link_open() and are lost: they found no room here, or were broken on the
 * way, where the link can tell. Modulo 2^32. */
uint32_t link_lost(void);

#endif
