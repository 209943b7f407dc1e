/* Packets for the mDNS responder, alone: what they mean, and that an answer can be written and read
 * again. */
#include "fuzz.h"

#include "look.h"

static const char *const text[] = {"path=/", NULL};
static const mdns_service services[] = {{.type = "_http._tcp", .port = 80, .text = text},
                                        {.type = "_osc._udp", .port = 9000}};
static mdns m;

/* Behind the questions, as to one who knows DNS only. */
static void answer(const mdns_news *n, size_t size)
{
    const mdns_manner manner = {.ttl_s_max = 10};
    mdns_writer w = {.bytes = m.packet, .size = sizeof m.packet, .at = n->questions_end};
    memset(m.packet + 6, 0, 6);
    uint32_t left = mdns_put_records(&w, &m, n->asked, ANSWERS, manner);
    must(w.at <= sizeof m.packet && (left || w.at > n->questions_end));
    must((left & ~n->asked) == 0);
    mdns_reader p = mdns_read(m.packet, w.at);
    for (unsigned i = 0; i < p.counts[QUESTIONS]; i++) {
        must(mdns_read_question(&p, &m.theirs));
    }
    for (unsigned i = 0; i < p.counts[ANSWERS]; i++) {
        must(mdns_read_record(&p, &m.theirs) && m.theirs.ttl_s <= 10);
    }
    must(p.at == w.at && size);
}

static void take(const uint8_t *data, size_t size, enum mdns_state state)
{
    m = (mdns){.services = services, .service_count = 2, .name = "yoke", .state = (uint8_t)state};
    m.address = (net_address){{192, 168, 0, 7}};
    memcpy(m.packet, data, size);
    mdns_news n = mdns_look(&m, size);
    must(((n.asked | n.known) & ~mdns_all(&m)) == 0 && (n.asked & n.known) == 0);
    must(n.questions_end <= size && m.broken <= 1);
    must(!n.is_taken || data[2] & 0x80);
    must(!n.comes_first || n.is_probe);
    if (n.asked) {
        answer(&n, size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size <= NET_DATAGRAM) {
        take(data, size, MDNS_PROBES);
        take(data, size, MDNS_ANSWERS);
    }
    return 0;
}
