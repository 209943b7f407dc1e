/* WebSocket frames: RFC 6455 as the well-known test suites try it. */
#include "world.h"

#include "frames.h"

#define SIZE 256u /* the longest message here */

static http_frames s;
static char in[2048];
static size_t n, used;
static char message[SIZE];

static int setup(void **state)
{
    (void)state;
    static char control[FRAME_CONTROL_MAX];
    s = (http_frames){.control = control};
    n = used = 0;
    return 0;
}

/* Append a masked frame; `first` is its first byte. */
static void frame(uint8_t first, const char *payload, size_t length)
{
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    in[n++] = (char)first;
    if (length < 126) {
        in[n++] = (char)(0x80 | length);
    } else {
        in[n++] = (char)(0x80 | 126);
        in[n++] = (char)(length >> 8);
        in[n++] = (char)length;
    }
    memcpy(in + n, mask, 4);
    n += 4;
    for (size_t i = 0; i < length; i++) {
        in[n++] = (char)(payload[i] ^ (char)mask[i & 3]);
    }
}

static void text_frame(uint8_t first, const char *payload)
{
    frame(first, payload, strlen(payload));
}

static enum http_frames_found take(void)
{
    return http_frames_take(&s, in, n, &used, message, SIZE);
}

static void assert_message(uint8_t kind, const char *wanted)
{
    assert_int_equal(take(), FRAMES_MESSAGE);
    assert_int_equal(s.kind, kind);
    assert_int_equal(s.message_length, strlen(wanted));
    assert_memory_equal(message, wanted, s.message_length);
}

static void assert_bad(uint16_t code)
{
    assert_int_equal(take(), FRAMES_BAD);
    assert_int_equal(s.close_code, code);
}

/* --- messages --------------------------------------------------------- */

static void test_messages(void **state)
{
    (void)state;
    text_frame(0x81, "Hello");
    frame(0x82, "", 0);
    assert_message(OP_TEXT, "Hello");
    assert_message(OP_BINARY, "");
    assert_int_equal(take(), FRAMES_NOTHING);
    assert_int_equal(used, n);
}

static void test_fragments_with_a_ping_between(void **state)
{
    (void)state;
    text_frame(0x01, "Hel");
    text_frame(0x89, "there?");
    text_frame(0x00, "l");
    text_frame(0x80, "o");
    assert_int_equal(take(), FRAMES_PING);
    assert_int_equal(s.control_length, 6);
    assert_memory_equal(s.control, "there?", 6);
    assert_message(OP_TEXT, "Hello");
}

static void test_byte_by_byte(void **state)
{
    (void)state;
    text_frame(0x01, "Hel");
    text_frame(0x8a, "x");
    text_frame(0x80, "lo");
    size_t all = n;
    unsigned messages = 0;
    unsigned pongs = 0;
    for (n = 1; n <= all; n++) {
        enum http_frames_found found = take();
        messages += found == FRAMES_MESSAGE;
        pongs += found == FRAMES_PONG;
        assert_int_not_equal(found, FRAMES_BAD);
    }
    assert_int_equal(messages, 1);
    assert_int_equal(pongs, 1);
    assert_memory_equal(message, "Hello", 5);
}

static void test_lengths(void **state)
{
    (void)state;
    static const size_t lengths[] = {125, 126, 127, 255, SIZE};
    char payload[SIZE];
    memset(payload, 'a', sizeof payload);
    for (unsigned i = 0; i < 5; i++) {
        frame(0x82, payload, lengths[i]);
        assert_int_equal(take(), FRAMES_MESSAGE);
        assert_int_equal(s.message_length, lengths[i]);
    }
}

static void test_it_may_be_put_where_it_came_from(void **state)
{
    (void)state;
    text_frame(0x01, "Hel");
    text_frame(0x80, "lo");
    assert_int_equal(http_frames_take(&s, in, n, &used, in, SIZE), FRAMES_MESSAGE);
    assert_memory_equal(in, "Hello", 5);
}

/* --- against the rules ------------------------------------------------ */

static void test_too_long(void **state)
{
    (void)state;
    char payload[SIZE + 1];
    memset(payload, 'a', sizeof payload);
    frame(0x82, payload, SIZE + 1);
    assert_bad(1009);
    setup(NULL);
    frame(0x02, payload, SIZE);
    frame(0x80, payload, 1);
    assert_bad(1009);
    setup(NULL);
    memcpy(in, "\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff....", 14);
    n = 14;
    assert_bad(1009);
}

static void test_frames_that_are_refused(void **state)
{
    (void)state;
    static const uint8_t bad[] = {0xc1, 0xa1, 0x91,       /* reserved bits */
                                  0x83, 0x87, 0x8b, 0x8f, /* unknown */
                                  0x09, 0x08,             /* a control frame in fragments */
                                  0x80, 0x00};            /* goes on with nothing */
    for (unsigned i = 0; i < sizeof bad; i++) {
        setup(NULL);
        text_frame(bad[i], "x");
        assert_bad(1002);
    }
    setup(NULL);
    memcpy(in, "\x81\x01xyzab", 7); /* not masked */
    n = 7;
    assert_bad(1002);
    setup(NULL);
    char payload[126] = {0};
    frame(0x89, payload, 126);
    assert_bad(1002);
    setup(NULL);
    text_frame(0x01, "a");
    text_frame(0x81, "b"); /* a new message within one */
    assert_bad(1002);
}

static void test_text_is_utf8(void **state)
{
    (void)state;
    text_frame(0x01, "\xce\xba\xe1\xbd"); /* parted within a character */
    text_frame(0x80, "\xb9\xcf\x83");
    assert_message(OP_TEXT, "\xce\xba\xe1\xbd\xb9\xcf\x83");
    text_frame(0x82, "\xff");
    assert_message(OP_BINARY, "\xff");
    text_frame(0x81, "\xed\xa0\x80");
    assert_bad(1007);
}

static void test_utf8(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "a",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\xaf",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x20",
                                      "\xe0\x9f\xbf",
                                      "\xe2\x82",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xf0\x90\x80",
                                      "\xfe",
                                      "\xff",
                                      "a\xe2\x28\xa1"};
    for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(http_is_utf8(good[i], strlen(good[i])));
    }
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(http_is_utf8(bad[i], strlen(bad[i])));
    }
}

/* --- close ------------------------------------------------------------ */

/* What a close frame with this code, and then `reason`, is answered with. */
static uint16_t close_with(uint16_t code, const char *reason)
{
    char payload[126] = {(char)(code >> 8), (char)code};
    setup(NULL);
    strcpy(payload + 2, reason);
    frame(0x88, payload, 2 + strlen(reason));
    enum http_frames_found found = take();
    assert_true(found == FRAMES_CLOSE || found == FRAMES_BAD);
    assert_int_equal(found == FRAMES_BAD, s.close_code != code);
    return s.close_code;
}

static void test_close(void **state)
{
    (void)state;
    frame(0x88, "", 0);
    assert_int_equal(take(), FRAMES_CLOSE);
    assert_int_equal(s.close_code, 1000);
    static const uint16_t good[] = {1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999};
    for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(close_with(good[i], "bye"), good[i]);
    }
    static const uint16_t bad[] = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(close_with(bad[i], ""), 1002);
    }
    assert_int_equal(close_with(1000, "\xff"), 1007);
    setup(NULL);
    frame(0x88, "\x03", 1);
    assert_bad(1002);
}

/* --- ours ------------------------------------------------------------- */

static void test_heads_of_ours(void **state)
{
    (void)state;
    char head[FRAME_HEAD_MAX];
    assert_int_equal(http_frames_head(head, OP_TEXT, 125), 2);
    assert_memory_equal(head, "\x81\x7d", 2);
    assert_int_equal(http_frames_head(head, OP_BINARY, 126), 4);
    assert_memory_equal(head, "\x82\x7e\x00\x7e", 4);
    assert_int_equal(http_frames_head(head, OP_TEXT, 65535), 4);
    assert_memory_equal(head, "\x81\x7e\xff\xff", 4);
    assert_int_equal(http_frames_head(head, OP_TEXT, 65536), 10);
    assert_memory_equal(head, "\x81\x7f\0\0\0\0\0\x01\0\0", 10);
}

/* The example of RFC 6455, 1.3. */
static void test_the_handshake(void **state)
{
    (void)state;
    char to[SOCKET_ACCEPT_SIZE];
    http_text key = {"dGhlIHNhbXBsZSBub25jZQ==", 24};
    assert_true(http_frames_is_key(key));
    http_frames_accept(key, to);
    assert_string_equal(to, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    static const char *const bad[] = {"",
                                      "x",
                                      "dGhlIHNhbXBsZSBub25jZQ=",
                                      "dGhlIHNhbXBsZSBub25jZXh4",
                                      "dGhlIHNhbXBsZSBub25j!Q==",
                                      "dGhlIHNhbXBsZSBub25jZXg="};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(http_frames_is_key((http_text){bad[i], strlen(bad[i])}));
    }
}

#define with_socket(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_socket(test_messages),
        with_socket(test_fragments_with_a_ping_between),
        with_socket(test_byte_by_byte),
        with_socket(test_lengths),
        with_socket(test_it_may_be_put_where_it_came_from),
        with_socket(test_too_long),
        with_socket(test_frames_that_are_refused),
        with_socket(test_text_is_utf8),
        with_socket(test_utf8),
        with_socket(test_close),
        with_socket(test_heads_of_ours),
        with_socket(test_the_handshake),
    };
    return cmocka_run_group_tests_name("http_frames", tests, NULL, NULL);
}
