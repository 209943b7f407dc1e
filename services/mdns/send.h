/* What the device says. */
#ifndef MDNS_SEND_H
#define MDNS_SEND_H

#include "look.h"

#define MDNS_PORT 5353u

extern const net_peer mdns_group; /* all who listen */

/* The records of `set` to all, in as many packets as they need; and those of `along`, which are not
 * asked for, if there is room. They live no longer than `ttl_s_max`. */
void mdns_send_to_all(mdns *m, uint32_t set, uint32_t along, uint32_t ttl_s_max);

/* Has anybody a name of ours? With what we would say of it. */
void mdns_probe(mdns *m);

/* What we have said is no longer so; nothing if we have said nothing. */
void mdns_say_goodbye(mdns *m);

/* What m->from has asked for, to him alone. His packet must still be in m->packet. */
void mdns_answer_one(mdns *m, const mdns_news *n);

#endif
