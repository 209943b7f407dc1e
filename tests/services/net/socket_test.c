/* Datagrams, multicast groups, and a link that goes down and up, with a peer on the other side. */
#include "peer.h"

#define PORT 4000u

static net_socket s;
static struct {
    unsigned count;
    datagram last;
    uint8_t text[64];
} heard;

static void hear(const datagram *d)
{
    heard.count++;
    heard.last = *d;
    memcpy(heard.text, d->data, d->size < sizeof heard.text ? d->size : sizeof heard.text);
}

static int socket_setup(void **state)
{
    peer_setup(state);
    memset(&heard, 0, sizeof heard);
    s = (net_socket){0};
    peer_hear = hear;
    peer_start();
    world_run_ms(100);
    assert_int_equal(net_open(&s, PORT), YOKE_OK);
    heard.count = 0;
    return 0;
}

static int socket_teardown(void **state)
{
    (void)state;
    net_shut(&s);
    peer_stop();
    return 0;
}

/* --- one who receives --------------------------------------------------------------------------
 */

typedef struct {
    yoke_task task;
    size_t size;
    char text[16];
    net_peer from;
} receiver;

static receiver r;

static int receiver_body(yoke_task *t)
{
    receiver *me = YOKE_FRAME(receiver, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, net_receive(t, &s, me->text, me->size, &me->from));
    YOKE_END(t);
}

static void receive(size_t size)
{
    r = (receiver){.task = YOKE_TASK(receiver_body), .size = size};
    begin(&platform, &r.task);
    world_run_ms(10);
}

static void assert_received(const char *text)
{
    assert_true(yoke_done(&r.task));
    assert_int_equal(r.task.status, strlen(text));
    assert_memory_equal(r.text, text, strlen(text));
}

static net_peer device_at(uint16_t port)
{
    return (net_peer){.address = wire_address, .port = port};
}

/* --- datagrams ---------------------------------------------------------------------------------
 */

static void test_one_waits_for_the_receiver_or_he_for_it(void **state)
{
    (void)state;
    peer_send(peer_at(9, 700), device_at(PORT), "first", 5);
    world_run_ms(10);
    receive(sizeof r.text);
    assert_received("first");
    assert_int_equal(r.from.port, 700);
    assert_int_equal(r.from.address.ip[3], 9);
    receive(sizeof r.text);
    assert_false(yoke_done(&r.task));
    peer_send(peer_at(8, 701), device_at(PORT), "second", 6);
    world_run_ms(10);
    assert_received("second");
    assert_int_equal(r.from.port, 701);
}

static void test_what_is_too_long_is_cut_and_empty_ones_count(void **state)
{
    (void)state;
    peer_send(peer_at(9, 700), device_at(PORT), "0123456789", 10);
    peer_send(peer_at(9, 700), device_at(PORT), "", 0);
    world_run_ms(10);
    receive(4);
    assert_received("0123");
    receive(4);
    assert_received("");
}

static void test_the_queue_is_full(void **state)
{
    (void)state;
    uint32_t unread = net_read_stats().unread;
    for (char c = 'a'; c < (char)('a' + NET_QUEUE + 2); c++) {
        peer_send(peer_at(9, 700), device_at(PORT), &c, 1);
    }
    world_run_ms(10);
    assert_int_equal(s.dropped, 2);
    assert_int_equal(net_read_stats().unread - unread, 2);
    for (char text[] = "a"; text[0] < (char)('a' + NET_QUEUE); text[0]++) {
        receive(sizeof r.text);
        assert_received(text);
    }
}

static void test_one_is_sent(void **state)
{
    (void)state;
    assert_int_equal(net_send(&s, "hello", 5, peer_at(9, 700)), YOKE_OK);
    world_run_ms(10);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.last.size, 5);
    assert_memory_equal(heard.text, "hello", 5);
    assert_int_equal(heard.last.from.port, PORT);
    assert_int_equal(heard.last.to.port, 700);
    static uint8_t longest[NET_DATAGRAM + 1];
    assert_int_equal(net_send(&s, longest, NET_DATAGRAM + 1, peer_at(9, 700)), YOKE_EINVAL);
    assert_int_equal(net_send(&s, longest, NET_DATAGRAM, peer_at(9, 700)), YOKE_OK);
    world_run_ms(10);
    assert_int_equal(heard.last.size, NET_DATAGRAM);
}

static void test_a_port_is_taken_and_a_socket_shut(void **state)
{
    (void)state;
    net_socket other = {0};
    assert_int_equal(net_open(&s, PORT + 1), YOKE_EINVAL);
    assert_int_equal(net_open(&other, PORT), YOKE_EBUSY);
    receive(sizeof r.text);
    net_shut(&s);
    world_run_ms(10);
    assert_true(yoke_done(&r.task));
    assert_int_equal(r.task.status, YOKE_ENOENT);
    assert_int_equal(net_send(&s, "x", 1, peer_at(9, 700)), YOKE_EINVAL);
    assert_int_equal(net_open(&other, PORT), YOKE_OK);
    net_shut(&other);
}

/* --- groups ------------------------------------------------------------------------------------
 */

static const net_address group = {{239, 1, 2, 3}};

static bool hears_group(void)
{
    receive(sizeof r.text);
    peer_send(peer_at(9, 700), (net_peer){.address = group, .port = PORT}, "all", 3);
    world_run_ms(10);
    bool heard_it = yoke_done(&r.task);
    yoke_cancel(&r.task);
    world_run_ms(10);
    return heard_it;
}

static void test_a_group_is_heard_from_joining_to_leaving(void **state)
{
    (void)state;
    assert_false(hears_group());
    assert_int_equal(net_join_group(group), YOKE_OK);
    assert_true(hears_group());
    assert_int_equal(net_leave_group(group), YOKE_OK);
    assert_false(hears_group());
    assert_int_equal(net_join_group((net_address){{10, 0, 0, 9}}), YOKE_EINVAL);
}

/* --- the link ----------------------------------------------------------------------------------
 */

static void test_the_link_goes_down_and_up(void **state)
{
    (void)state;
    assert_int_equal(net_join_group(group), YOKE_OK);
    uint32_t before = net_read_status().changes;
    sim_link_set(false);
    world_run_ms(10);
    assert_false(net_read_status().link_up);
    assert_false(net_read_status().has_address);
    assert_int_not_equal(net_read_status().changes, before);
    assert_int_equal(net_send(&s, "lost", 4, peer_at(9, 700)), YOKE_EIO);
    assert_int_equal(heard.count, 0);
    before = net_read_status().changes;
    sim_link_set(true);
    world_run_ms(10);
    assert_true(net_read_status().has_address);
    assert_int_not_equal(net_read_status().changes, before);
    assert_int_equal(net_send(&s, "hello", 5, peer_at(9, 700)), YOKE_OK);
    world_run_ms(10);
    assert_memory_equal(heard.text, "hello", 5);
    assert_true(hears_group()); /* joined still */
}

#define with_socket(test) cmocka_unit_test_setup_teardown(test, socket_setup, socket_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_socket(test_one_waits_for_the_receiver_or_he_for_it),
        with_socket(test_what_is_too_long_is_cut_and_empty_ones_count),
        with_socket(test_the_queue_is_full),
        with_socket(test_one_is_sent),
        with_socket(test_a_port_is_taken_and_a_socket_shut),
        with_socket(test_a_group_is_heard_from_joining_to_leaving),
        with_socket(test_the_link_goes_down_and_up),
    };
    return cmocka_run_group_tests_name("sockets", tests, NULL, NULL);
}
