/* The server, asked by clients over a stream: whatever the pieces in which a request comes. */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>

/* --- answers ---------------------------------------------------------- */

static void test_an_answer_of_known_length(void **state)
{
    (void)state;
    const char *answer = site_ask(site_request("GET /hello", "", ""));
    assert_string_equal(answer,
                        "HTTP/1.1 200 OK\r\n"
                        "Content-Type: application/json\r\n"
                        "Cache-Control: no-store\r\n"
                        "Content-Length: 15\r\n"
                        "Connection: close\r\n"
                        "X-Content-Type-Options: nosniff\r\n"
                        "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'\r\n"
                        "Referrer-Policy: no-referrer\r\n"
                        "\r\n"
                        "{\"hello\":\"you\"}");
}

/* The body of a chunked answer, put together; each chunk must be well formed. */
static const char *unchunk(const char *answer)
{
    static char body[16384];
    size_t n = 0;
    assert_non_null(strstr(answer, "\r\nTransfer-Encoding: chunked\r\n"));
    const char *at = site_body(answer);
    for (;;) {
        char *end;
        size_t size = strtoul(at, &end, 16);
        assert_memory_equal(end, "\r\n", 2);
        memcpy(body + n, end + 2, size);
        n += size;
        at = end + 2 + size;
        assert_memory_equal(at, "\r\n", 2);
        at += 2;
        if (size == 0) {
            assert_int_equal(*at, '\0');
            body[n] = '\0';
            return body;
        }
    }
}

static const char *big_text(void)
{
    static char text[SITE_BIG_LINES * 9 + 1];
    for (unsigned i = 0; i < SITE_BIG_LINES; i++) {
        snprintf(text + i * 9, 10, "line %03u\n", i);
    }
    return text;
}

static void test_a_long_answer_is_chunked(void **state)
{
    (void)state;
    assert_string_equal(unchunk(site_ask(site_request("GET /big", "", ""))), big_text());
}

static void test_a_large_answer(void **state)
{
    (void)state;
    static site_client c;
    site_begin(&c, site_request("GET /large", "", ""));
    c.counts_only = true;
    site_wait(&c);
    size_t head = (size_t)(site_body(c.answer) - c.answer);
    assert_int_equal(c.length, head + SITE_LARGE_BYTES);
    assert_non_null(strstr(c.answer, "\r\nContent-Length: 65536\r\n"));
    assert_int_equal(c.error, YOKE_OK);
}

static void test_http_1_0_gets_no_chunks(void **state)
{
    (void)state;
    const char *answer = site_ask("GET /big HTTP/1.0\r\nHost: yoke.local\r\n\r\n");
    assert_null(strstr(answer, "Transfer-Encoding"));
    assert_null(strstr(answer, "Content-Length"));
    assert_string_equal(site_body(answer), big_text());
}

static void test_head_is_get_without_its_body(void **state)
{
    (void)state;
    const char *answer = site_ask(site_request("HEAD /hello", "", ""));
    assert_non_null(strstr(answer, "\r\nContent-Length: 15\r\n"));
    assert_string_equal(site_body(answer), "");
    answer = site_ask(site_request("HEAD /big", "", ""));
    assert_int_equal(site_status(answer), 200);
    assert_string_equal(site_body(answer), "");
    answer = site_ask(site_request("HEAD /", "", ""));
    assert_non_null(strstr(answer, "\r\nContent-Length: 15\r\n"));
    assert_string_equal(site_body(answer), "");
}

static void test_options(void **state)
{
    (void)state;
    const char *answer = site_ask(site_request("OPTIONS /echo", "", ""));
    assert_int_equal(site_status(answer), 204);
    assert_non_null(strstr(answer, "\r\nAllow: POST, PATCH, OPTIONS\r\n"));
    assert_null(strstr(answer, "Content-"
                               "Length"));
}

static void test_pages(void **state)
{
    (void)state;
    const char *answer = site_ask(site_request("GET /", "", ""));
    assert_non_null(strstr(answer, "\r\nContent-Encoding: gzip\r\n"));
    assert_non_null(strstr(answer, "\r\nContent-Type: text/html\r\n"));
    assert_non_null(strstr(answer, "\r\nETag: \"0123\"\r\n"));
    assert_non_null(strstr(answer, "\r\nCache-Control: no-cache\r\n"));
    assert_string_equal(site_body(answer), "not really gzip");
    static const char *const same[] = {"\"0123\"", "W/\"0123\"", "\"x\", \"0123\"", "*"};
    char line[80];
    for (unsigned i = 0; i < 4; i++) {
        snprintf(line, sizeof line, "If-None-Match: %s\r\n", same[i]);
        answer = site_ask(site_request("GET /", line, ""));
        assert_int_equal(site_status(answer), 304);
        assert_non_null(strstr(answer, "\r\nETag: \"0123\"\r\n"));
        assert_string_equal(site_body(answer), "");
    }
    answer = site_ask(site_request("GET /", "If-None-Match: \"012\"\r\n", ""));
    assert_int_equal(site_status(answer), 200);
}

static void test_parameters_and_queries(void **state)
{
    (void)state;
    assert_string_equal(site_body(site_ask(site_request("GET /things/a%20b", "", ""))),
                        "{\"thing\":\"a b\"}");
    assert_string_equal(site_body(site_ask(site_request("GET /hello?x&name=a+b", "", ""))),
                        "{\"hello\":\"a b\"}");
    const char *answer = site_ask(site_request("GET /things/a%zz", "", ""));
    assert_int_equal(site_status(answer), 404);
    assert_string_equal(site_body(answer), "{\"error\":\"There is no thing of that name.\"}");
    assert_int_equal(site_status(site_ask(site_request("GET /things/longer-than-7", "", ""))), 404);
}

/* --- bodies ----------------------------------------------------------- */

static const char json[] = "Content-Type: application/json\r\n";

static const char *post(const char *line, const char *more, const char *body)
{
    char lines[200];
    snprintf(lines, sizeof lines, "%s%s", json, more);
    return site_ask(site_request(line, lines, body));
}

static void test_a_body(void **state)
{
    (void)state;
    assert_string_equal(site_body(post("POST /echo", "Content-Length: 7\r\n", "{\"a\":1}")),
                        "{\"a\":1}");
    assert_string_equal(site_body(post("PATCH /echo", "Content-Length: 0\r\n", "")), "");
    assert_string_equal(site_body(post("POST /echo", "Transfer-Encoding: chunked\r\n",
                                       "4\r\n{\"a\"\r\n3;x\r\n:1}\r\n0\r\nA: b\r\n\r\n")),
                        "{\"a\":1}");
}

static void test_the_longest_body(void **state)
{
    (void)state;
    char body[HTTP_BODY_MAX + 2];
    memset(body, 'x', sizeof body);
    body[HTTP_BODY_MAX] = '\0';
    assert_string_equal(unchunk(post("POST /echo?long=path", "Content-Length: 1024\r\n", body)),
                        body);
    assert_int_equal(site_status(post("POST /echo", "Content-Length: 1025\r\n", "")), 413);
    assert_int_equal(site_status(post("POST /echo", "Transfer-Encoding: chunked\r\n", "401\r\nx")),
                     413);
}

static void test_bodies_that_are_refused(void **state)
{
    (void)state;
    assert_int_equal(site_status(post("POST /echo", "", "")), 411);
    assert_int_equal(site_status(post("POST /echo", "Transfer-Encoding: chunked\r\n", "x\r\n")),
                     400);
    assert_int_equal(site_status(site_ask(site_request(
                         "POST /echo", "Content-Type: text/plain\r\nContent-Length: 1\r\n", "x"))),
                     415);
}

static void test_a_body_in_pieces(void **state)
{
    (void)state;
    static char body[6001];
    unsigned sum = 0;
    for (unsigned i = 0; i < 6000; i++) {
        body[i] = (char)('a' + i % 26);
        sum += (unsigned char)body[i];
    }
    char wanted[40];
    snprintf(wanted, sizeof wanted, "{\"size\":6000,\"sum\":%u}", sum);
    assert_string_equal(
        site_body(site_ask(site_request("PUT /upload", "Content-Length: 6000\r\n", body))), wanted);
    assert_int_equal(
        site_status(site_ask(site_request("PUT /upload", "Content-Length: 100001\r\n", ""))), 413);
}

static void test_100_continue(void **state)
{
    (void)state;
    const char *request = site_request(
        "POST /echo",
        "Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n", "{}");
    const char *answer = site_ask_split(request, strlen(request) - 2);
    assert_memory_equal(answer, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", 42);
    request = site_request("POST /nothing", "Content-Length: 2\r\nExpect: 100-continue\r\n", "");
    assert_int_equal(site_status(site_ask(request)), 404);
}

/* --- refusals --------------------------------------------------------- */

static void test_every_refusal_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int status;
    } all[] = {
        {"GET /\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET /nothing HTTP/1.1\r\nHost: yoke.local\r\nConnection: close\r\n\r\n", 404},
        {"DELETE /hello HTTP/1.1\r\nHost: yoke.local\r\nConnection: close\r\n\r\n", 405},
        {"GET /hello HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 421},
        {"GET /hello HTTP/1.1\r\nHost: yoke.local\r\nOrigin: http://a\r\nConnection: close\r\n\r\n",
         403},
        {"GET /ws HTTP/1.1\r\nHost: yoke.local\r\nConnection: close\r\n\r\n", 426},
        {"BREW / HTTP/1.1\r\nHost: yoke.local\r\n\r\n", 501},
        {"GET /broken HTTP/1.1\r\nHost: yoke.local\r\nConnection: close\r\n\r\n", 500},
    };
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++) {
        const char *answer = site_ask(all[i].request);
        assert_int_equal(site_status(answer), all[i].status);
        assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
        assert_non_null(strstr(answer, "\r\nContent-Security-Policy: "));
        assert_memory_equal(site_body(answer), "{\"error\":\"", 10);
        assert_non_null(strstr(site_body(answer), ".\"}"));
    }
    assert_int_equal(site.stats.refused, sizeof all / sizeof all[0]);
}

static void test_405_says_what_is_allowed(void **state)
{
    (void)state;
    const char *answer = site_ask(site_request("DELETE /hello", "", ""));
    assert_non_null(strstr(answer, "\r\nAllow: GET, HEAD, OPTIONS\r\n"));
}

static void test_a_token(void **state)
{
    (void)state;
    site_config.token = "secret";
    const char *answer = site_ask(site_request("GET /hello", "", ""));
    assert_int_equal(site_status(answer), 401);
    assert_non_null(strstr(answer, "\r\nWWW-Authenticate: Bearer\r\n"));
    assert_int_equal(site_status(site_ask(site_request("GET /", "", ""))), 200);
    assert_int_equal(
        site_status(site_ask(site_request("GET /hello", "Authorization: Bearer secret\r\n", ""))),
        200);
}

static void test_half_an_answer_does_not_look_whole(void **state)
{
    (void)state;
    static site_client c;
    site_begin(&c, site_request("GET /torn", "", ""));
    site_wait(&c);
    assert_int_equal(c.error, YOKE_EIO);
    assert_null(strstr(c.answer, "\r\n0\r\n\r\n"));
}

/* --- more than one request -------------------------------------------- */

static void test_pipelined_requests(void **state)
{
    (void)state;
    const char *answer = site_ask("GET /hello?name=1 HTTP/1.1\r\nHost: yoke.local\r\n\r\n"
                                  "POST /echo HTTP/1.1\r\nHost: yoke.local\r\nContent-Length: 3\r\n"
                                  "Content-Type: application/json\r\n\r\n[2]"
                                  "POST /nothing HTTP/1.1\r\nHost: yoke.local\r\n"
                                  "Content-Length: 4\r\n\r\nbody"
                                  "GET /hello?name=3 HTTP/1.1\r\nHost: yoke.local\r\n"
                                  "Connection: close\r\n\r\n"
                                  "GET /hello?name=4 HTTP/1.1\r\nHost: yoke.local\r\n\r\n");
    const char *at = answer;
    static const char *const wanted[] = {"{\"hello\":\"1\"}", "[2]", "404 Not Found",
                                         "{\"hello\":\"3\"}"};
    for (unsigned i = 0; i < 4; i++) {
        at = strstr(at, wanted[i]);
        assert_non_null(at);
    }
    assert_null(strstr(answer, "{\"hello\":\"4\"}"));
    assert_int_equal(site.stats.requests, 4);
    assert_int_equal(site.stats.connections, 1);
}

/* Every request parted at every byte gives the same answer. */
static void assert_same_at_every_split(const char *request)
{
    static char whole[16384];
    strcpy(whole, site_ask(request));
    size_t n = strlen(request);
    for (size_t split = 1; split < n; split++) {
        assert_string_equal(site_ask_split(request, split), whole);
    }
}

static void test_parted_at_every_byte(void **state)
{
    (void)state;
    assert_same_at_every_split("\r\nGET /hello HTTP/1.1\r\nHost: yoke.local\r\n\r\n"
                               "GET /hello HTTP/1.1\r\nHost: yoke.local\r\nConnection: close\r\n"
                               "\r\n");
    assert_same_at_every_split("POST /echo HTTP/1.1\r\nHost: yoke.local\r\nConnection: close\r\n"
                               "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
                               "\r\n5;a\r\nhello\r\n7\r\n, world\r\n0\r\nX: y\r\n\r\n");
    assert_same_at_every_split("POST /things/a HTTP/1.1\r\nHost: yoke.local\r\n"
                               "Content-Length: 9\r\n\r\nnot wanted"
                               "GET /nothing HTTP/1.1\r\nHost: yoke.local\r\nConnection: close\r\n"
                               "\r\n");
}

#define on_site(test) cmocka_unit_test_setup_teardown(test, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_site(test_an_answer_of_known_length),
        on_site(test_a_long_answer_is_chunked),
        on_site(test_a_large_answer),
        on_site(test_http_1_0_gets_no_chunks),
        on_site(test_head_is_get_without_its_body),
        on_site(test_options),
        on_site(test_pages),
        on_site(test_parameters_and_queries),
        on_site(test_a_body),
        on_site(test_the_longest_body),
        on_site(test_bodies_that_are_refused),
        on_site(test_a_body_in_pieces),
        on_site(test_100_continue),
        on_site(test_every_refusal_says_why),
        on_site(test_405_says_what_is_allowed),
        on_site(test_a_token),
        on_site(test_half_an_answer_does_not_look_whole),
        on_site(test_pipelined_requests),
        on_site(test_parted_at_every_byte),
    };
    return cmocka_run_group_tests_name("http_server", tests, NULL, NULL);
}
