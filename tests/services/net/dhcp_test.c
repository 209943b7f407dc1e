/* The address by DHCP: obtained, renewed, lost, and given back, from a server played by the test.
 */
#include "peer.h"

#define LEASE_S 240u /* lwIP renews after a half, asks everybody after 7/8 */

enum message { DISCOVER = 1, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE };

static struct {
    bool silent, refuses;
    unsigned heard[RELEASE + 1];
    uint8_t last; /* of the address that is given */
} server;

static const net_config config; /* all zero: by DHCP */

/* --- the server --------------------------------------------------------------------------------
 */

#define COOKIE_AT  236u
#define OPTIONS_AT 240u

static unsigned message_of(const datagram *d)
{
    size_t i = OPTIONS_AT;
    while (i + 2 < d->size && d->data[i] != 255) {
        if (d->data[i] == 53) {
            return d->data[i + 2];
        }
        i += d->data[i] ? 2u + d->data[i + 1] : 1u;
    }
    fail_msg("no type of message");
    return 0;
}

static void answer(const datagram *d, enum message message)
{
    static const uint8_t options[] = {99, 130, 83, 99, 53, 1,       0, 54, 4,   10,  0,   0,  1,
                                      51, 4,   0,  0,  0,  LEASE_S, 1, 4,  255, 255, 255, 0,  3,
                                      4,  10,  0,  0,  1,  6,       4, 10, 0,   0,   3,   255};
    uint8_t packet[OPTIONS_AT + sizeof options] = {2, 1, 6, 0};
    memcpy(packet + 4, d->data + 4, 4); /* number of the transaction */
    memcpy(packet + 28, d->data + 28, 16);
    memcpy(packet + COOKIE_AT, options, sizeof options);
    packet[OPTIONS_AT + 2] = (uint8_t)message;
    net_peer to = {.address = {{255, 255, 255, 255}}, .port = 68};
    if (message != NAK) {
        memcpy(packet + 16, (uint8_t[]){10, 0, 0, server.last}, 4);
    }
    peer_send(peer_at(1, 67), to, packet, sizeof packet);
}

static void hear(const datagram *d)
{
    if (d->to.port != 67) {
        return;
    }
    unsigned message = message_of(d);
    server.heard[message]++;
    if (server.silent) {
        return;
    }
    if (message == DISCOVER) {
        answer(d, OFFER);
    } else if (message == REQUEST) {
        answer(d, server.refuses ? NAK : ACK);
    }
}

/* --- the device --------------------------------------------------------------------------------
 */

static int dhcp_setup(void **state)
{
    peer_setup(state);
    memset(&server, 0, sizeof server);
    server.last = 77;
    peer_hear = hear;
    return 0;
}

static int dhcp_teardown(void **state)
{
    (void)state;
    if (!yoke_done(&net_task)) {
        peer_stop();
    }
    return 0;
}

static void start(void)
{
    assert_int_equal(net_start(&platform, &config), YOKE_OK);
}

static void assert_address(uint8_t last)
{
    net_status s = net_read_status();
    const uint8_t none[4] = {0}, expected[] = {10, 0, 0, last};
    assert_int_equal(s.has_address, last != 0);
    assert_memory_equal(s.address.ip, last ? expected : none, 4);
}

static void run_s(uint32_t seconds)
{
    world_run_ms(seconds * 1000);
}

static void obtain(void)
{
    start();
    run_s(10);
    assert_address(77);
}

static void test_an_address_is_obtained(void **state)
{
    (void)state;
    obtain();
    net_status s = net_read_status();
    assert_memory_equal(s.mask.ip, ((uint8_t[]){255, 255, 255, 0}), 4);
    assert_memory_equal(s.gateway.ip, ((uint8_t[]){10, 0, 0, 1}), 4);
    assert_memory_equal(s.name_server.ip, ((uint8_t[]){10, 0, 0, 3}), 4);
    assert_int_equal(server.heard[DISCOVER], 1);
    assert_int_equal(server.heard[REQUEST], 1);
}

static void test_it_is_asked_for_until_a_server_answers(void **state)
{
    (void)state;
    server.silent = true;
    start();
    run_s(20);
    assert_address(0);
    assert_int_equal(server.heard[DISCOVER], 4);
    server.silent = false;
    run_s(70);
    assert_address(77);
}

static void test_it_is_renewed_and_kept(void **state)
{
    (void)state;
    obtain();
    uint32_t before = net_read_status().changes;
    run_s(3 * LEASE_S);
    assert_address(77);
    assert_int_equal(server.heard[DISCOVER], 1);
    assert_in_range(server.heard[REQUEST], 4, 8);
    assert_int_equal(net_read_status().changes, before); /* nobody needs to know */
}

static void test_it_is_lost_when_nobody_renews_it(void **state)
{
    (void)state;
    obtain();
    uint32_t before = net_read_status().changes;
    server.silent = true;
    run_s(LEASE_S - 70);
    assert_address(77);
    assert_true(server.heard[REQUEST] > 1); /* it was asked for */
    run_s(150);
    assert_address(0);
    assert_int_not_equal(net_read_status().changes, before);
    assert_true(server.heard[DISCOVER] > 1);
    server.silent = false;
    server.last = 78;
    run_s(70);
    assert_address(78); /* and comes back, another one */
}

static void test_a_refusal_takes_it_at_once(void **state)
{
    (void)state;
    obtain();
    server.refuses = true;
    run_s(LEASE_S);
    assert_address(0);
    server.refuses = false;
    run_s(70);
    assert_address(77);
}

static void test_the_link_comes_back_in_another_network(void **state)
{
    (void)state;
    obtain();
    sim_link_set(false);
    run_s(1);
    assert_false(net_read_status().has_address);
    server.last = 78;
    sim_link_set(true);
    run_s(30);
    assert_address(78);
}

static void test_it_is_given_back_at_the_end(void **state)
{
    (void)state;
    obtain();
    assert_int_equal(server.heard[RELEASE], 0);
    peer_stop();
    assert_int_equal(server.heard[RELEASE], 1);
}

#define with_server(test) cmocka_unit_test_setup_teardown(test, dhcp_setup, dhcp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_server(test_it_is_asked_for_until_a_server_answers),
        with_server(test_an_address_is_obtained),
        with_server(test_it_is_renewed_and_kept),
        with_server(test_it_is_lost_when_nobody_renews_it),
        with_server(test_a_refusal_takes_it_at_once),
        with_server(test_the_link_comes_back_in_another_network),
        with_server(test_it_is_given_back_at_the_end),
    };
    return cmocka_run_group_tests_name("DHCP", tests, NULL, NULL);
}
