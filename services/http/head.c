#include "internal.h"
#include "route.h"

#include <stdio.h>
#include <string.h>

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {426, "Upgrade Required"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
};

/* On every answer. A page may load only what comes from here, nobody may frame it, no address of
 * ours leaks to others, and a browser takes a type as it is told. No CORS: nobody else's page reads
 * an answer. */
static const char always[] = "X-Content-Type-Options: nosniff\r\n"
                             "Content-Security-Policy: default-src 'self'; "
                             "frame-ancestors 'none'\r\n"
                             "Referrer-Policy: no-referrer\r\n";

static const char *phrase_of(int status)
{
    for (unsigned i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        if (phrases[i].status == status) {
            return phrases[i].phrase;
        }
    }
    return "";
}

bool http_is_bodiless(int status)
{
    return status < 200 || status == 204 || status == 304;
}

/* --- what a status asks for ------------------------------------------ */

static void allow(const http_exchange *x, char *to, size_t size)
{
    char methods[HTTP_ALLOW_MAX];
    http_route_allow(x->allowed, methods);
    snprintf(to, size, "Allow: %s\r\n", methods);
}

static void own_fields(const http_exchange *x, char *to, size_t size)
{
    *to = '\0';
    if (x->status == 405 || (x->request.method == HTTP_OPTIONS && x->status == 204)) {
        allow(x, to, size);
    } else if (x->status == 401) {
        snprintf(to, size, "WWW-Authenticate: Bearer\r\n");
    } else if (x->status == 426) {
        snprintf(to, size, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    } else if (x->status == 503) {
        snprintf(to, size, "Retry-After: 1\r\n");
    }
}

/* --- how long it is -------------------------------------------------- */

static void length_field(const http_exchange *x, char *to, size_t size)
{
    *to = '\0';
    if (http_is_bodiless(x->status)) {
        return;
    }
    if (x->has_length) {
        snprintf(to, size, "Content-Length: %lu\r\n", (unsigned long)x->length);
    } else if (x->is_chunked) {
        snprintf(to, size, "Transfer-Encoding: chunked\r\n");
    }
}

static const char *connection_of(const http_exchange *x)
{
    if (x->status == 101) {
        return "Connection: Upgrade\r\n";
    }
    if (!x->keeps) {
        return "Connection: close\r\n";
    }
    return x->request.is_http_1_0 ? "Connection: keep-alive\r\n" : "";
}

/* --- all of it ------------------------------------------------------- */

static void content_fields(const http_exchange *x, char *to, size_t size)
{
    char type[72] = "";
    char tag[48] = "";
    if (x->type && !http_is_bodiless(x->status)) {
        snprintf(type, sizeof type, "Content-Type: %.48s\r\n", x->type);
    }
    if (x->tag) {
        snprintf(tag, sizeof tag, "ETag: %.36s\r\n", x->tag);
    }
    snprintf(to, size, "%s%sCache-Control: %s\r\n", type, tag, x->tag ? "no-cache" : "no-store");
}

size_t http_head_make(const http_exchange *x, char *to)
{
    char own[96];
    char length[40];
    char content[160];
    own_fields(x, own, sizeof own);
    length_field(x, length, sizeof length);
    content_fields(x, content, sizeof content);
    int n = snprintf(to, ANSWER_HEAD_MAX, "HTTP/1.1 %d %s\r\n%s%s%s%s%s%.*s\r\n", x->status,
                     phrase_of(x->status), content, length, connection_of(x), own, always,
                     x->fields_length, x->fields);
    return n < (int)ANSWER_HEAD_MAX ? (size_t)n : 0;
}
