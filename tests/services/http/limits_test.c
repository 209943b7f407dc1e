/* Those who keep the server waiting, and those who come when it is full. */
#include "site.h"

static site_client clients[SITE_CONNECTIONS + 2];

/* Let client `i` send this and keep its connection open. */
static void connect_with(unsigned i, const char *request)
{
    memset(&clients[i], 0, sizeof clients[i]);
    site_begin(&clients[i], request);
    world_run_ms(40);
}

static const char hello[] = "GET /hello HTTP/1.1\r\nHost: yoke.local\r\n\r\n";
static const char slow[] = "GET /slow HTTP/1.1\r\nHost: yoke.local\r\nConnection: close\r\n\r\n";

/* A new client is answered, whatever the others do. */
static void assert_answered(void)
{
    assert_int_equal(site_status(site_ask(site_request("GET /hello", "", ""))), 200);
}

/* --- limits of time --------------------------------------------------- */

static void test_a_head_that_does_not_end(void **state)
{
    (void)state;
    connect_with(0, "GET /hello HTTP/1.1\r\nHost: yo");
    site_wait(&clients[0]);
    assert_int_equal(site_status(clients[0].answer), 408);
    assert_int_equal(site.stats.late, 1);
}

/* Each byte is in time, but the head as a whole is not. */
static void test_a_head_that_trickles(void **state)
{
    (void)state;
    static site_client c;
    site_config.head_ms = 300;
    for (unsigned split = 1; split < 4; split++) {
        memset(&c, 0, sizeof c);
        c.split = split;
        c.pause_ms = 200;
        c.steps = 3;
        site_begin(&c, hello);
        site_wait(&c);
        assert_int_equal(site_status(c.answer), 408);
    }
}

static void test_a_body_that_does_not_end(void **state)
{
    (void)state;
    connect_with(0, site_request("POST /echo",
                                 "Content-Type: application/json\r\nContent-Length: 5\r\n", "abc"));
    site_wait(&clients[0]);
    assert_int_equal(site_status(clients[0].answer), 408);
}

static void test_an_idle_connection_is_ended_without_a_word(void **state)
{
    (void)state;
    connect_with(0, hello);
    connect_with(1, "");
    site_wait(&clients[0]);
    site_wait(&clients[1]);
    assert_int_equal(site_status(clients[0].answer), 200);
    assert_string_equal(site_body(clients[0].answer), "{\"hello\":\"you\"}");
    assert_int_equal(clients[0].error, YOKE_OK);
    assert_string_equal(clients[1].answer, "");
    assert_int_equal(site.stats.late, 2);
}

/* It asks for more than the connection holds, and reads nothing. */
static void test_a_peer_that_takes_nothing(void **state)
{
    (void)state;
    static char requests[12 * 48];
    requests[0] = '\0';
    for (unsigned i = 0; i < 12; i++) {
        strcat(requests, "GET /big HTTP/1.1\r\nHost: yoke.local\r\n\r\n");
    }
    memset(&clients[0], 0, sizeof clients[0]);
    clients[0].reads_nothing = true;
    site_begin(&clients[0], requests);
    world_run_ms(7000);
    assert_int_equal(site.stats.late, 1);
    assert_answered();
    yoke_cancel(&clients[0].task);
    site_wait(&clients[0]);
}

/* --- all connections are in use --------------------------------------- */

static void test_an_idle_one_makes_room(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SITE_CONNECTIONS; i++) {
        connect_with(i, hello);
    }
    world_run_ms(1000);
    for (unsigned i = 0; i < SITE_CONNECTIONS; i++) {
        assert_false(yoke_done(&clients[i].task));
    }
    assert_answered();
    assert_true(yoke_done(&clients[0].task)); /* the oldest */
    assert_false(yoke_done(&clients[1].task));
    assert_int_equal(net_read_stats().evicted, 1);
}

static void test_half_a_request_makes_room_too(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SITE_CONNECTIONS; i++) {
        connect_with(i, "GET /");
    }
    assert_answered();
    assert_answered();
}

static void test_those_who_are_served_keep_their_places(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SITE_CONNECTIONS; i++) {
        connect_with(i, slow);
    }
    assert_answered(); /* after one of them */
    for (unsigned i = 0; i < SITE_CONNECTIONS; i++) {
        site_wait(&clients[i]);
        assert_int_equal(site_status(clients[i].answer), 200);
    }
    assert_int_equal(net_read_stats().evicted, 0);
}

/* Nobody is idle, yet a newcomer need not wait until they are done. */
static void test_those_who_ask_on_and_on_are_served_in_turn(void **state)
{
    (void)state;
    static char many[9 * sizeof hello];
    unsigned ended = 0;
    for (unsigned i = 0; i < 9; i++) {
        memcpy(many + i * (sizeof hello - 1), hello, sizeof hello);
    }
    for (unsigned i = 0; i < SITE_CONNECTIONS; i++) {
        clients[i] = (site_client){.split = sizeof hello - 1, .steps = 8};
        site_begin(&clients[i], many);
    }
    world_run_ms(60);
    assert_answered();
    for (unsigned i = 0; i < SITE_CONNECTIONS; i++) {
        site_wait(&clients[i]);
        ended += strstr(clients[i].answer, "Connection: close\r\n") != NULL;
    }
    assert_int_equal(ended, 1);
    assert_int_equal(net_read_stats().evicted, 0);
}

/* --- the server ends -------------------------------------------------- */

static void test_a_server_that_stops(void **state)
{
    (void)state;
    connect_with(0, hello);
    connect_with(1, slow);
    connect_with(2, "GET /");
    site_stop();
    for (unsigned i = 0; i < 3; i++) {
        site_wait(&clients[i]);
    }
    assert_int_equal(site_status(clients[1].answer), 503);
    assert_string_equal(clients[2].answer, "");
    assert_int_equal(site.task.rc, YOKE_ECANCELED);
    site_start(); /* although connections of before are not forgotten yet */
    assert_answered();
}

static void test_a_port_that_is_taken(void **state)
{
    (void)state;
    static http_exchange exchange;
    http_server other = {
        .task = HTTP_SERVER_TASK, .config = &site_config, .exchanges = &exchange, .count = 1};
    begin(&platform, &other.task);
    world_run_ms(10);
    assert_true(yoke_done(&other.task));
    assert_int_equal(other.task.rc, YOKE_EBUSY);
}

#define on_site(test) cmocka_unit_test_setup_teardown(test, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_site(test_a_head_that_does_not_end),
        on_site(test_a_head_that_trickles),
        on_site(test_a_body_that_does_not_end),
        on_site(test_an_idle_connection_is_ended_without_a_word),
        on_site(test_a_peer_that_takes_nothing),
        on_site(test_an_idle_one_makes_room),
        on_site(test_half_a_request_makes_room_too),
        on_site(test_those_who_are_served_keep_their_places),
        on_site(test_those_who_ask_on_and_on_are_served_in_turn),
        on_site(test_a_server_that_stops),
        on_site(test_a_port_that_is_taken),
    };
    return cmocka_run_group_tests_name("http_limits", tests, NULL, NULL);
}
