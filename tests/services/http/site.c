#include "site.h"

#include <stdio.h>

http_server site;
http_config site_config;
http_channel site_news;
static http_exchange exchanges[SITE_CONNECTIONS];
static const net_config network = {.address = {{10, 0, 0, 2}}, .mask = {{255, 255, 255, 0}}};

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

static const http_route routes[] = {
    {.path = "/",
     .handler = http_send_page,
     .argument = &site_page,
     .methods = HTTP_GET,
     .flags = HTTP_OPEN},
    {.path = "/hello", .handler = get_hello, .methods = HTTP_GET},
    {.path = "/things/{name}", .handler = get_thing, .methods = HTTP_GET},
    {.path = "/big", .handler = get_big, .methods = HTTP_GET},
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
static const char *const hosts[] = {"yoke.local", NULL};

/* --- the world -------------------------------------------------------- */

void site_start(void)
{
    begin(&platform, &site.task);
    world_run_ms(10);
    assert_false(yoke_done(&site.task));
}

void site_open(void)
{
    memset(exchanges, 0, sizeof exchanges);
    site = (http_server){.task = HTTP_SERVER_TASK,
                         .config = &site_config,
                         .exchanges = exchanges,
                         .count = SITE_CONNECTIONS};
    site_news = (http_channel){0};
    assert_int_equal(net_start(&platform, &network), YOKE_OK);
    site_start();
}

/* What ends a task and waits for it. */
typedef struct {
    yoke_task task;
    yoke_task *other;
} end;

static int end_body(yoke_task *t)
{
    end *me = YOKE_FRAME(end, t);
    YOKE_BEGIN(t);
    yoke_cancel(me->other);
    YOKE_AWAIT(t, yoke_join(t, me->other));
    YOKE_END(t);
}

static void end_task(yoke_task *other)
{
    end e = {.task = YOKE_TASK(end_body), .other = other};
    world_run(&e.task);
}

static bool is_quiet(void)
{
    return wire_used("connections") == 0 && wire_used("segments") == 0 && wire_used("frames") == 0;
}

void site_stop(void)
{
    end_task(&site.task);
    assert_int_equal(site.stats.streams, 0);
}

void site_close(void)
{
    site_stop();
    for (unsigned i = 0; i < 600 && !is_quiet(); i++) {
        world_run_ms(100);
    }
    assert_true(is_quiet());
    end_task(&net_task);
}

/* The simulator's link brings every frame back, so both ends are the device's own. */
int site_setup(void **state)
{
    wire_setup(state);
    world_open_again();
    site_config = (http_config){.routes = routes, .hosts = hosts, .streams_max = 2};
    site_open();
    return 0;
}

int site_teardown(void **state)
{
    (void)state;
    site_close();
    return 0;
}

/* --- clients ---------------------------------------------------------- */

static YOKE_ASYNC int send_some(yoke_task *t, site_client *c, size_t end_at)
{
    while (c->sent < end_at) {
        int n = net_write(t, &c->stream, c->request + c->sent, end_at - c->sent);
        if (n < 0) {
            return n;
        }
        c->sent += (size_t)n;
    }
    return YOKE_OK;
}

static YOKE_ASYNC int read_some(yoke_task *t, site_client *c)
{
    if (c->reads_nothing) {
        return yoke_sleep_ms(t, 100000);
    }
    return net_read(t, &c->stream, c->answer + c->length, sizeof c->answer - 1 - c->length);
}

int site_client_body(yoke_task *t)
{
    static const net_peer device = {.address = {{10, 0, 0, 2}}, .port = 80};
    site_client *c = YOKE_FRAME(site_client, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, net_connect(t, &c->stream, device));
    for (c->step = 1; c->split && c->step <= (c->steps ? c->steps : 1); c->step++) {
        YOKE_AWAIT(t, send_some(t, c, c->step * c->split));
        YOKE_TRY(t, yoke_sleep_ms(t, c->pause_ms ? c->pause_ms : 20));
    }
    YOKE_AWAIT(t, send_some(t, c, c->size)); /* the server may have refused already */
    YOKE_TRY(t, t->status == YOKE_ECANCELED ? YOKE_ECANCELED : YOKE_OK);
    do {
        YOKE_TRY(t, read_some(t, c));
        c->length += (size_t)t->status;
    } while (t->status > 0);
    YOKE_FINALLY(t);
    c->error = t->rc;
    c->answer[c->length] = '\0';
    net_close(&c->stream);
    t->rc = YOKE_OK;
    YOKE_END(t);
}

void site_begin(site_client *c, const char *request)
{
    c->task = (yoke_task)YOKE_TASK(site_client_body);
    c->request = request;
    c->size = c->size ? c->size : strlen(request);
    c->length = c->sent = 0;
    begin(&platform, &c->task);
}

typedef struct {
    yoke_task task;
    site_client *client;
} waiting;

static int waiting_body(yoke_task *t)
{
    waiting *me = YOKE_FRAME(waiting, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_within(t, 120000, yoke_join(t, &me->client->task)));
    assert_int_not_equal(t->status, YOKE_ETIMEDOUT);
    YOKE_END(t);
}

void site_wait(site_client *c)
{
    waiting w = {.task = YOKE_TASK(waiting_body), .client = c};
    world_run(&w.task);
}

const char *site_ask_split(const char *request, size_t split)
{
    static site_client c;
    c.size = 0;
    c.split = split;
    site_begin(&c, request);
    site_wait(&c);
    return c.answer;
}

const char *site_ask(const char *request)
{
    return site_ask_split(request, 0);
}

const char *site_request(const char *line, const char *lines, const char *body)
{
    static char text[16384];
    snprintf(text, sizeof text, "%s HTTP/1.1\r\nHost: yoke.local\r\nConnection: close\r\n%s\r\n%s",
             line, lines, body);
    return text;
}

int site_status(const char *answer)
{
    int status = 0;
    return sscanf(answer, "HTTP/1.1 %d ", &status) == 1 ? status : 0;
}

const char *site_body(const char *answer)
{
    const char *end_of_head = strstr(answer, "\r\n\r\n");
    return end_of_head ? end_of_head + 4 : "(no head)";
}
