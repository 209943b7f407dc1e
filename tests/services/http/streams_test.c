/* Event streams and WebSockets. */
#include "site.h"

#include <stdio.h>

static site_client clients[SITE_CONNECTIONS];
static char bytes[SITE_CONNECTIONS][8000];

static const char events[] = "GET /events HTTP/1.1\r\nHost: yoke.local\r\n\r\n";
static const char handshake[] = "GET /ws HTTP/1.1\r\nHost: yoke.local\r\nUpgrade: websocket\r\n"
                                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

static void begin_client(unsigned i, const char *request)
{
    memset(&clients[i], 0, sizeof clients[i]);
    site_begin(&clients[i], request);
    world_run_ms(40);
}

/* All that has come to client `i` so far. */
static const char *got(unsigned i)
{
    clients[i].answer[clients[i].length] = '\0';
    return clients[i].answer;
}

/* --- a client's frames ------------------------------------------------ */

static void add(unsigned i, const void *data, size_t n)
{
    memcpy(bytes[i] + clients[i].size, data, n);
    clients[i].size += n;
}

static void add_frame(unsigned i, uint8_t first, const char *payload)
{
    size_t n = strlen(payload);
    char head[8] = {(char)first, (char)(0x80 | n), 1, 2, 3, 4};
    char masked[125];
    for (size_t at = 0; at < n; at++) {
        masked[at] = (char)(payload[at] ^ head[2 + at % 4]);
    }
    add(i, head, 6);
    add(i, masked, n);
}

static void new_socket(unsigned i)
{
    memset(&clients[i], 0, sizeof clients[i]);
    add(i, handshake, sizeof handshake - 1);
}

static void open_socket(unsigned i)
{
    clients[i].request = bytes[i];
    site_begin(&clients[i], bytes[i]);
}

/* What came behind the head of the handshake's answer is this, and nothing else. */
static void assert_frames(unsigned i, const char *wanted, size_t n)
{
    const char *body = site_body(got(i));
    assert_int_equal(clients[i].length - (size_t)(body - clients[i].answer), n);
    assert_memory_equal(body, wanted, n);
}

/* --- events ----------------------------------------------------------- */

static void test_events(void **state)
{
    (void)state;
    begin_client(0, events);
    assert_int_equal(site_status(got(0)), 200);
    assert_non_null(strstr(got(0), "\r\nContent-Type: text/event-stream\r\n"));
    assert_int_equal(site.stats.streams, 1);
    assert_int_equal(http_publish(&site_news, "{\"a\":1}", 7), 1);
    world_run_ms(20);
    assert_string_equal(site_body(got(0)), "data: {\"a\":1}\n\n");
    http_touch(&site_news);
    http_touch(&site_news);
    world_run_ms(20);
    assert_string_equal(site_body(got(0)), "data: {\"a\":1}\n\nevent: version\ndata: 2\n\n");
}

static void test_a_quiet_stream_gives_signs_of_life(void **state)
{
    (void)state;
    site_config.beat_ms = 1000;
    begin_client(0, events);
    world_run_ms(2600);
    assert_string_equal(site_body(got(0)), ":\n\n:\n\n");
    assert_false(yoke_done(&clients[0].task));
}

static void test_who_leaves_is_forgotten(void **state)
{
    (void)state;
    begin_client(0, events);
    begin_client(1, events);
    yoke_cancel(&clients[0].task);
    world_run_ms(100);
    assert_int_equal(site.stats.streams, 1);
    assert_int_equal(http_publish(&site_news, "x", 1), 1);
    world_run_ms(20);
    assert_string_equal(site_body(got(1)), "data: x\n\n");
}

static void test_places_for_streams(void **state)
{
    (void)state;
    begin_client(0, events);
    begin_client(1, events);
    const char *answer = site_ask(site_request("GET /events", "", ""));
    assert_int_equal(site_status(answer), 503);
    assert_non_null(strstr(answer, "\r\nRetry-After: 1\r\n"));
    assert_int_equal(site_status(site_ask(site_request("HEAD /events", "", ""))), 405);
    assert_int_equal(site_status(site_ask(site_request("GET /hello", "", ""))), 200);
}

/* They are not idle clients that make room. */
static void test_streams_are_not_evicted(void **state)
{
    (void)state;
    begin_client(0, events);
    begin_client(1, events);
    world_run_ms(2000);
    begin_client(2, "GET /");
    begin_client(3, "GET /");
    assert_int_equal(site_status(site_ask(site_request("GET /hello", "", ""))), 200);
    assert_false(yoke_done(&clients[0].task) || yoke_done(&clients[1].task));
    assert_int_equal(site.stats.streams, 2);
}

/* --- a slow client ---------------------------------------------------- */

static void test_a_slow_client_holds_up_nobody(void **state)
{
    (void)state;
    static char message[600];
    memset(message, 'm', sizeof message);
    memset(&clients[1], 0, sizeof clients[1]);
    clients[1].reads_nothing = true;
    site_begin(&clients[1], events);
    begin_client(0, events);
    unsigned slow = 0;
    for (unsigned i = 0; i < 25; i++) {
        slow += http_publish(&site_news, message, sizeof message) == 2;
        world_run_ms(20);
    }
    assert_int_equal(site.stats.dropped, 25 - slow);
    assert_in_range(slow, 4, 20); /* as many as the connection holds */
    assert_int_equal(strlen(site_body(got(0))), 25 * (sizeof message + 8));
    assert_int_equal(http_publish(&site_news, message, HTTP_PUBLISH_MAX + 1), YOKE_EFULL);
    yoke_cancel(&clients[1].task);
}

/* --- WebSockets ------------------------------------------------------- */

static void test_a_socket(void **state)
{
    (void)state;
    new_socket(0);
    add_frame(0, 0x81, "Hello");
    add_frame(0, 0x01, "fra");
    add_frame(0, 0x89, "ping");
    add_frame(0, 0x80, "gments");
    add_frame(0, 0x82, "");
    add_frame(0, 0x88, "\x03\xe9");
    open_socket(0);
    site_wait(&clients[0]);
    assert_memory_equal(got(0), "HTTP/1.1 101 Switching Protocols\r\n", 34);
    assert_non_null(strstr(got(0), "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_non_null(strstr(got(0), "\r\nUpgrade: websocket\r\n"));
    assert_non_null(strstr(got(0), "\r\nConnection: Upgrade\r\n"));
    assert_frames(0,
                  "\x81\x05Hello\x8a\x04ping\x81\x09"
                  "fragments\x82\x00\x88\x02\x03\xe9",
                  30);
    assert_int_equal(clients[0].error, YOKE_OK);
}

static void test_a_socket_parted_at_every_byte(void **state)
{
    (void)state;
    new_socket(0);
    add_frame(0, 0x01, "Hel");
    add_frame(0, 0x89, "?");
    add_frame(0, 0x80, "lo");
    add_frame(0, 0x88, "");
    size_t size = clients[0].size;
    for (size_t split = sizeof handshake - 4; split < size; split++) {
        clients[0].split = split;
        open_socket(0);
        site_wait(&clients[0]);
        assert_frames(0, "\x8a\x01?\x81\x05Hello\x88\x02\x03\xe8", 14);
    }
}

static void test_a_socket_against_the_rules(void **state)
{
    (void)state;
    new_socket(0);
    add_frame(0, 0x81, "\xff");
    open_socket(0);
    site_wait(&clients[0]);
    assert_frames(0, "\x88\x02\x03\xef", 4);
    new_socket(1);
    add(1, "\x81\xfe\x05\x01????", 8); /* 1281 bytes */
    open_socket(1);
    site_wait(&clients[1]);
    assert_frames(1, "\x88\x02\x03\xf1", 4);
}

static void test_messages_of_every_length(void **state)
{
    (void)state;
    static const size_t lengths[] = {125, 126, 600, 1000, 1100, HTTP_MESSAGE_MAX};
    for (unsigned i = 0; i < 6; i++) {
        size_t n = lengths[i];
        char head[8] = {(char)0x82, (char)0xfe, (char)(n >> 8), (char)n, 0, 0, 0, 0};
        static char payload[HTTP_MESSAGE_MAX];
        for (size_t at = 0; at < n; at++) {
            payload[at] = (char)(at * 7 + n);
        }
        new_socket(0);
        add(0, head, 8);
        add(0, payload, n);
        add_frame(0, 0x81, "x");
        add_frame(0, 0x88, "");
        open_socket(0);
        site_wait(&clients[0]);
        const char *body = site_body(got(0));
        body += n < 126 ? 2 : 4;
        assert_memory_equal(body, payload, n);
        assert_memory_equal(body + n, "\x81\x01x\x88\x02\x03\xe8", 7);
    }
}

static void test_messages_for_all(void **state)
{
    (void)state;
    new_socket(0);
    open_socket(0);
    begin_client(1, events);
    assert_int_equal(http_publish(&site_news, "[1]", 3), 2);
    world_run_ms(40);
    assert_frames(0, "\x81\x03[1]", 5);
    assert_string_equal(site_body(got(1)), "data: [1]\n\n");
}

static void test_handshakes_that_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    };
    for (unsigned i = 0; i < 2; i++) {
        const char *answer = site_ask(site_request("GET /ws", bad[i], ""));
        assert_int_equal(site_status(answer), 426);
        assert_non_null(strstr(answer, "\r\nSec-WebSocket-Version: 13\r\n"));
    }
    assert_int_equal(
        site_status(site_ask(site_request("GET /ws",
                                          "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n",
                                          ""))),
        400);
    assert_int_equal(
        site_status(site_ask(site_request("GET /ws", "Origin: http://evil.example\r\n", ""))), 403);
    assert_int_equal(site.stats.streams, 0);
}

static void test_a_server_that_stops_says_so(void **state)
{
    (void)state;
    new_socket(0);
    open_socket(0);
    begin_client(1, events);
    site_stop();
    site_wait(&clients[0]);
    site_wait(&clients[1]);
    assert_frames(0, "\x88\x02\x03\xe9", 4);
    assert_int_equal(clients[1].error, YOKE_OK);
}

#define on_site(test) cmocka_unit_test_setup_teardown(test, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_site(test_events),
        on_site(test_a_quiet_stream_gives_signs_of_life),
        on_site(test_who_leaves_is_forgotten),
        on_site(test_places_for_streams),
        on_site(test_streams_are_not_evicted),
        on_site(test_a_slow_client_holds_up_nobody),
        on_site(test_a_socket),
        on_site(test_a_socket_parted_at_every_byte),
        on_site(test_a_socket_against_the_rules),
        on_site(test_messages_of_every_length),
        on_site(test_messages_for_all),
        on_site(test_handshakes_that_are_refused),
        on_site(test_a_server_that_stops_says_so),
    };
    return cmocka_run_group_tests_name("http_streams", tests, NULL, NULL);
}
