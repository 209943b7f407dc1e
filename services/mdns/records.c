/* The records that are ours: names, data, and how they compare with those of others. */
#include "records.h"

#include <string.h>

#define TTL_OF_HOST_S  120u /* RFC 6762, 10 */
#define TTL_OF_OTHER_S 4500u

static unsigned kind_of(unsigned record)
{
    return (record - FIRST_OF_SERVICES) % A_SERVICE;
}

static bool is_of_host(unsigned record)
{
    return record < FIRST_OF_SERVICES;
}

static const mdns_service *service_of(const mdns *m, unsigned record)
{
    return &m->services[(record - FIRST_OF_SERVICES) / A_SERVICE];
}

unsigned mdns_record_count(const mdns *m)
{
    return FIRST_OF_SERVICES + A_SERVICE * m->service_count;
}

bool mdns_is_unique(unsigned record)
{
    return is_of_host(record) || kind_of(record) == SERVER || kind_of(record) == TEXT;
}

/* --- sets of them ----------------------------------------------------------------------------- */

uint32_t mdns_all(const mdns *m)
{
    return BIT(mdns_record_count(m)) - 1;
}

uint32_t mdns_each(const mdns *m, unsigned kind)
{
    uint32_t set = 0;
    for (unsigned i = 0; i < m->service_count; i++) {
        set |= BIT(FIRST_OF_SERVICES + A_SERVICE * i + kind);
    }
    return set;
}

uint32_t mdns_along(const mdns *m, uint32_t asked)
{
    uint32_t pointers = asked & mdns_each(m, POINTER_TO_IT);
    uint32_t set = pointers << SERVER | pointers << TEXT;
    if ((asked | set) & mdns_each(m, SERVER)) {
        set |= BIT(ADDRESS);
    }
    if ((asked | set) & BIT(ADDRESS)) {
        set |= BIT(NO_OTHER_ADDRESS);
    }
    return set & ~asked;
}

/* --- names ------------------------------------------------------------------------------------ */

static void put_host(mdns_writer *w, const mdns *m)
{
    mdns_put_labels(w, m->name);
    mdns_put_labels(w, "local");
    mdns_put_end(w);
}

static void put_type(mdns_writer *w, const mdns_service *s)
{
    mdns_put_labels(w, s->type);
    mdns_put_labels(w, "local");
    mdns_put_end(w);
}

static void put_instance(mdns_writer *w, const mdns *m, const mdns_service *s)
{
    mdns_put_labels(w, m->name);
    put_type(w, s);
}

static void put_name(mdns_writer *w, const mdns *m, unsigned record)
{
    if (is_of_host(record)) {
        put_host(w, m);
    } else if (kind_of(record) == POINTER_TO_IT) {
        put_type(w, service_of(m, record));
    } else if (kind_of(record) == TYPE_OF_IT) {
        mdns_put_labels(w, "_services._dns-sd._udp.local");
        mdns_put_end(w);
    } else {
        put_instance(w, m, service_of(m, record));
    }
}

static uint16_t type_of(unsigned record)
{
    static const uint16_t of_host[] = {[ADDRESS] = TYPE_A, [NO_OTHER_ADDRESS] = TYPE_NSEC};
    static const uint16_t of_service[] = {[POINTER_TO_IT] = TYPE_PTR,
                                          [SERVER] = TYPE_SRV,
                                          [TEXT] = TYPE_TXT,
                                          [TYPE_OF_IT] = TYPE_PTR};
    return is_of_host(record) ? of_host[record] : of_service[kind_of(record)];
}

static uint32_t ttl_s_of(unsigned record)
{
    return is_of_host(record) || kind_of(record) == SERVER ? TTL_OF_HOST_S : TTL_OF_OTHER_S;
}

/* --- data ------------------------------------------------------------------------------------- */

/* "There is nothing but an A record of this name" (RFC 6762, 6.1), so that nobody waits in vain for
 * an IPv6 address: one block of bits, of which bit 1 is set. */
static void put_no_other(mdns_writer *w, const mdns *m)
{
    put_host(w, m);
    mdns_put(w, "\0\1\x40", 3);
}

static void put_server(mdns_writer *w, const mdns *m, const mdns_service *s)
{
    mdns_put_32(w, 0); /* priority and weight */
    mdns_put_16(w, s->port);
    put_host(w, m);
}

static void put_text(mdns_writer *w, const mdns_service *s)
{
    const char *const *text = s->text;
    if (!text || !*text) {
        mdns_put(w, "", 1); /* RFC 6763, 6.1 */
        return;
    }
    for (; *text; text++) {
        uint8_t length = (uint8_t)strlen(*text);
        mdns_put(w, &length, 1);
        mdns_put(w, *text, length);
    }
}

static void put_data(mdns_writer *w, const mdns *m, unsigned record)
{
    if (record == ADDRESS) {
        mdns_put(w, m->address.ip, sizeof m->address.ip);
    } else if (record == NO_OTHER_ADDRESS) {
        put_no_other(w, m);
    } else if (kind_of(record) == SERVER) {
        put_server(w, m, service_of(m, record));
    } else if (kind_of(record) == TEXT) {
        put_text(w, service_of(m, record));
    } else if (kind_of(record) == POINTER_TO_IT) {
        put_instance(w, m, service_of(m, record));
    } else {
        put_type(w, service_of(m, record));
    }
}

/* --- whole ones ------------------------------------------------------------------------------- */

static void build_name(const mdns *m, unsigned record, mdns_record *r)
{
    mdns_writer w = {.bytes = r->name, .size = sizeof r->name};
    put_name(&w, m, record);
    r->name_size = w.at;
}

static void build_data(const mdns *m, unsigned record, mdns_record *r)
{
    mdns_writer w = {.bytes = r->data, .size = sizeof r->data};
    put_data(&w, m, record);
    r->data_size = w.at;
    r->type = type_of(record);
    r->class = CLASS_IN;
    r->ttl_s = ttl_s_of(record);
}

static bool is_same_name(const mdns_record *a, const mdns_record *b)
{
    return a->name_size == b->name_size && memcmp(a->name, b->name, a->name_size) == 0;
}

bool mdns_is_of(const mdns *m, unsigned record, const mdns_record *theirs, mdns_record *ours)
{
    build_name(m, record, ours);
    if (!is_same_name(ours, theirs)) {
        return false;
    }
    build_data(m, record, ours);
    return true;
}

int mdns_compare(const mdns_record *a, const mdns_record *b)
{
    if (a->type != b->type) {
        return a->type < b->type ? -1 : 1;
    }
    size_t common = a->data_size < b->data_size ? a->data_size : b->data_size;
    int order = memcmp(a->data, b->data, common < sizeof a->data ? common : sizeof a->data);
    if (order || a->data_size == b->data_size) {
        return order;
    }
    return a->data_size < b->data_size ? -1 : 1;
}

static void put_class(mdns_writer *w, bool top)
{
    mdns_put_16(w, top ? 0x8000u | CLASS_IN : CLASS_IN);
}

void mdns_put_questions(mdns_writer *w, const mdns *m, uint32_t set)
{
    for (unsigned i = 0; i < mdns_record_count(m); i++) {
        if (set & BIT(i)) {
            put_name(w, m, i);
            mdns_put_16(w, TYPE_ANY);
            put_class(w, true); /* answer us alone (RFC 6762, 8.1) */
            mdns_count(w, QUESTIONS);
        }
    }
}

static void put_record(mdns_writer *w, const mdns *m, unsigned record, mdns_manner manner)
{
    uint32_t ttl_s = ttl_s_of(record);
    put_name(w, m, record);
    mdns_put_16(w, type_of(record));
    put_class(w, manner.flush && mdns_is_unique(record));
    mdns_put_32(w, ttl_s < manner.ttl_s_max ? ttl_s : manner.ttl_s_max);
    size_t length_at = w->at;
    mdns_put_16(w, 0);
    put_data(w, m, record);
    if (!w->full) {
        size_t length = w->at - length_at - 2;
        w->bytes[length_at] = (uint8_t)(length >> 8);
        w->bytes[length_at + 1] = (uint8_t)length;
    }
}

uint32_t mdns_put_records(mdns_writer *w, const mdns *m, uint32_t set, unsigned section,
                          mdns_manner manner)
{
    for (unsigned i = 0; i < mdns_record_count(m); i++) {
        size_t start = w->at;
        if (set & BIT(i)) {
            put_record(w, m, i, manner);
        }
        if (w->full) {
            w->at = start;
            return set;
        }
        if (set & BIT(i)) {
            mdns_count(w, section);
            set &= ~BIT(i);
        }
    }
    return set;
}
