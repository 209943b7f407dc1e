/* Looking up names, with a name server that is played by the test. */
#include "peer.h"

#include "yoke/dns.h"

#include <stdio.h>

#define ANSWERS_NOTHING 0xFF

static uint8_t server_answers; /* with 10.1.1.this; 0: there is no such name */
static unsigned questions;
static uint8_t last_query[300];
static size_t last_query_size;
static net_peer last_asker, last_server;

/* --- the name server -------------------------------------------------------------------------- */

static void reply_with(uint8_t last, const net_peer *from)
{
    uint8_t reply[400];
    size_t size = last_query_size;
    memcpy(reply, last_query, size);
    reply[2] |= 0x80;
    reply[3] = last ? 0 : 3;
    if (last) {
        const uint8_t record[] = {0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 1, 1, last};
        memcpy(reply + size, record, sizeof record);
        size += sizeof record;
        reply[7] = 1;
    }
    peer_send(*from, last_asker, reply, size);
}

static void hear(const datagram *d)
{
    if (d->to.port != 53 && d->to.port != 5353) {
        return;
    }
    questions++;
    last_query_size = d->size;
    memcpy(last_query, d->data, d->size);
    last_asker = d->from;
    last_server = d->to;
    if (server_answers != ANSWERS_NOTHING) {
        net_peer from = d->to.port == 53 ? d->to : peer_at(9, 5353);
        reply_with(server_answers, &from);
    }
}

/* --- who asks --------------------------------------------------------------------------------- */

typedef struct {
    yoke_task task;
    const char *name;
    uint32_t ms; /* 0: without a limit */
    net_address found;
} asker;

static int resolve(yoke_task *t, asker *me)
{
    int answer = dns_resolve(t, me->name, &me->found);
    return me->ms ? yoke_within(t, me->ms, answer) : answer;
}

static int asker_body(yoke_task *t)
{
    asker *me = YOKE_FRAME(asker, t);
    char text[NET_TEXT_LENGTH];
    YOKE_BEGIN(t);
    YOKE_TRY(t, resolve(t, me));
    note("%s is %s", me->name, net_to_text(me->found, text));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static asker askers[DNS_LOOKUPS + 2];

static void start(unsigned i, const char *name, uint32_t ms)
{
    askers[i] = (asker){.task = YOKE_TASK(asker_body), .name = name, .ms = ms};
    begin(&platform, &askers[i].task);
}

static int ended_with(unsigned i)
{
    assert_true(yoke_done(&askers[i].task));
    return askers[i].task.rc;
}

/* Names are kept as long as their server allows, so each test has names of its own. */
static const char *fresh_name(void)
{
    static char names[64][24];
    static unsigned count;
    char *name = names[count % 64];
    snprintf(name, sizeof names[0], "host-%u.example", count++);
    return name;
}

static int setup(void **state)
{
    peer_setup(state);
    peer_hear = hear;
    server_answers = 7;
    questions = 0;
    peer_start();
    world_run_ms(10);
    return 0;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_a_name_is_found_and_kept(void **state)
{
    (void)state;
    const char *name = fresh_name();
    start(0, name, 0);
    world_run_ms(100);
    assert_int_equal(ended_with(0), YOKE_OK);
    assert_int_equal(askers[0].found.ip[3], 7);
    assert_int_equal(questions, 1);
    server_answers = 8;
    start(0, name, 0);
    world_run_ms(100);
    assert_int_equal(ended_with(0), YOKE_OK);
    assert_int_equal(askers[0].found.ip[3], 7);
    assert_int_equal(questions, 1);
    peer_stop();
}

static void test_numbers_need_no_server(void **state)
{
    (void)state;
    start(0, "192.168.0.1", 0);
    world_run_ms(10);
    assert_trace("192.168.0.1 is 192.168.0.1\n");
    assert_int_equal(questions, 0);
    peer_stop();
}

static void test_local_names_are_asked_of_all(void **state)
{
    (void)state;
    start(0, "lamp.local", 0);
    world_run_ms(100);
    assert_trace("lamp.local is 10.1.1.7\n");
    assert_int_equal(last_server.port, 5353);
    assert_int_equal(last_server.address.ip[0], 224);
    peer_stop();
}

static void test_no_such_name(void **state)
{
    (void)state;
    server_answers = 0;
    start(0, fresh_name(), 0);
    world_run_ms(100);
    assert_int_equal(ended_with(0), YOKE_ENOENT);
    peer_stop();
}

static void test_nobody_answers(void **state)
{
    (void)state;
    server_answers = ANSWERS_NOTHING;
    uint32_t failed = dns_read_stats().failed;
    start(0, fresh_name(), 0);
    world_run_ms(20000);
    assert_int_equal(ended_with(0), YOKE_ENOENT);
    assert_int_equal(questions, 4);
    assert_int_equal(dns_read_stats().failed - failed, 1);
    peer_stop();
}

static void test_a_question_that_is_lost_is_asked_again(void **state)
{
    (void)state;
    server_answers = ANSWERS_NOTHING;
    start(0, fresh_name(), 0);
    world_run_ms(100);
    server_answers = 9;
    world_run_ms(3000);
    assert_int_equal(ended_with(0), YOKE_OK);
    assert_int_equal(askers[0].found.ip[3], 9);
    peer_stop();
}

static void test_forged_answers_change_nothing(void **state)
{
    (void)state;
    server_answers = ANSWERS_NOTHING;
    start(0, fresh_name(), 0);
    world_run_ms(10);
    net_peer stranger = peer_at(66, 53);
    reply_with(66, &stranger);
    last_query[1] ^= 1; /* another number */
    reply_with(66, &last_server);
    last_query[1] ^= 1;
    last_query[13] ^= 1; /* another name */
    reply_with(66, &last_server);
    last_query[13] ^= 1;
    world_run_ms(10);
    assert_false(yoke_done(&askers[0].task));
    reply_with(5, &last_server);
    world_run_ms(10);
    assert_int_equal(ended_with(0), YOKE_OK);
    assert_int_equal(askers[0].found.ip[3], 5);
    peer_stop();
}

static void test_several_at_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DNS_LOOKUPS; i++) {
        start(i, fresh_name(), 0);
    }
    world_run_ms(100);
    for (unsigned i = 0; i < DNS_LOOKUPS; i++) {
        assert_int_equal(ended_with(i), YOKE_OK);
    }
    assert_int_equal(questions, DNS_LOOKUPS);
    peer_stop();
}

static void test_two_for_the_same_name(void **state)
{
    (void)state;
    const char *name = fresh_name();
    start(0, name, 0);
    start(1, name, 0);
    world_run_ms(100);
    assert_int_equal(ended_with(0), YOKE_OK);
    assert_int_equal(ended_with(1), YOKE_OK);
    assert_int_equal(questions, 1);
    peer_stop();
}

static void test_one_too_many(void **state)
{
    (void)state;
    uint32_t refused = dns_read_stats().refused;
    server_answers = ANSWERS_NOTHING;
    for (unsigned i = 0; i <= DNS_LOOKUPS; i++) {
        start(i, fresh_name(), 0);
        world_run_ms(1);
    }
    world_run_ms(100);
    assert_int_equal(ended_with(DNS_LOOKUPS), YOKE_EFULL);
    assert_int_equal(dns_read_stats().refused - refused, 1);
    world_run_ms(20000);
    for (unsigned i = 0; i < DNS_LOOKUPS; i++) {
        assert_int_equal(ended_with(i), YOKE_ENOENT);
    }
    server_answers = 3;
    start(0, fresh_name(), 0); /* there is room again */
    world_run_ms(100);
    assert_int_equal(ended_with(0), YOKE_OK);
    peer_stop();
}

/* What is left behind by a wait that has ended must not touch its frame. */
static void test_cancelled_and_limited(void **state)
{
    (void)state;
    server_answers = ANSWERS_NOTHING;
    start(0, fresh_name(), 0);
    start(1, fresh_name(), 50);
    world_run_ms(100);
    yoke_cancel(&askers[0].task);
    world_run_ms(10);
    assert_int_equal(ended_with(0), YOKE_ECANCELED);
    assert_int_equal(ended_with(1), YOKE_ETIMEDOUT);
    memset(askers, 0xAA, sizeof askers);
    server_answers = 4;
    world_run_ms(20000);
    for (unsigned i = 0; i < sizeof askers; i++) {
        assert_int_equal(((const uint8_t *)askers)[i], 0xAA);
    }
    for (unsigned i = 0; i < DNS_LOOKUPS; i++) { /* and each place is free */
        start(i, fresh_name(), 0);
    }
    world_run_ms(100);
    for (unsigned i = 0; i < DNS_LOOKUPS; i++) {
        assert_int_equal(ended_with(i), YOKE_OK);
    }
    peer_stop();
}

static void test_what_is_no_name(void **state)
{
    (void)state;
    static char long_name[DNS_NAME_MAX + 2];
    memset(long_name, 'a', DNS_NAME_MAX + 1);
    start(0, "", 0);
    start(1, long_name, 0);
    world_run_ms(10);
    assert_int_equal(ended_with(0), YOKE_EINVAL);
    assert_int_equal(ended_with(1), YOKE_EINVAL);
    peer_stop();
    start(0, fresh_name(), 0); /* no stack */
    world_run_ms(10);
    assert_int_equal(ended_with(0), YOKE_EINVAL);
}

#define dns_test(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        dns_test(test_a_name_is_found_and_kept),
        dns_test(test_numbers_need_no_server),
        dns_test(test_local_names_are_asked_of_all),
        dns_test(test_no_such_name),
        dns_test(test_nobody_answers),
        dns_test(test_a_question_that_is_lost_is_asked_again),
        dns_test(test_forged_answers_change_nothing),
        dns_test(test_several_at_once),
        dns_test(test_two_for_the_same_name),
        dns_test(test_one_too_many),
        dns_test(test_cancelled_and_limited),
        dns_test(test_what_is_no_name),
    };
    return cmocka_run_group_tests_name("dns", tests, NULL, NULL);
}
