#include "routes.h"

#include <string.h>

http_channel site_news;

/* --- handlers --------------------------------------------------------- */

static int get_hello(yoke_task *t, http_exchange *x)
{
    char name[16] = "you";
    http_query(x, "name", name, sizeof name);
    YOKE_BEGIN(t);
    YOKE_TRY(t, http_print(t, x, "{\"hello\":\"%s\"}", name));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int get_thing(yoke_task *t, http_exchange *x)
{
    (void)t;
    char name[8];
    if (http_parameter(x, "name", name, sizeof name) < 0) {
        return http_fail(x, 404, "There is no thing of that name.");
    }
    return http_print(t, x, "{\"thing\":\"%s\"}", name);
}

typedef struct {
    unsigned line;
} big;

static int get_big(yoke_task *t, http_exchange *x)
{
    big *me = HTTP_STATE(big, x);
    YOKE_BEGIN(t);
    http_answer(x, 200, "text/plain");
    for (me->line = 0; me->line < SITE_BIG_LINES; me->line++) {
        YOKE_TRY(t, http_print(t, x, "line %03u\n", me->line));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int post_echo(yoke_task *t, http_exchange *x)
{
    http_text *body = HTTP_STATE(http_text, x);
    YOKE_BEGIN(t);
    YOKE_TRY(t, http_body(t, x, body));
    YOKE_TRY(t, http_write(t, x, body->at, body->length));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

typedef struct {
    uint32_t size, sum;
    int n;
    uint8_t piece[32];
} upload;

static int put_upload(yoke_task *t, http_exchange *x)
{
    upload *me = HTTP_STATE(upload, x);
    YOKE_BEGIN(t);
    do {
        YOKE_TRY(t, me->n = http_read(t, x, me->piece, sizeof me->piece));
        for (int i = 0; i < me->n; i++) {
            me->sum += me->piece[i];
        }
        me->size += (uint32_t)me->n;
    } while (me->n > 0);
    YOKE_TRY(t, http_print(t, x, "{\"size\":%u,\"sum\":%u}", me->size, me->sum));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* Its length is known, and it is longer than all that is on the way. */
static int get_large(yoke_task *t, http_exchange *x)
{
    static char text[SITE_LARGE_BYTES];
    YOKE_BEGIN(t);
    memset(text, 'x', sizeof text);
    http_answer(x, 200, "text/plain");
    http_set_length(x, sizeof text);
    YOKE_TRY(t, http_write(t, x, text, sizeof text));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int get_slow(yoke_task *t, http_exchange *x)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_ms(t, 1000));
    YOKE_TRY(t, http_print(t, x, "{}"));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int get_broken(yoke_task *t, http_exchange *x)
{
    (void)t;
    (void)x;
    return YOKE_EIO;
}

/* Begins well. */
static int get_torn(yoke_task *t, http_exchange *x)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, http_print(t, x, "half"));
    YOKE_TRY(t, http_flush(t, x));
    YOKE_TRY(t, YOKE_EIO);
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int get_events(yoke_task *t, http_exchange *x)
{
    http_text none;
    YOKE_BEGIN(t);
    YOKE_TRY(t, http_events(t, x, &site_news));
    do {
        YOKE_TRY(t, http_receive(t, x, &none));
        if (t->status == HTTP_CHANGED) {
            YOKE_TRY(t, http_print(t, x, "event: version\ndata: %u\n\n", site_news.version));
            YOKE_TRY(t, http_flush(t, x));
        }
    } while (t->status != HTTP_ENDED || site_news.version == UINT32_MAX);
    YOKE_FINALLY(t);
    YOKE_END(t);
}

typedef struct {
    http_text message;
    int kind;
} echo;

static int get_socket(yoke_task *t, http_exchange *x)
{
    echo *me = HTTP_STATE(echo, x);
    YOKE_BEGIN(t);
    YOKE_TRY(t, http_websocket(t, x, &site_news));
    for (;;) {
        YOKE_TRY(t, me->kind = http_receive(t, x, &me->message));
        if (me->kind == HTTP_ENDED) {
            break;
        }
        if (me->kind != HTTP_CHANGED) {
            YOKE_TRY(t, http_send(t, x, me->kind, me->message.at, me->message.length));
        }
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

http_page site_page = {"text/html", "\"0123\"", "not really gzip", 15};

const http_route site_routes[] = {
    {.path = "/",
     .handler = http_send_page,
     .argument = &site_page,
     .methods = HTTP_GET,
     .flags = HTTP_OPEN},
    {.path = "/hello", .handler = get_hello, .methods = HTTP_GET},
    {.path = "/things/{name}", .handler = get_thing, .methods = HTTP_GET},
    {.path = "/big", .handler = get_big, .methods = HTTP_GET},
    {.path = "/large", .handler = get_large, .methods = HTTP_GET},
    {.path = "/echo", .handler = post_echo, .methods = HTTP_POST | HTTP_PATCH},
    {.path = "/upload",
     .handler = put_upload,
     .methods = HTTP_PUT,
     .body_max = 100000,
     .flags = HTTP_ANY_TYPE},
    {.path = "/slow", .handler = get_slow, .methods = HTTP_GET},
    {.path = "/broken", .handler = get_broken, .methods = HTTP_GET},
    {.path = "/torn", .handler = get_torn, .methods = HTTP_GET},
    {.path = "/events", .handler = get_events, .methods = HTTP_GET, .flags = HTTP_STREAM},
    {.path = "/ws", .handler = get_socket, .methods = HTTP_GET, .flags = HTTP_STREAM},
    {0},
};
