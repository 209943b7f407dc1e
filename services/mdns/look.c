/* What a packet that has come means for us: questions, what is known already, and claims to names
 * of ours. Nothing is sent from here. */
#include "look.h"

/* --- queries ---------------------------------------------------------------------------------- */

static bool is_class(const mdns_record *r)
{
    return r->class == CLASS_IN || r->class == CLASS_ANY;
}

/* The question has the name of record `i`. Of a host, what there is not is an answer as well. */
static uint32_t asked_of(unsigned i, const mdns_record *question, const mdns_record *ours)
{
    if (question->type == TYPE_ANY || question->type == ours->type) {
        return BIT(i);
    }
    return i == ADDRESS ? BIT(NO_OTHER_ADDRESS) : 0;
}

static void look_at_question(mdns *m, mdns_news *n)
{
    for (unsigned i = 0; i < mdns_record_count(m); i++) {
        if (is_class(&m->theirs) && mdns_is_of(m, i, &m->theirs, &m->ours)) {
            n->asked |= asked_of(i, &m->theirs, &m->ours);
            n->alone |= m->theirs.top;
        }
    }
}

/* Known to him for at least half of its life (RFC 6762, 7.1). */
static void look_at_known(mdns *m, mdns_news *n)
{
    for (unsigned i = 0; i < mdns_record_count(m); i++) {
        if (mdns_is_of(m, i, &m->theirs, &m->ours) && mdns_compare(&m->theirs, &m->ours) == 0 &&
            m->theirs.ttl_s >= m->ours.ttl_s / 2) {
            n->known |= BIT(i);
        }
    }
}

/* A record that he will have if nobody objects. Compared with those that we would put into a probe:
 * `claimed` gets the bits of those that have its name, `not_behind` if it does not stand behind. */
static void look_at_claim(mdns *m, mdns_news *n, uint32_t *claimed, uint32_t *not_behind)
{
    uint32_t probed = BIT(ADDRESS) | mdns_each(m, SERVER);
    for (unsigned i = 0; i < mdns_record_count(m); i++) {
        if (probed & BIT(i) && mdns_is_of(m, i, &m->theirs, &m->ours)) {
            n->is_probe = true;
            *claimed |= BIT(i);
            if (mdns_compare(&m->ours, &m->theirs) >= 0) {
                *not_behind |= BIT(i);
            }
        }
    }
}

static void look_at_query(mdns *m, mdns_reader *p, mdns_news *n)
{
    uint32_t claimed = 0, not_behind = 0;
    for (unsigned i = 0; i < p->counts[QUESTIONS] && mdns_read_question(p, &m->theirs); i++) {
        look_at_question(m, n);
    }
    n->questions_end = p->at;
    n->has_questions = p->counts[QUESTIONS];
    n->more_comes = p->flags & FLAG_TRUNCATED;
    for (unsigned i = 0; i < p->counts[ANSWERS] && mdns_read_record(p, &m->theirs); i++) {
        look_at_known(m, n);
    }
    for (unsigned i = 0; i < p->counts[AUTHORITIES] && mdns_read_record(p, &m->theirs); i++) {
        look_at_claim(m, n, &claimed, &not_behind);
    }
    n->asked &= ~n->known;
    n->comes_first = claimed & ~not_behind; /* ours would stand before all of his (8.2) */
}

/* --- responses -------------------------------------------------------------------------------- */

/* Somebody says this of a name of ours. As long as we probe, the name is taken by any record that
 * is not one of ours; later, by one that contradicts ours (RFC 6762, 9). */
static bool contradicts(mdns *m)
{
    bool is_ours = false, is_same = false, differs = false;
    for (unsigned i = 0; i < mdns_record_count(m); i++) {
        if (!mdns_is_unique(i) || !mdns_is_of(m, i, &m->theirs, &m->ours)) {
            continue;
        }
        is_ours = true;
        is_same |= mdns_compare(&m->theirs, &m->ours) == 0;
        differs |= m->theirs.type == m->ours.type && m->theirs.type != TYPE_NSEC;
    }
    return is_ours && !is_same && (m->state == MDNS_PROBES || differs);
}

static void look_at_response(mdns *m, mdns_reader *p, mdns_news *n)
{
    unsigned count = (unsigned)p->counts[ANSWERS] + p->counts[AUTHORITIES] + p->counts[ADDITIONALS];
    for (unsigned i = 0; i < p->counts[QUESTIONS] && mdns_read_question(p, &m->theirs); i++) {
    }
    for (unsigned i = 0; i < count && mdns_read_record(p, &m->theirs); i++) {
        bool counts = m->theirs.class == CLASS_IN && m->theirs.ttl_s > 0; /* else it is a goodbye */
        n->is_taken |= counts && contradicts(m);
    }
}

mdns_news mdns_look(mdns *m, size_t size)
{
    mdns_news n = {0};
    mdns_reader p = mdns_read(m->packet, size);
    if (!p.broken && p.flags & MASK_OPCODE) {
        return n;
    }
    if (p.flags & FLAG_RESPONSE) {
        look_at_response(m, &p, &n);
    } else {
        look_at_query(m, &p, &n);
    }
    if (p.broken) {
        m->broken++;
        n = (mdns_news){0};
    }
    return n;
}
