/* A head, the route it finds, the rules it meets: whatever comes, and in whatever pieces. */
#include "fuzz.h"

#include "parse.h"
#include "route.h"
#include "rules.h"
#include "text.h"

static int answer(yoke_task *t, http_exchange *x)
{
    (void)t;
    (void)x;
    return 0;
}

static const http_route routes[] = {
    {.path = "/", .handler = answer, .methods = HTTP_GET},
    {.path = "/api/{kind}/{name}", .handler = answer, .methods = HTTP_GET | HTTP_POST},
    {.path = "/f/*", .handler = answer, .methods = HTTP_GET, .flags = HTTP_STREAM},
    {0},
};
static const char *const hosts[] = {"yoke.local", NULL};
static const uint8_t ip[4] = {10, 0, 2, 15};

static void must_be_within(http_text text, const char *from, size_t size)
{
    if (text.length) {
        must(text.at >= from && text.at + text.length <= from + size);
    }
}

static void use_route(const http_request *r)
{
    uint8_t allowed;
    char to[32];
    char methods[HTTP_ALLOW_MAX];
    const http_route *route = http_route_find(routes, r->path, r->method, &allowed);
    http_route_allow(allowed, methods);
    if (route) {
        http_text name = http_route_parameter(route, r->path, "name");
        int n = http_text_decode(name, false, to, sizeof to);
        must(n < 0 || strlen(to) == (size_t)n);
    }
    int n = http_text_decode(http_query_value(r->query, "a"), true, to, sizeof to);
    must(n < 0 || strlen(to) == (size_t)n);
}

static void use(const http_request *r, const char *text, size_t size)
{
    must(r->head_length <= size && r->method);
    must_be_within(r->path, text, size);
    must_be_within(r->query, text, size);
    for (unsigned i = 0; i < HTTP_FIELDS; i++) {
        must_be_within(r->field[i], text, size);
    }
    use_route(r);
    http_check_host(r, hosts, ip);
    http_check_origin(r);
    http_check_token(r, "secret", true);
    http_check_type(r);
}

/* The first answer that is final, when it comes in pieces of `step` bytes. */
static const http_refusal *parse_in_pieces(http_request *r, const char *text, size_t size,
                                           size_t step)
{
    size_t seen = 0;
    for (size_t n = step; seen < size; n += step) {
        n = n < size ? n : size;
        const http_refusal *why = http_parse(r, text, n, seen);
        if (why || r->head_length) {
            return why;
        }
        seen = n;
    }
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    http_request whole;
    http_request parts;
    char *text = malloc(size + 1); /* so that a read beyond the end is seen */
    must(text != NULL);
    memcpy(text, data, size);
    const http_refusal *why = size ? http_parse(&whole, text, size, 0) : NULL;
    if (size && !why && whole.head_length) {
        use(&whole, text, size);
        must(parse_in_pieces(&parts, text, size, 7) == NULL);
        must(parts.head_length == whole.head_length && parts.path.at == whole.path.at);
    }
    free(text);
    return 0;
}
