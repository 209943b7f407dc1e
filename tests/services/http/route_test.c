/* Paths, parameters and queries. */
#include "world.h"

#include "route.h"

static int answer(yoke_task *t, http_exchange *x)
{
    (void)t;
    (void)x;
    return YOKE_OK;
}

static const http_route routes[] = {
    {.path = "/", .handler = answer, .methods = HTTP_GET},
    {.path = "/api/workers", .handler = answer, .methods = HTTP_GET},
    {.path = "/api/workers", .handler = answer, .methods = HTTP_POST},
    {.path = "/api/workers/{name}", .handler = answer, .methods = HTTP_GET | HTTP_DELETE},
    {.path = "/api/{kind}/{name}/log", .handler = answer, .methods = HTTP_PUT},
    {.path = "/events", .handler = answer, .methods = HTTP_GET, .flags = HTTP_STREAM},
    {.path = "/files/*", .handler = answer, .methods = HTTP_GET},
    {0},
};

static http_text text_of(const char *text)
{
    return (http_text){text, strlen(text)};
}

/* The number of the route, or -1. */
static int find(const char *path, uint8_t method)
{
    uint8_t allowed;
    const http_route *r = http_route_find(routes, text_of(path), method, &allowed);
    return r ? (int)(r - routes) : -1;
}

static uint8_t allowed_at(const char *path)
{
    uint8_t allowed;
    assert_null(http_route_find(routes, text_of(path), HTTP_OPTIONS, &allowed));
    return allowed;
}

static void test_paths(void **state)
{
    (void)state;
    assert_int_equal(find("/", HTTP_GET), 0);
    assert_int_equal(find("/api/workers", HTTP_GET), 1);
    assert_int_equal(find("/api/workers", HTTP_POST), 2);
    assert_int_equal(find("/api/workers/beat", HTTP_DELETE), 3);
    assert_int_equal(find("/api/x/y/log", HTTP_PUT), 4);
    assert_int_equal(find("/files/a/b/c", HTTP_GET), 6);
    assert_int_equal(find("/files", HTTP_GET), 6);
}

static void test_paths_that_are_not_there(void **state)
{
    (void)state;
    static const char *const bad[] = {"/api",          "/api/worker",      "/api/workersx",
                                      "/API/workers",  "/api/workers/a/b", "/x",
                                      "/%61pi/workers"};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(find(bad[i], HTTP_GET), -1);
        assert_int_equal(allowed_at(bad[i]), 0);
    }
}

static void test_slashes_side_by_side_count_as_one(void **state)
{
    (void)state;
    assert_int_equal(find("//api///workers/", HTTP_GET), 1);
    assert_int_equal(find("///", HTTP_GET), 0);
}

static void test_methods_that_are_allowed(void **state)
{
    (void)state;
    char text[HTTP_ALLOW_MAX];
    assert_int_equal(allowed_at("/api/workers"), HTTP_GET | HTTP_HEAD | HTTP_POST);
    http_route_allow(allowed_at("/api/workers"), text);
    assert_string_equal(text, "GET, HEAD, POST, OPTIONS");
    http_route_allow(0xff, text);
    assert_string_equal(text, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    assert_int_equal(allowed_at("/events"), HTTP_GET);
    assert_int_equal(find("/api/workers/x", HTTP_HEAD), 3);
    assert_int_equal(find("/events", HTTP_HEAD), -1);
}

static void test_parameters(void **state)
{
    (void)state;
    http_text path = text_of("//api/a%20b//beat/log");
    http_text kind = http_route_parameter(&routes[4], path, "kind");
    http_text name = http_route_parameter(&routes[4], path, "name");
    assert_true(kind.length == 5 && memcmp(kind.at, "a%20b", 5) == 0);
    assert_true(name.length == 4 && memcmp(name.at, "beat", 4) == 0);
    assert_null(http_route_parameter(&routes[4], path, "nam").at);
    assert_null(http_route_parameter(&routes[1], path, "api").at);
}

static void test_queries(void **state)
{
    (void)state;
    http_text query = text_of("a=1&bb=&c&a=2&=x");
    http_text a = http_query_value(query, "a");
    assert_true(a.length == 1 && *a.at == '1');
    assert_true(http_query_value(query, "bb").at && http_query_value(query, "bb").length == 0);
    assert_true(http_query_value(query, "c").at && http_query_value(query, "c").length == 0);
    assert_null(http_query_value(query, "b").at);
    assert_null(http_query_value(text_of(""), "a").at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_paths_that_are_not_there),
        cmocka_unit_test(test_slashes_side_by_side_count_as_one),
        cmocka_unit_test(test_methods_that_are_allowed),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_queries),
    };
    return cmocka_run_group_tests_name("http_route", tests, NULL, NULL);
}
