/* Who may ask. */
#include "world.h"

#include "rules.h"

static const char *const hosts[] = {"yoke.local", "localhost", NULL};
static const uint8_t ip[4] = {192, 168, 1, 20};

static http_request r;

static http_text text_of(const char *text)
{
    return (http_text){text, text ? strlen(text) : 0};
}

static void field_is(enum http_field field, const char *value)
{
    r.field[field] = text_of(value);
}

static int status_of(const http_refusal *why)
{
    return why ? why->status : 0;
}

static int host(const char *value)
{
    field_is(HTTP_HOST, value);
    return status_of(http_check_host(&r, hosts, ip));
}

static int origin(const char *value)
{
    field_is(HTTP_HOST, "yoke.local:8080");
    field_is(HTTP_ORIGIN, value);
    return status_of(http_check_origin(&r));
}

static int token(const char *authorization, const char *secret)
{
    field_is(HTTP_AUTHORIZATION, authorization);
    return status_of(http_check_token(&r, secret, false));
}

static int type(uint8_t method, const char *value, uint32_t size)
{
    r.method = method;
    r.content_bytes = size;
    field_is(HTTP_CONTENT_TYPE, value);
    return status_of(http_check_type(&r));
}

static int setup(void **state)
{
    (void)state;
    r = (http_request){.method = HTTP_GET, .query = {"", 0}};
    return 0;
}

static void test_hosts_of_ours(void **state)
{
    (void)state;
    static const char *const good[] = {"yoke.local",     "YOKE.Local:80",     "yoke.local.",
                                       "localhost:8080", "192.168.1.20:8080", "192.168.1.20"};
    for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(host(good[i]), 0);
    }
}

static void test_foreign_hosts(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "evil.example", "yoke.local.evil.example", "192.168.1.2", "",    "yoke", "192.168.1.200",
        "[::1]",        "yoke.local@evil",         "xyoke.local", ":80", ".",    "yoke.local.."};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(host(bad[i]), 421);
    }
}

static void test_origins(void **state)
{
    (void)state;
    assert_int_equal(origin(NULL), 0);
    assert_int_equal(origin("http://yoke.local:8080"), 0);
    assert_int_equal(origin("https://YOKE.local:8080"), 0);
    static const char *const bad[] = {"null",
                                      "",
                                      "http://yoke.local",
                                      "http://yoke.local:81",
                                      "http://evil.example",
                                      "http://yoke.local:8080.evil.example",
                                      "ftp://yoke.local:8080",
                                      "yoke.local:8080",
                                      "http://"};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(origin(bad[i]), 403);
    }
}

static void test_tokens(void **state)
{
    (void)state;
    assert_int_equal(token(NULL, NULL), 0);
    assert_int_equal(token(NULL, ""), 0);
    assert_int_equal(token("Bearer secret", "secret"), 0);
    assert_int_equal(token("bearer  secret ", "secret"), 0);
    static const char *const bad[] = {NULL,
                                      "",
                                      "Bearer",
                                      "Bearer ",
                                      "Bearer secre",
                                      "secret",
                                      "Bearer secrets",
                                      "Basic secret",
                                      "Bearer Secret",
                                      "Bearer secretsecret"};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(token(bad[i], "secret"), 401);
    }
}

static void test_a_token_in_the_query(void **state)
{
    (void)state;
    r.query = text_of("a=b&access_token=secret");
    assert_int_equal(status_of(http_check_token(&r, "secret", true)), 0);
    assert_int_equal(status_of(http_check_token(&r, "secret", false)), 401);
    assert_int_equal(status_of(http_check_token(&r, "other", true)), 401);
}

static void test_bodies_are_json(void **state)
{
    (void)state;
    static const uint8_t changing[] = {HTTP_POST, HTTP_PUT, HTTP_PATCH};
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(type(changing[i], "application/json", 2), 0);
        assert_int_equal(type(changing[i], "Application/JSON ; charset=utf-8", 2), 0);
        assert_int_equal(type(changing[i], NULL, 0), 0);
        assert_int_equal(type(changing[i], NULL, 2), 415);
        assert_int_equal(type(changing[i], "text/plain", 0), 415);
        assert_int_equal(type(changing[i], "application/x-www-form-urlencoded", 2), 415);
        assert_int_equal(type(changing[i], "text/plain;application/json", 2), 415);
        assert_int_equal(type(changing[i], "application/json,text/plain", 2), 415);
    }
    assert_int_equal(type(HTTP_GET, "text/plain", 0), 0);
    r.is_chunked = true;
    assert_int_equal(type(HTTP_POST, NULL, 0), 415);
}

#define with_request(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_request(test_hosts_of_ours),
        with_request(test_foreign_hosts),
        with_request(test_origins),
        with_request(test_tokens),
        with_request(test_a_token_in_the_query),
        with_request(test_bodies_are_json),
    };
    return cmocka_run_group_tests_name("http_rules", tests, NULL, NULL);
}
