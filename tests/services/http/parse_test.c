/* The head of a request: what is taken from it, and what is refused. */
#include "world.h"

#include "parse.h"
#include "text.h"

#include <stdio.h>

static http_request r;
static char head[4096];

/* Parse `text` as it comes whole; answers the status of the refusal, or 0. */
static int parse(const char *text)
{
    size_t n = strlen(text);
    memcpy(head, text, n);
    const http_refusal *why = http_parse(&r, head, n, 0);
    return why ? why->status : 0;
}

/* A GET with Host and these lines. */
static int parse_with(const char *lines)
{
    static char text[4096];
    snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", lines);
    return parse(text);
}

static void assert_text(http_text text, const char *wanted)
{
    assert_non_null(text.at);
    assert_int_equal(text.length, strlen(wanted));
    assert_memory_equal(text.at, wanted, text.length);
}

static void test_a_plain_request(void **state)
{
    (void)state;
    const char *text = "GET /api/workers?all=1 HTTP/1.1\r\nHost: yoke.local:8080\r\n\r\n";
    assert_int_equal(parse(text), 0);
    assert_int_equal(r.head_length, strlen(text));
    assert_int_equal(r.method, HTTP_GET);
    assert_text(r.path, "/api/workers");
    assert_text(r.query, "all=1");
    assert_text(r.field[HTTP_HOST], "yoke.local:8080");
    assert_true(r.keeps_alive);
    assert_false(r.has_body || r.is_chunked || r.is_http_1_0 || r.expects_continue);
}

static void test_every_beginning_of_it_is_incomplete(void **state)
{
    (void)state;
    static const char text[] = "\r\nPOST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    size_t whole = sizeof text - 1 - 3;
    for (size_t n = 1; n < whole; n++) {
        for (size_t seen = 0; seen < n; seen++) {
            assert_null(http_parse(&r, text, n, seen));
            assert_int_equal(r.head_length, 0);
        }
    }
    assert_null(http_parse(&r, text, sizeof text - 1, whole - 1));
    assert_int_equal(r.head_length, whole);
    assert_int_equal(r.content_bytes, 3);
}

static void test_methods(void **state)
{
    (void)state;
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    char text[80];
    for (unsigned i = 0; i < 7; i++) {
        snprintf(text, sizeof text, "%s / HTTP/1.1\r\nHost: a\r\n\r\n", names[i]);
        assert_int_equal(parse(text), 0);
        assert_int_equal(r.method, 1 << i);
    }
    assert_int_equal(parse("get / HTTP/1.1\r\nHost: a\r\n\r\n"), 501);
    assert_int_equal(parse("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"), 501);
    assert_int_equal(parse("G(T / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    assert_int_equal(parse(" / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

static void test_the_target(void **state)
{
    (void)state;
    assert_int_equal(parse("GET HTTP://b:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    assert_text(r.path, "/x");
    assert_text(r.field[HTTP_HOST], "b:81");
    assert_int_equal(parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    assert_int_equal(parse("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    assert_int_equal(parse("GET x HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    assert_int_equal(parse("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

static void test_versions(void **state)
{
    (void)state;
    assert_int_equal(parse("GET / HTTP/1.0\r\nHost: a\r\n\r\n"), 0);
    assert_true(r.is_http_1_0 && !r.keeps_alive);
    assert_int_equal(parse("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"), 0);
    assert_true(r.keeps_alive);
    assert_int_equal(parse("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 400);
    assert_int_equal(parse("GET /\r\n\r\n"), 400);
    assert_int_equal(parse_with("Connection: foo, Close\r\n"), 0);
    assert_false(r.keeps_alive);
}

static void test_there_must_be_one_host(void **state)
{
    (void)state;
    assert_int_equal(parse("GET / HTTP/1.1\r\n\r\n"), 400);
    assert_int_equal(parse_with("Host: b\r\n"), 400);
    assert_int_equal(parse_with("hOST: b\r\n"), 400);
}

/* Whatever another server might read in another way. */
static void test_lines_that_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Content-Length: 1\r\nContent-Length: 1\r\n",
        "Content-Length: 1, 1\r\n",
        "Content-Length: +1\r\n",
        "Content-Length: 1 1\r\n",
        "Content-Length: 0x1\r\n",
        "Content-Length: -1\r\n",
        "Content-Length:\r\n",
        "Content-Length: 4294967296\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "X: a\r\n folded\r\n",
        "Content-Length : 1\r\n",
        " X: a\r\n",
        "X Y: a\r\n",
        ": a\r\n",
        "X\r\n",
        "X: \x01\r\n",
        "X: a\rb\r\n",
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(parse_with(bad[i]), 400);
    }
    assert_int_equal(parse_with("Transfer-Encoding: gzip\r\n"), 501);
    assert_int_equal(parse_with("Transfer-Encoding: gzip, chunked\r\n"), 501);
    assert_int_equal(parse_with("Expect: a miracle\r\n"), 417);
    assert_int_equal(parse("GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

static void test_bodies_and_what_is_expected(void **state)
{
    (void)state;
    assert_int_equal(parse_with("Content-Length: 4294967295\r\n"), 0);
    assert_true(r.has_body && r.content_bytes == UINT32_MAX);
    assert_int_equal(parse_with("content-length: \t0 \t\r\n"), 0);
    assert_true(r.has_body && r.content_bytes == 0);
    assert_int_equal(parse_with("Transfer-Encoding: Chunked\r\nExpect: 100-Continue\r\n"), 0);
    assert_true(r.has_body && r.is_chunked && r.expects_continue);
}

static void test_an_upgrade(void **state)
{
    (void)state;
    assert_int_equal(parse_with("Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"), 0);
    assert_true(r.wants_upgrade && r.keeps_alive);
    assert_int_equal(parse_with("Upgrade: websocket\r\n"), 0);
    assert_false(r.wants_upgrade);
}

/* --- limits ----------------------------------------------------------- */

/* "GET /xxx… HTTP/1.1", the target of `n` bytes, then a header line of `m` bytes. */
static int parse_of_length(size_t n, size_t m)
{
    static char text[4000];
    char *at = text + sprintf(text, "GET ");
    memset(at, 'x', n);
    *at = '/';
    at += n;
    at += sprintf(at, " HTTP/1.1\r\nHost: a\r\nX: ");
    memset(at, 'y', m);
    at += m;
    strcpy(at, "\r\n\r\n");
    return parse(text);
}

static void test_the_longest_target(void **state)
{
    (void)state;
    assert_int_equal(parse_of_length(HTTP_TARGET_MAX, 1), 0);
    assert_int_equal(parse_of_length(HTTP_TARGET_MAX + 1, 1), 414);
    assert_int_equal(parse_of_length(2000, 1), 414);
}

static void test_the_longest_head(void **state)
{
    (void)state;
    size_t rest = strlen("GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n");
    assert_int_equal(parse_of_length(1, HTTP_HEAD_MAX - rest), 0);
    assert_int_equal(r.head_length, HTTP_HEAD_MAX);
    assert_int_equal(parse_of_length(1, HTTP_HEAD_MAX - rest + 1), 431);
}

static void test_the_most_headers(void **state)
{
    (void)state;
    char lines[4 * HTTP_HEADERS_MAX + 1] = "";
    for (unsigned i = 1; i < HTTP_HEADERS_MAX; i++) {
        strcat(lines, "X:\r\n");
    }
    assert_int_equal(parse_with(lines), 0);
    strcat(lines, "X:\r\n");
    assert_int_equal(parse_with(lines), 431);
}

/* --- texts ------------------------------------------------------------ */

static http_text text_of(const char *text)
{
    return (http_text){text, strlen(text)};
}

static void test_escapes(void **state)
{
    (void)state;
    char to[6];
    assert_int_equal(http_text_decode(text_of("a%20b%C3"), false, to, 6), 4);
    assert_string_equal(to, "a b\xc3");
    assert_int_equal(http_text_decode(text_of("a+b"), false, to, 6), 3);
    assert_string_equal(to, "a+b");
    assert_int_equal(http_text_decode(text_of("a+b"), true, to, 6), 3);
    assert_string_equal(to, "a b");
    assert_int_equal(http_text_decode(text_of("12345"), false, to, 6), 5);
    assert_int_equal(http_text_decode(text_of("123456"), false, to, 6), YOKE_EFULL);
    static const char *const bad[] = {"%", "%2", "%2g", "%g2", "%00", "a%"};
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(http_text_decode(text_of(bad[i]), false, to, 6), YOKE_EINVAL);
    }
}

static void test_lists(void **state)
{
    (void)state;
    assert_true(http_text_lists(text_of("a, B;q=1 ,c"), "b"));
    assert_true(http_text_lists(text_of("b"), "b"));
    assert_false(http_text_lists(text_of("ab, bc"), "b"));
    assert_false(http_text_lists(text_of(""), "b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_plain_request),
        cmocka_unit_test(test_every_beginning_of_it_is_incomplete),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_the_target),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_there_must_be_one_host),
        cmocka_unit_test(test_lines_that_are_refused),
        cmocka_unit_test(test_bodies_and_what_is_expected),
        cmocka_unit_test(test_an_upgrade),
        cmocka_unit_test(test_the_longest_target),
        cmocka_unit_test(test_the_longest_head),
        cmocka_unit_test(test_the_most_headers),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests_name("http_parse", tests, NULL, NULL);
}
