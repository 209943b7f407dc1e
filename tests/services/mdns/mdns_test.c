/* The task of mdns on a network that is played by the test: each packet it sends is a line of the
 * trace. Chance decides about delays, never about the order. */
#include "peer.h"

#include "look.h"

#include <lwip/netif.h>
#include <stdio.h>

static const char *const text[] = {"path=/", NULL};
static const mdns_service services[] = {{.type = "_http._tcp", .port = 80, .text = text}};
static const net_peer group = {.address = {{224, 0, 0, 251}}, .port = 5353};

static mdns m, reading; /* the latter is a place to read into */
static mdns_writer w;
static uint8_t packet[512];
static void (*on_probe)(void);

/* --- what the device sends -------------------------------------------------------------------- */

static const char *name_of(const mdns_record *r)
{
    static char name[256];
    size_t at = 0, end = 0;
    while (r->name[at]) {
        end += (size_t)snprintf(name + end, sizeof name - end, "%s%.*s", end ? "." : "",
                                r->name[at], (const char *)&r->name[at + 1]);
        at += r->name[at] + 1u;
    }
    return name;
}

static const char *type_text(unsigned type)
{
    switch (type) {
    case TYPE_A:
        return "A";
    case TYPE_PTR:
        return "PTR";
    case TYPE_TXT:
        return "TXT";
    case TYPE_SRV:
        return "SRV";
    case TYPE_NSEC:
        return "NSEC";
    default:
        return "?";
    }
}

static void note_records(mdns_reader *p, char line[200], int end)
{
    for (unsigned i = 0; i < p->counts[ANSWERS] + p->counts[ADDITIONALS]; i++) {
        assert_true(mdns_read_record(p, &reading.theirs));
        const char *what = reading.theirs.ttl_s ? "answer" : "goodbye";
        const char *before = i == 0 ? what : i == p->counts[ANSWERS] ? " +" : "";
        end += snprintf(line + end, 200 - (size_t)end, "%s %s", before,
                        type_text(reading.theirs.type));
    }
    if (p->flags & FLAG_RESPONSE) {
        note("%s", line);
    }
}

/* "probe yoke.local", "answer A PTR + SRV" (to one: "9:5353 answer …"), "goodbye A PTR". */
static void hear(const datagram *d)
{
    char line[200];
    int end = 0;
    mdns_reader p = mdns_read(d->data, d->size);
    assert_int_equal(d->from.port, 5353);
    if (d->to.address.ip[0] != group.address.ip[0]) {
        end = snprintf(line, sizeof line, "%u:%u ", d->to.address.ip[3], d->to.port);
    }
    bool probes = !(p.flags & FLAG_RESPONSE);
    for (unsigned i = 0; i < p.counts[QUESTIONS]; i++) {
        assert_true(mdns_read_question(&p, &reading.theirs));
        if (i == 0 && probes) {
            assert_true(reading.theirs.top);
            note("probe %s", name_of(&reading.theirs));
        }
    }
    note_records(&p, line, end);
    if (on_probe && !(p.flags & FLAG_RESPONSE)) {
        on_probe();
    }
}

/* --- what others send ------------------------------------------------------------------------- */

static void begin_packet(unsigned flags)
{
    w = mdns_write(packet, sizeof packet, 0, (uint16_t)flags);
}

static void put_question(const char *labels, uint16_t type)
{
    mdns_put_labels(&w, labels);
    mdns_put_end(&w);
    mdns_put_16(&w, type);
    mdns_put_16(&w, CLASS_IN);
    mdns_count(&w, QUESTIONS);
}

static void put_address(unsigned section, const char *labels, uint8_t last)
{
    mdns_put_labels(&w, labels);
    mdns_put_end(&w);
    mdns_put_16(&w, TYPE_A);
    mdns_put_16(&w, CLASS_IN);
    mdns_put_32(&w, 120);
    mdns_put_16(&w, 4);
    mdns_put(&w, (uint8_t[]){10, 0, 0, last}, 4);
    mdns_count(&w, section);
}

static void send_to_all(uint8_t last, uint16_t port)
{
    peer_send(peer_at(last, port), group, packet, w.at);
}

static void ask(const char *labels, uint16_t type)
{
    begin_packet(0);
    put_question(labels, type);
    send_to_all(9, 5353);
}

/* --- beginning and end ------------------------------------------------------------------------ */

static int setup(void **state)
{
    peer_setup(state);
    peer_hear = hear;
    on_probe = NULL;
    m = (mdns){.task = YOKE_TASK(mdns_body),
               .host_name = "yoke",
               .services = services,
               .service_count = 1};
    peer_start();
    begin(&platform, &m.task);
    return 0;
}

static void forget(void)
{
    trace_begin(0);
}

static void become_known(void)
{
    world_run_ms(5000);
    assert_int_equal(m.state, MDNS_ANSWERS);
    forget();
}

static void stop(void)
{
    yoke_cancel(&m.task);
    world_run_ms(10);
    assert_true(yoke_done(&m.task));
    assert_int_equal(m.task.rc, YOKE_ECANCELED);
    peer_stop();
}

#define ALL "answer A NSEC PTR SRV TXT PTR\n"

/* --- tests ------------------------------------------------------------------------------------ */

static void test_three_probes_two_announcements_a_goodbye(void **state)
{
    (void)state;
    world_run_ms(5000);
    assert_trace("probe yoke.local\nprobe yoke.local\nprobe yoke.local\n" ALL ALL);
    assert_string_equal(m.name, "yoke");
    assert_int_equal(m.state, MDNS_ANSWERS);
    forget();
    stop();
    assert_trace("goodbye A NSEC PTR SRV TXT\n");
}

static void test_questions_are_answered(void **state)
{
    (void)state;
    become_known();
    ask("yoke.local", TYPE_A);
    world_run_ms(2000);
    ask("yoke.local", TYPE_AAAA);
    world_run_ms(2000);
    ask("_http._tcp.local", TYPE_PTR);
    world_run_ms(2000);
    ask("other.local", TYPE_A);
    world_run_ms(2000);
    assert_trace("answer A + NSEC\nanswer NSEC\nanswer PTR + A NSEC SRV TXT\n");
    stop();
}

static void test_the_same_again_within_a_second_is_not(void **state)
{
    (void)state;
    become_known();
    ask("yoke.local", TYPE_A);
    world_run_ms(100);
    ask("yoke.local", TYPE_A);
    world_run_ms(2000);
    assert_trace("answer A + NSEC\n");
    ask("yoke.local", TYPE_A);
    world_run_ms(100);
    assert_int_equal(trace_count("answer A + NSEC"), 2);
    stop();
}

static void test_several_questions_one_answer(void **state)
{
    (void)state;
    become_known();
    ask("_http._tcp.local", TYPE_PTR);
    world_run_ms(5);
    ask("_services._dns-sd._udp.local", TYPE_PTR);
    world_run_ms(2000);
    assert_trace("answer PTR PTR + A NSEC SRV TXT\n");
    stop();
}

static void test_who_knows_only_dns_is_answered_alone(void **state)
{
    (void)state;
    become_known();
    begin_packet(0);
    put_question("yoke.local", TYPE_A);
    send_to_all(9, 40000);
    world_run_ms(100);
    assert_trace("9:40000 answer A + NSEC\n");
    stop();
}

static void test_who_is_not_near_is_not_answered(void **state)
{
    (void)state;
    become_known();
    begin_packet(0);
    put_question("yoke.local", TYPE_A);
    net_peer far_away = {.address = {{10, 0, 1, 9}}, .port = 5353};
    peer_send(far_away, peer_at(2, 5353), packet, w.at);
    peer_send(peer_at(2, 5353), group, packet, w.at); /* nor ourselves */
    peer_send(peer_at(9, 5353), group, packet, 0);    /* nor nothing */
    world_run_ms(1000);
    assert_trace("");
    stop();
}

static void test_known_answers_may_come_later(void **state)
{
    (void)state;
    become_known();
    begin_packet(FLAG_TRUNCATED);
    put_question("yoke.local", TYPE_A);
    send_to_all(9, 5353);
    begin_packet(0);
    put_address(ANSWERS, "yoke.local", 2);
    send_to_all(9, 5353);
    world_run_ms(1000);
    assert_trace("");
    begin_packet(FLAG_TRUNCATED);
    put_question("yoke.local", TYPE_A);
    send_to_all(9, 5353);
    world_run_ms(1000);
    assert_trace("answer A + NSEC\n");
    stop();
}

/* --- conflicts -------------------------------------------------------------------------------- */

static const char *owned; /* by 10.0.0.9 */

static void defend(void)
{
    begin_packet(FLAG_RESPONSE | FLAG_AUTHORITATIVE);
    put_address(ANSWERS, owned, 9);
    send_to_all(9, 5353);
}

static void test_a_name_that_is_taken(void **state)
{
    (void)state;
    owned = "yoke.local";
    on_probe = defend;
    world_run_ms(5000);
    assert_trace("probe yoke.local\n"
                 "probe yoke-2.local\nprobe yoke-2.local\nprobe yoke-2.local\n" ALL ALL);
    assert_string_equal(m.name, "yoke-2");
    assert_int_equal(m.conflicts, 1);
    forget();
    ask("yoke-2._http._tcp.local", TYPE_SRV);
    world_run_ms(100);
    assert_trace("answer SRV + A NSEC\n");
    stop();
}

static void test_a_name_that_is_taken_later(void **state)
{
    (void)state;
    become_known();
    owned = "yoke.local";
    on_probe = defend;
    defend();
    world_run_ms(5000);
    assert_trace("probe yoke.local\n"
                 "probe yoke-2.local\nprobe yoke-2.local\nprobe yoke-2.local\n" ALL ALL);
    stop();
}

/* 10.0.0.9 says so once, and is gone. */
static void test_a_name_that_is_given_up(void **state)
{
    (void)state;
    become_known();
    owned = "yoke.local";
    defend();
    world_run_ms(5000);
    assert_trace("probe yoke.local\nprobe yoke.local\nprobe yoke.local\n" ALL ALL);
    assert_int_equal(m.conflicts, 0);
    stop();
}

static void claim(void)
{
    on_probe = NULL;
    begin_packet(0);
    put_question("yoke.local", TYPE_ANY);
    put_address(AUTHORITIES, "yoke.local", 9);
    send_to_all(9, 5353);
}

static void test_two_at_the_same_moment(void **state)
{
    (void)state;
    on_probe = claim;
    world_run_ms(700);
    assert_trace("probe yoke.local\n"); /* 10.0.0.9 comes first: wait a second, */
    world_run_ms(5000);                 /* and ask again; here it has not gone on */
    assert_trace("probe yoke.local\n"
                 "probe yoke.local\nprobe yoke.local\nprobe yoke.local\n" ALL ALL);
    stop();
}

static void defend_all(void)
{
    static char name[80];
    owned = name;
    snprintf(name, sizeof name, "%s.local", m.name);
    defend();
}

static void test_all_names_are_taken(void **state)
{
    (void)state;
    on_probe = defend_all;
    world_run_ms(60 * 1000);
    assert_int_equal(m.state, MDNS_PROBES);
    assert_in_range(m.conflicts, 9 + 10, 9 + 12); /* ten at once, then one in 5 s */
    on_probe = NULL;
    world_run_ms(10 * 1000);
    assert_int_equal(m.state, MDNS_ANSWERS);
    stop();
}

/* --- the network comes and goes --------------------------------------------------------------- */

static void test_announced_again_when_the_link_is_back(void **state)
{
    (void)state;
    become_known();
    sim_link_set(false);
    world_run_ms(1000);
    assert_int_equal(m.state, MDNS_WAITS);
    ask("yoke.local", TYPE_A);
    world_run_ms(1000);
    assert_trace("");
    sim_link_set(true);
    world_run_ms(5000);
    assert_trace("probe yoke.local\nprobe yoke.local\nprobe yoke.local\n" ALL ALL);
    stop();
}

/* As DHCP does it: from one address to another, without a time between. */
static void test_announced_again_with_another_address(void **state)
{
    (void)state;
    become_known();
    ip4_addr_t address;
    IP4_ADDR(&address, 10, 0, 0, 3);
    netif_set_ipaddr(netif_default, &address);
    world_run_ms(5000);
    assert_trace("probe yoke.local\nprobe yoke.local\nprobe yoke.local\n" ALL ALL);
    assert_int_equal(m.address.ip[3], 3);
    stop();
}

static void test_a_network_that_comes_later(void **state)
{
    (void)state;
    stop();
    forget();
    begin(&platform, &m.task);
    world_run_ms(5000);
    assert_trace("");
    peer_start();
    world_run_ms(5000);
    assert_trace("probe yoke.local\nprobe yoke.local\nprobe yoke.local\n" ALL ALL);
    forget();
    peer_stop();
    world_run_ms(1000);
    assert_int_equal(m.state, MDNS_WAITS);
    peer_start();
    world_run_ms(5000);
    assert_trace("probe yoke.local\nprobe yoke.local\nprobe yoke.local\n" ALL ALL);
    stop();
}

/* --- the table -------------------------------------------------------------------------------- */

static int answer_to(const char *host_name, const mdns_service *table, unsigned count)
{
    yoke_cancel(&m.task);
    world_run_ms(10);
    m.host_name = host_name;
    m.services = table;
    m.service_count = count;
    begin(&platform, &m.task);
    world_run_ms(10);
    return yoke_done(&m.task) ? m.task.rc : YOKE_OK;
}

static void test_tables(void **state)
{
    (void)state;
    static const char *const too_long[] = {
        "0123456789012345678901234567890123456789012345678901234567890123456789",
        "0123456789012345678901234567890123456789012345678901234567890123456789",
        "0123456789012345678901234567890123456789012345678901234567890123456789", NULL};
    static const mdns_service wrong[] = {{.type = "_Http._tcp", .port = 80},
                                         {.type = "_http._tcp", .port = 80, .text = too_long},
                                         {.port = 80}};
    assert_int_equal(answer_to("a-1", services, 1), YOKE_OK);
    assert_int_equal(answer_to("a-1", NULL, 0), YOKE_OK);
    assert_int_equal(answer_to("", services, 1), YOKE_EINVAL);
    assert_int_equal(answer_to("Yoke", services, 1), YOKE_EINVAL);
    assert_int_equal(
        answer_to("012345678901234567890123456789012345678901234567890123456789", services, 1),
        YOKE_EINVAL);
    assert_int_equal(answer_to("yoke", services, MDNS_SERVICES + 1), YOKE_EINVAL);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(answer_to("yoke", wrong + i, 1), YOKE_EINVAL);
    }
    peer_stop();
}

/* The longest that the table allows: what finds no room in one packet goes into the next. */
static void test_the_longest_table(void **state)
{
    (void)state;
    static const char *const long_text[] = {
        "0123456789012345678901234567890123456789012345678901234567890",
        "0123456789012345678901234567890123456789012345678901234567890",
        "0123456789012345678901234567890123456789012345678901234567890", NULL};
    static const mdns_service table[MDNS_SERVICES] = {
        {.type = "_a23456789-123456789-1234._tcp", .port = 1, .text = long_text},
        {.type = "_b23456789-123456789-1234._tcp", .port = 2, .text = long_text},
        {.type = "_c23456789-123456789-1234._tcp", .port = 3, .text = long_text},
        {.type = "_d23456789-123456789-1234._tcp", .port = 4, .text = long_text}};
    assert_int_equal(answer_to("01234567890123456789012345678901234567890123456789012345678", table,
                               MDNS_SERVICES),
                     YOKE_OK);
    forget();
    world_run_ms(1500);
    assert_int_equal(m.state, MDNS_ANSWERS);
    assert_int_equal(trace_count("answer A NSEC PTR SRV TXT PTR PTR SRV"), 1);
    assert_int_equal(trace_count("answer TXT PTR PTR SRV TXT PTR PTR SRV"), 1);
    assert_int_equal(trace_count("answer TXT PTR"), 1);
    stop();
}

static unsigned changes_seen;
static uint32_t seen;

static int watcher_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, mdns_await_change(t, &m, &seen));
        changes_seen++;
        note("%s %s", m.state == MDNS_ANSWERS ? "is" : "wants to be", m.name);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void test_the_name_is_told(void **state)
{
    (void)state;
    static yoke_task watcher;
    watcher = (yoke_task)YOKE_TASK(watcher_body);
    changes_seen = 0;
    seen = 0;
    peer_hear = NULL;
    begin(&platform, &watcher);
    world_run_ms(5000);
    assert_trace("wants to be yoke\nis yoke\n");
    assert_int_equal(changes_seen, 2);
    yoke_cancel(&watcher);
    stop();
}

#define mdns_test(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        mdns_test(test_three_probes_two_announcements_a_goodbye),
        mdns_test(test_questions_are_answered),
        mdns_test(test_the_same_again_within_a_second_is_not),
        mdns_test(test_several_questions_one_answer),
        mdns_test(test_who_knows_only_dns_is_answered_alone),
        mdns_test(test_who_is_not_near_is_not_answered),
        mdns_test(test_known_answers_may_come_later),
        mdns_test(test_a_name_that_is_taken),
        mdns_test(test_a_name_that_is_taken_later),
        mdns_test(test_a_name_that_is_given_up),
        mdns_test(test_two_at_the_same_moment),
        mdns_test(test_all_names_are_taken),
        mdns_test(test_announced_again_when_the_link_is_back),
        mdns_test(test_announced_again_with_another_address),
        mdns_test(test_a_network_that_comes_later),
        mdns_test(test_tables),
        mdns_test(test_the_longest_table),
        mdns_test(test_the_name_is_told),
    };
    return cmocka_run_group_tests_name("mdns", tests, NULL, NULL);
}
