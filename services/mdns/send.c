/* What the device says: to all, or to one. Each packet is written over the one that came. */
#include "send.h"

#include <string.h>

#define TTL_OF_SIMPLE_S_MAX 10u /* RFC 6762, 6.7 */

const net_peer mdns_group = {.address = {{224, 0, 0, 251}}, .port = MDNS_PORT};

static mdns_writer begin_packet(mdns *m, unsigned flags)
{
    return mdns_write(m->packet, sizeof m->packet, 0, (uint16_t)flags);
}

/* What finds no room now is asked for again. */
static void send_packet(mdns *m, const mdns_writer *w, net_peer to)
{
    (void)net_send(&m->socket, m->packet, w->at, to);
}

void mdns_send_to_all(mdns *m, uint32_t set, uint32_t along, uint32_t ttl_s_max)
{
    const mdns_manner manner = {.ttl_s_max = ttl_s_max, .flush = true};
    while (set) {
        mdns_writer w = begin_packet(m, FLAG_RESPONSE | FLAG_AUTHORITATIVE);
        uint32_t left = mdns_put_records(&w, m, set, ANSWERS, manner);
        if (left == set) {
            return; /* one alone is too long; is_valid() has seen to it that there is none */
        }
        if (!left) {
            (void)mdns_put_records(&w, m, along, ADDITIONALS, manner);
        }
        send_packet(m, &w, mdns_group);
        set = left;
    }
}

void mdns_probe(mdns *m)
{
    uint32_t set = BIT(ADDRESS) | mdns_each(m, SERVER);
    mdns_writer w = begin_packet(m, 0);
    mdns_put_questions(&w, m, set);
    (void)mdns_put_records(&w, m, set, AUTHORITIES, (mdns_manner){.ttl_s_max = UINT32_MAX});
    send_packet(m, &w, mdns_group);
}

void mdns_say_goodbye(mdns *m)
{
    if (m->state == MDNS_ANSWERS) {
        uint32_t shared = mdns_each(m, TYPE_OF_IT); /* others have services of that type, too */
        mdns_send_to_all(m, mdns_all(m) & ~shared, 0, 0);
    }
}

/* Who asks from another port than ours knows DNS only, and is answered so: with his number and his
 * question, which stand in the packet still. */
void mdns_answer_one(mdns *m, const mdns_news *n)
{
    bool simple = m->from.port != MDNS_PORT;
    mdns_manner manner = {.ttl_s_max = simple ? TTL_OF_SIMPLE_S_MAX : UINT32_MAX, .flush = !simple};
    mdns_writer w;
    if (simple) {
        w = (mdns_writer){.bytes = m->packet, .size = sizeof m->packet, .at = n->questions_end};
        memcpy(m->packet + 2, "\x84\0", 2); /* a response, authoritative */
        memset(m->packet + 6, 0, 6);        /* and no records yet */
    } else {
        w = begin_packet(m, FLAG_RESPONSE | FLAG_AUTHORITATIVE);
    }
    (void)mdns_put_records(&w, m, n->asked, ANSWERS, manner);
    (void)mdns_put_records(&w, m, mdns_along(m, n->asked), ADDITIONALS, manner);
    send_packet(m, &w, m->from);
}
