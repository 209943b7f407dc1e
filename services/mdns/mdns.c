/* The task: probes, announces, answers, and says goodbye. */
#include "yoke/mdns.h"

#include "look.h"
#include "send.h"
#include "yoke/entropy.h"
#include "yoke/loop.h"

#include <stdio.h>
#include <string.h>

/* All from RFC 6762: 8.1, 8.2, 8.3, 6, 6.7, 7.2. */
#define PROBES         3u
#define PROBE_US       250000u
#define DEFER_US       1000000u /* somebody else probes for the name and has precedence */
#define FAILURES_MAX   10u      /* names in a row that were taken, and then */
#define FAILURE_US     5000000u
#define ANNOUNCEMENTS  2u
#define ANNOUNCE_US    1000000u
#define AGAIN_MS       1000u /* a record is not multicast more often, */
#define AGAIN_PROBE_MS 250u  /* nor told to one who probes */
#define SHARED_US_MIN  20000u
#define SHARED_US_MAX  120000u
#define MORE_US_MIN    400000u
#define MORE_US_MAX    500000u
#define NUMBER_MAX     999u

static uint64_t now_us(const mdns *m)
{
    return yoke_now_us(yoke_home(&m->task));
}

static uint32_t between(uint32_t least, uint32_t most)
{
    uint32_t chance;
    entropy_fill(&chance, sizeof chance);
    return least + chance % (most - least);
}

/* --- state ------------------------------------------------------------------------------------ */

static void set_state(mdns *m, enum mdns_state state)
{
    yoke_task *t = m->watcher;
    m->state = (uint8_t)state;
    m->changes++;
    m->watcher = NULL;
    if (t) {
        yoke_wake(t);
    }
}

int mdns_await_change(yoke_task *t, mdns *m, uint32_t *seen)
{
    if (m->changes == *seen) {
        return yoke_park(t, &m->watcher);
    }
    if (m->watcher == t) {
        m->watcher = NULL;
    }
    *seen = m->changes;
    return YOKE_OK;
}

static void choose_name(mdns *m)
{
    if (m->number == 1) {
        snprintf(m->name, sizeof m->name, "%s", m->host_name);
    } else {
        snprintf(m->name, sizeof m->name, "%s-%u", m->host_name, m->number);
    }
}

static void begin_probing(mdns *m, uint32_t delay_us)
{
    m->sent = 0;
    m->answers = 0;
    m->due_us = now_us(m) + delay_us;
    memset(m->sent_ms, 0, sizeof m->sent_ms);
    set_state(m, MDNS_PROBES);
}

/* --- answers to all --------------------------------------------------------------------------- */

static uint32_t not_sent_since(const mdns *m, uint32_t set, uint32_t ms)
{
    uint32_t now_ms = (uint32_t)(now_us(m) / 1000);
    for (unsigned i = 0; i < mdns_record_count(m); i++) {
        if (m->sent_ms[i] && now_ms - m->sent_ms[i] < ms) {
            set &= ~BIT(i);
        }
    }
    return set;
}

static void mark_sent(mdns *m, uint32_t set)
{
    uint32_t now_ms = (uint32_t)(now_us(m) / 1000);
    for (unsigned i = 0; i < mdns_record_count(m); i++) {
        if (set & BIT(i)) {
            m->sent_ms[i] = now_ms | 1;
        }
    }
}

static void answer_all(mdns *m, uint32_t set)
{
    mdns_send_to_all(m, set, mdns_along(m, set), UINT32_MAX);
    mark_sent(m, set);
}

/* What others may have as well, waits a little: so that they do not answer all at once. */
static uint32_t delay_us_of(const mdns *m, const mdns_news *n)
{
    uint32_t shared = mdns_each(m, POINTER_TO_IT) | mdns_each(m, TYPE_OF_IT);
    if (n->more_comes) {
        return between(MORE_US_MIN, MORE_US_MAX);
    }
    return (n->asked & shared) ? between(SHARED_US_MIN, SHARED_US_MAX) : 0;
}

static void answer_later(mdns *m, const mdns_news *n)
{
    uint32_t set = not_sent_since(m, n->asked, AGAIN_MS);
    uint64_t due_us = now_us(m) + delay_us_of(m, n);
    if (set && (!m->answers || due_us < m->answers_due_us)) {
        m->answers_due_us = due_us;
    }
    m->answers |= set;
}

static void answer_query(mdns *m, const mdns_news *n)
{
    if (!n->has_questions) {
        m->answers &= ~n->known; /* it belongs to a question that came before */
    } else if (!n->asked) {
        return;
    } else if (m->from.port != MDNS_PORT || (n->alone && !n->is_probe)) {
        mdns_answer_one(m, n);
    } else if (n->is_probe) {
        answer_all(m, not_sent_since(m, n->asked, AGAIN_PROBE_MS));
    } else {
        answer_later(m, n);
    }
}

/* --- what comes ------------------------------------------------------------------------------- */

static bool is_near(const mdns *m, net_address a)
{
    for (unsigned i = 0; i < sizeof a.ip; i++) {
        if ((a.ip[i] ^ m->address.ip[i]) & m->mask.ip[i]) {
            return false;
        }
    }
    return memcmp(&a, &m->address, sizeof a) != 0; /* our own that comes back says nothing */
}

static void name_is_taken(mdns *m)
{
    m->conflicts++;
    if (m->failures < FAILURES_MAX) {
        m->failures++;
    }
    m->number = (uint16_t)(m->number < NUMBER_MAX ? m->number + 1 : 1);
    choose_name(m);
    begin_probing(m, m->failures < FAILURES_MAX ? 0 : FAILURE_US);
}

static void take(mdns *m, size_t size)
{
    if (!is_near(m, m->from.address)) {
        return;
    }
    bool is_response = size > 2 && m->packet[2] & 0x80;
    if (is_response && m->from.port != MDNS_PORT) {
        return;
    }
    mdns_news n = mdns_look(m, size);
    bool probing = m->state == MDNS_PROBES && m->sent; /* before, nothing counts (8.1) */
    if (m->state == MDNS_ANSWERS && n.is_taken) {
        begin_probing(m, 0); /* whose it is, is seen then */
    } else if (m->state == MDNS_ANSWERS) {
        answer_query(m, &n);
    } else if (probing && n.is_taken) {
        name_is_taken(m);
    } else if (probing && n.comes_first) {
        begin_probing(m, DEFER_US);
    }
}

/* --- what is due ------------------------------------------------------------------------------ */

static void announce(mdns *m)
{
    answer_all(m, mdns_all(m));
    m->sent++;
    m->due_us = m->sent < ANNOUNCEMENTS ? m->due_us + ANNOUNCE_US : YOKE_NEVER;
}

static void go_on(mdns *m)
{
    if (m->state == MDNS_PROBES && m->sent < PROBES) {
        mdns_probe(m);
        m->sent++;
        m->due_us += PROBE_US;
        return;
    }
    if (m->state == MDNS_PROBES) {
        m->sent = 0;
        m->failures = 0;
        set_state(m, MDNS_ANSWERS);
    }
    announce(m);
}

static void do_what_is_due(mdns *m)
{
    if (m->answers && now_us(m) >= m->answers_due_us) {
        uint32_t set = m->answers;
        m->answers = 0;
        answer_all(m, set);
    }
    if (now_us(m) >= m->due_us) {
        go_on(m);
    }
}

static uint64_t next_us(const mdns *m)
{
    return m->answers && m->answers_due_us < m->due_us ? m->answers_due_us : m->due_us;
}

/* --- the network ------------------------------------------------------------------------------ */

static bool open_socket(mdns *m)
{
    if (m->socket.pcb) {
        return true;
    }
    if (net_open(&m->socket, MDNS_PORT) != YOKE_OK) {
        return false;
    }
    if (net_join_group(mdns_group.address) != YOKE_OK) {
        net_shut(&m->socket);
        return false;
    }
    return true;
}

static void follow_network(mdns *m)
{
    net_status s = net_read_status();
    m->address = s.address;
    m->mask = s.mask;
    if (s.has_address && open_socket(m)) {
        begin_probing(m, between(0, PROBE_US));
        return;
    }
    m->due_us = YOKE_NEVER;
    m->answers = 0;
    if (m->state != MDNS_WAITS) {
        set_state(m, MDNS_WAITS);
    }
}

static void leave_network(mdns *m)
{
    if (m->socket.pcb) {
        mdns_say_goodbye(m);
        (void)net_leave_group(mdns_group.address);
        net_shut(&m->socket);
    }
    set_state(m, MDNS_WAITS);
}

/* --- the task --------------------------------------------------------------------------------- */

static bool is_made_of(const char *text, const char *allowed, size_t length_max)
{
    size_t length = strlen(text);
    return length >= 1 && length <= length_max && strspn(text, allowed) == length;
}

static bool is_service(const mdns_service *s)
{
    size_t text = 0;
    for (const char *const *one = s->text; one && *one; one++) {
        text += 1 + strlen(*one);
    }
    return s->type &&
           is_made_of(s->type, "abcdefghijklmnopqrstuvwxyz0123456789-_.", MDNS_TYPE_MAX) &&
           text <= MDNS_TEXT_MAX;
}

static bool is_valid(const mdns *m)
{
    bool valid =
        m->service_count <= MDNS_SERVICES && m->host_name &&
        is_made_of(m->host_name, "abcdefghijklmnopqrstuvwxyz0123456789-", MDNS_HOST_NAME_MAX);
    for (unsigned i = 0; valid && i < m->service_count; i++) {
        valid = is_service(&m->services[i]);
    }
    return valid;
}

static int begin(mdns *m)
{
    if (!is_valid(m)) {
        return YOKE_EINVAL;
    }
    m->number = 1;
    m->failures = 0;
    m->due_us = YOKE_NEVER;
    m->moved = false;
    m->seen = net_read_status().changes - 1; /* look at once */
    choose_name(m);
    return YOKE_OK;
}

/* Answers the size of a packet; or YOKE_OK, and the network has changed; or YOKE_ETIMEDOUT:
 * something is due. */
static int wait_for_something(yoke_task *t, mdns *m)
{
    int answer = net_await_change(t, &m->seen);
    if (answer != YOKE_PENDING) {
        m->moved = answer == YOKE_OK;
        return answer;
    }
    if (m->socket.pcb) {
        answer = net_receive(t, &m->socket, m->packet, sizeof m->packet, &m->from);
    }
    uint64_t due_us = next_us(m), now = now_us(m);
    if (due_us == YOKE_NEVER) {
        return answer;
    }
    uint64_t wait_us = due_us > now ? due_us - now : 0;
    return yoke_within(t, (uint32_t)((wait_us + 999) / 1000), answer);
}

int mdns_body(yoke_task *t)
{
    mdns *m = YOKE_FRAME(mdns, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, begin(m));
    for (;;) {
        YOKE_AWAIT(t, wait_for_something(t, m));
        if (t->status == YOKE_ECANCELED || t->status == YOKE_EBUSY) {
            t->rc = t->status;
            break;
        }
        if (m->moved) {
            m->moved = false;
            follow_network(m);
        } else if (t->status > 0) {
            take(m, (size_t)t->status);
        }
        do_what_is_due(m);
    }
    YOKE_FINALLY(t);
    leave_network(m);
    YOKE_END(t);
}
