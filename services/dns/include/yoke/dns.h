/* Names to addresses: DNS, and multicast DNS for what ends in ".local". */
#ifndef YOKE_DNS_H
#define YOKE_DNS_H

#include "yoke/net.h"

#define DNS_LOOKUPS  4u   /* names that may be looked up at a time */
#define DNS_NAME_MAX 253u /* characters of a name (RFC 1035, 2.3.4) */

/* Wait for the address of `name`; IPv4. Numbers ("192.168.0.1") are one at once, and so is what was
 * asked for before, as long as its server allows. Answers YOKE_OK, and `*found`. YOKE_ENOENT: there
 * is no such name, or nobody answers: lwIP asks each server for about 7 s. YOKE_EINVAL: `name` is
 * empty or too long, or the stack is not started. YOKE_EIO: no server is known. YOKE_EFULL:
 * DNS_LOOKUPS names are being looked up, or the stack has no memory; counted.
 *
 * `name` must live until the wait ends. A wait that is cancelled or limited leaves its lookup
 * behind, which takes one of DNS_LOOKUPS until it ends by itself. Platform loop. */
YOKE_ASYNC int dns_resolve(yoke_task *t, const char *name, net_address *found);

/* Modulo 2^32. */
typedef struct {
    uint32_t asked;   /* that were not known before */
    uint32_t failed;  /* with YOKE_ENOENT */
    uint32_t refused; /* with YOKE_EFULL */
} dns_stats;

/* Platform loop. */
dns_stats dns_read_stats(void);

#endif
