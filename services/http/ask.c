/* What a handler asks of the request: parts of its path and query, and its body. */
#include "body.h"
#include "internal.h"
#include "route.h"
#include "text.h"

#include <string.h>

#define SKIP_MAX 8192u /* bytes of a body that nobody wanted */

_Static_assert(NET_WINDOW >= HTTP_HEAD_MAX + 256u, "a head that is too long is seen to be so");
_Static_assert(NET_WINDOW >= HTTP_TARGET_MAX + HTTP_BODY_MAX, "a whole body, and where it goes");

static const http_refusal no_body = {411, "A body of known length, or in chunks, is needed."};
static const http_refusal too_large = {413, "The body is longer than the limit."};
static const http_refusal bad_chunks = {400, "The chunks of the body are malformed."};
static const http_refusal cut_short = {400, "The body is shorter than announced."};

/* --- path and query -------------------------------------------------- */

int http_parameter(const http_exchange *x, const char *name, char *to, size_t size)
{
    http_text value = http_route_parameter(x->route, x->request.path, name);
    return value.at ? http_text_decode(value, false, to, size) : YOKE_ENOENT;
}

int http_query(const http_exchange *x, const char *key, char *to, size_t size)
{
    http_text value = http_query_value(x->request.query, key);
    return value.at ? http_text_decode(value, true, to, size) : YOKE_ENOENT;
}

/* --- the body -------------------------------------------------------- */

void http_ask_begin(http_exchange *x)
{
    uint32_t limit = x->route && x->route->body_max ? x->route->body_max : HTTP_BODY_MAX;
    http_body_begin(&x->body, &x->request, limit);
    x->kept = x->stream.taken = x->request.head_length;
    x->is_continued = !x->request.expects_continue;
    x->is_skipping = false;
}

/* What cannot be read to its end leaves no way to find the next request. */
static int fail(http_exchange *x, const http_refusal *why)
{
    x->refusal = why;
    x->keeps = false;
    return YOKE_EINVAL;
}

static YOKE_ASYNC int send_continue(yoke_task *t, http_exchange *x)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    int n = net_write(t, &x->stream, text, sizeof text - 1);
    if (n >= 0) {
        x->is_continued = true; /* nothing is under way, so all of it was taken */
        return n == (int)sizeof text - 1 ? YOKE_OK : YOKE_EIO;
    }
    return n;
}

static YOKE_ASYNC int fill_body(yoke_task *t, http_exchange *x)
{
    if (!x->is_continued && !x->is_begun) {
        int answer = send_continue(t, x);
        if (answer) {
            return answer;
        }
    }
    int n = http_fill(t, x, http_limit(x->server->config->body_ms, BODY_MS));
    return n == 0 ? fail(x, &cut_short) : n;
}

int http_read(yoke_task *t, http_exchange *x, void *buffer, size_t size)
{
    for (;;) {
        size_t used;
        net_stream *s = &x->stream;
        int n = http_body_take(&x->body, s->window + s->taken, (size_t)(s->known - s->taken), &used,
                               buffer, size);
        s->taken = (uint16_t)(s->taken + used);
        if (n < 0) {
            return fail(x, n == YOKE_EFULL ? &too_large : &bad_chunks);
        }
        if (n > 0 || http_body_is_done(&x->body)) {
            return n;
        }
        n = fill_body(t, x);
        if (n < 0) {
            return n;
        }
    }
}

/* --- the whole body -------------------------------------------------- */

static http_text moved(http_text text, const char *from, const char *to)
{
    return (http_text){to + (text.at - from), text.length};
}

/* The body is put together where the head was; of that only the target stays, in front of it. */
static void keep_target(http_exchange *x)
{
    http_request *r = &x->request;
    const char *from = r->path.at;
    size_t n = (size_t)(r->query.at + r->query.length - from);
    memset(r->field, 0, sizeof r->field);
    char *window = x->stream.window;
    memmove(window, from, n);
    r->query = moved(r->query, from, window);
    r->path = moved(r->path, from, window);
    x->kept = (uint16_t)n;
}

int http_body(yoke_task *t, http_exchange *x, http_text *body)
{
    uint32_t target =
        (uint32_t)(x->request.query.at + x->request.query.length - x->request.path.at);
    if (!x->request.has_body) {
        return fail(x, &no_body);
    }
    if (x->request.field[HTTP_HOST].at) {
        keep_target(x);
        x->body.limit = x->body.limit < HTTP_BODY_MAX ? x->body.limit : HTTP_BODY_MAX;
    }
    for (;;) {
        int n = http_read(t, x, x->stream.window + x->kept, HTTP_BODY_MAX - x->body.taken);
        if (n < 0) {
            return n;
        }
        x->kept = (uint16_t)(x->kept + n);
        if (http_body_is_done(&x->body)) {
            *body = (http_text){x->stream.window + target, x->kept - target};
            return YOKE_OK;
        }
    }
}

/* It would take too long, or its length is not known any more. */
static bool is_unreadable(const http_exchange *x)
{
    return !x->keeps || !x->is_continued || x->body.left > SKIP_MAX;
}

int http_skip_body(yoke_task *t, http_exchange *x)
{
    if (http_body_is_done(&x->body)) {
        return YOKE_OK;
    }
    if (!x->is_skipping && is_unreadable(x)) {
        x->keeps = false;
        return YOKE_OK;
    }
    if (!x->is_skipping) {
        x->is_skipping = true;
        x->body.limit = x->body.taken + SKIP_MAX;
        x->kept = 0;
    }
    int n;
    do {
        n = http_read(t, x, x->output, HTTP_OUTPUT_MAX);
    } while (n > 0);
    return n == YOKE_EINVAL ? YOKE_OK : n; /* what is malformed has ended the connection */
}
