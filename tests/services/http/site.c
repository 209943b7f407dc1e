#include "site.h"

#include <stdio.h>

http_server site;
http_config site_config;
static const char *const hosts[] = {"yoke.local", NULL};
static http_exchange exchanges[SITE_CONNECTIONS];
static const net_config network = {.address = {{10, 0, 0, 2}}, .mask = {{255, 255, 255, 0}}};

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
    site_config = (http_config){.routes = site_routes, .hosts = hosts, .streams_max = 2};
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
    size_t at = c->counts_only && c->length > 2000 ? 2000 : c->length;
    return net_read(t, &c->stream, c->answer + at, sizeof c->answer - 1 - at);
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
    c->answer[c->counts_only ? 2000 : c->length] = '\0';
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
