#include "route.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

/* The next part between slashes; slashes side by side count as one. False: there is none. */
static bool next_segment(http_text *rest, http_text *segment)
{
    while (rest->length && rest->at[0] == '/') {
        rest->at++;
        rest->length--;
    }
    if (!rest->length) {
        return false;
    }
    *segment = http_text_until(*rest, '/', rest);
    return true;
}

static bool is_parameter(http_text segment)
{
    return segment.length > 2 && segment.at[0] == '{' && segment.at[segment.length - 1] == '}';
}

static bool is_same(http_text a, http_text b)
{
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static bool fits(const char *pattern, http_text path)
{
    http_text rest = {pattern, strlen(pattern)};
    http_text wanted;
    http_text got;
    while (next_segment(&rest, &wanted)) {
        if (is_same(wanted, (http_text){"*", 1})) {
            return true;
        }
        if (!next_segment(&path, &got) || (!is_parameter(wanted) && !is_same(wanted, got))) {
            return false;
        }
    }
    return !next_segment(&path, &got);
}

/* A stream without its body would be nothing. */
static uint8_t known_methods(const http_route *r)
{
    bool has_head = r->methods & HTTP_GET && !(r->flags & HTTP_STREAM);
    return (uint8_t)(r->methods | (has_head ? HTTP_HEAD : 0));
}

const http_route *http_route_find(const http_route *routes, http_text path, uint8_t method,
                                  uint8_t *allowed)
{
    *allowed = 0;
    for (const http_route *r = routes; r->path; r++) {
        if (fits(r->path, path)) {
            uint8_t knows = known_methods(r);
            if (knows & method) {
                return r;
            }
            *allowed |= knows;
        }
    }
    return NULL;
}

http_text http_route_parameter(const http_route *route, http_text path, const char *name)
{
    http_text rest = {route->path, strlen(route->path)};
    http_text wanted;
    http_text got;
    while (next_segment(&rest, &wanted) && next_segment(&path, &got)) {
        if (is_parameter(wanted) && is_same((http_text){wanted.at + 1, wanted.length - 2},
                                            (http_text){name, strlen(name)})) {
            return got;
        }
    }
    return (http_text){NULL, 0};
}

http_text http_query_value(http_text query, const char *key)
{
    while (query.length) {
        http_text value;
        http_text pair = http_text_until(query, '&', &query);
        http_text name = http_text_until(pair, '=', &value);
        if (is_same(name, (http_text){key, strlen(key)})) {
            return value;
        }
    }
    return (http_text){NULL, 0};
}

void http_route_allow(uint8_t methods, char *to)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    size_t n = 0;
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (methods & (1u << i)) {
            n += (size_t)snprintf(to + n, HTTP_ALLOW_MAX - n, "%s, ", names[i]);
        }
    }
    snprintf(to + n, HTTP_ALLOW_MAX - n, "OPTIONS");
}
