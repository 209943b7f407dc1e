/* Multicast DNS: the device is NAME.local, and its services are found without any server (RFC 6762,
 * RFC 6763).
 *
 *                    the network is there          three probes, nobody has the name
 *   MDNS_WAITS ───────────────────────▶ MDNS_PROBES ──────────────────────▶ MDNS_ANSWERS
 *       ▲                                  │   ▲   ▲                            │    │
 *       │                  somebody has it │   │   │ somebody else uses it      │    │
 *       │                                  └───┘   │ the network has changed    │    │
 *       │                                 name-2 … └────────────────────────────┘    │
 *       └─────────────────────────── the network is gone ────────────────────────────┘
 *
 * Each way into MDNS_ANSWERS ends with two announcements, so who has known the device before knows
 * its new address at once. All of it belongs to the platform loop. IPv4 only. */
#ifndef YOKE_MDNS_H
#define YOKE_MDNS_H

#include "yoke/net.h"

#define MDNS_SERVICES      4u   /* in the table, at most */
#define MDNS_HOST_NAME_MAX 59u  /* characters; with "-999" they fill a label (RFC 1035, 2.3.4) */
#define MDNS_TYPE_MAX      30u  /* characters of "_http._tcp" */
#define MDNS_TEXT_MAX      192u /* bytes of the strings of a service, each with its length */
#define MDNS_RECORDS       (2 + 4 * MDNS_SERVICES)
#define MDNS_NAME_BYTES    255u                  /* of a name in a packet (RFC 1035, 2.3.4) */
#define MDNS_DATA_BYTES    (6 + MDNS_NAME_BYTES) /* what is looked at of a record: SRV's */

/* One service. It is called as the host is now: "yoke-2._http._tcp.local". Constant. */
typedef struct {
    const char *type; /* "_http._tcp": lower case, with _tcp or _udp */
    uint16_t port;
    const char *const *text; /* strings "key=value", NULL behind the last one; or NULL: none */
} mdns_service;

enum mdns_state { MDNS_WAITS, MDNS_PROBES, MDNS_ANSWERS };

/* A record, or a question, of a packet: names in full length and lower case. mdns's own. */
typedef struct {
    uint16_t type, class; /* class without its top bit, */
    bool top;             /* which is this one */
    uint32_t ttl_s;
    size_t name_size, data_size; /* data_size may be more than is kept */
    uint8_t name[MDNS_NAME_BYTES], data[MDNS_DATA_BYTES];
} mdns_record;

/* The frame of the task. Set what is above the line, and start it on the platform loop. */
typedef struct {
    yoke_task task;        /* YOKE_TASK(mdns_body) */
    const char *host_name; /* what it wants to be called; 1 to MDNS_HOST_NAME_MAX of a-z 0-9 - */
    const mdns_service *services;
    unsigned service_count; /* at most MDNS_SERVICES */
    /* --- may be read ------------------------------------------------------ */
    char name[64];      /* what it is called; valid in MDNS_ANSWERS */
    uint8_t state;      /* enum mdns_state */
    uint32_t changes;   /* of the two above, modulo 2^32 */
    uint32_t conflicts; /* names that somebody else had, modulo 2^32 */
    uint32_t broken;    /* packets that could not be understood, modulo 2^32 */
    /* --- its own ---------------------------------------------------------- */
    net_socket socket;
    net_address address, mask;
    uint32_t seen;    /* net's changes */
    bool moved;       /* there was one */
    uint16_t number;  /* of the name: 1 for the plain one */
    uint8_t sent;     /* probes or announcements so far */
    uint8_t failures; /* names in a row */
    uint64_t due_us;  /* of the next one; YOKE_NEVER: none */
    uint32_t answers; /* records to be multicast, a bit each, */
    uint64_t answers_due_us;
    uint32_t sent_ms[MDNS_RECORDS]; /* when each was, last */
    yoke_task *watcher;
    net_peer from;
    mdns_record theirs, ours;
    uint8_t packet[NET_DATAGRAM];
} mdns;

/* Runs until it is cancelled; then it tells all that the name and the services are gone. Ends at
 * once with YOKE_EINVAL if a value is out of its range, with YOKE_EBUSY if too many tasks watch the
 * network. Port 5353 must be free; while it is not, mdns waits for a change of the network. */
int mdns_body(yoke_task *t);

/* Wait until m->changes is not `*seen`, and put it there. One waiter (check task 102). Answers
 * YOKE_OK. */
YOKE_ASYNC int mdns_await_change(yoke_task *t, mdns *m, uint32_t *seen);

#endif
