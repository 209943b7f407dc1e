/* One connection: request after request. */
#include "internal.h"
#include "route.h"
#include "rules.h"

#include <string.h>

#define LAST_MS 1000u /* for the last words to a peer that was too slow */

static const http_refusal not_found = {404, "There is nothing at this path."};
static const http_refusal wrong_method = {405, "This path does not know this method."};
static const http_refusal too_late = {408, "The request did not come in time."};
static const http_refusal failed = {500, "The request could not be answered."};
static const http_refusal stopping = {503, "The server is being stopped."};

/* --- limits of time -------------------------------------------------- */

uint32_t http_limit(uint32_t configured_ms, uint32_t default_ms)
{
    return configured_ms ? configured_ms : default_ms;
}

static uint64_t now_us(const http_exchange *x)
{
    return yoke_now_us(yoke_home(&x->task));
}

void http_progress(http_exchange *x)
{
    x->due_us = 0;
    x->active_us = now_us(x);
}

int http_wait_for_peer(http_exchange *x, uint32_t ms)
{
    if (!x->due_us) {
        x->due_us = now_us(x) + (uint64_t)ms * 1000;
    }
    return YOKE_PENDING;
}

/* --- input ----------------------------------------------------------- */

int http_fill(yoke_task *t, http_exchange *x, uint32_t ms)
{
    net_make_room(&x->stream, x->kept);
    int n = net_fill(t, &x->stream);
    if (n == YOKE_PENDING) {
        return http_wait_for_peer(x, ms);
    }
    if (n > 0) {
        http_progress(x);
    }
    return n;
}

/* --- the head of a request ------------------------------------------- */

static void begin(http_exchange *x)
{
    x->phase = LISTENS;
    x->refusal = NULL;
    x->route = NULL;
    x->channel = NULL;
    x->request = (http_request){0};
    x->body = (http_body_state){0};
    x->handler_line = 0;
    x->seen = 0;
    x->allowed = 0;
    x->kept = 0;
    x->due_us = 0;
    memset(x->state, 0, sizeof x->state);
    net_make_room(&x->stream, 0);
    http_answer_begin(x);
}

/* The limit runs from the first byte of a request, whatever comes after it. */
static YOKE_ASYNC int fill_head(yoke_task *t, http_exchange *x)
{
    const http_config *c = x->server->config;
    bool is_idle = x->stream.known == 0;
    uint64_t due_us = is_idle ? 0 : x->due_us;
    int n = http_fill(t, x,
                      is_idle ? http_limit(c->idle_ms, IDLE_MS) : http_limit(c->head_ms, HEAD_MS));
    if (n > 0) {
        x->due_us = due_us;
        http_wait_for_peer(x, http_limit(c->head_ms, HEAD_MS));
    }
    return n;
}

/* 1: there is a request, or a reason to refuse one; 0: the peer has ended. */
static YOKE_ASYNC int receive_head(yoke_task *t, http_exchange *x)
{
    for (;;) {
        if (x->stream.known) {
            x->refusal = http_parse(&x->request, x->stream.window, x->stream.known, x->seen);
            x->seen = x->stream.known;
        }
        if (x->refusal || x->request.head_length) {
            x->due_us = 0;
            return 1;
        }
        int n = fill_head(t, x);
        if (n <= 0) {
            return n;
        }
    }
}

/* --- what becomes of it ---------------------------------------------- */

static const http_refusal *find_route(http_exchange *x)
{
    const http_request *r = &x->request;
    x->route = http_route_find(x->server->config->routes, r->path, r->method, &x->allowed);
    if (x->route) {
        return NULL;
    }
    return x->allowed ? &wrong_method : &not_found;
}

static const http_refusal *check(http_exchange *x)
{
    const http_config *c = x->server->config;
    const http_request *r = &x->request;
    uint8_t flags = x->route->flags;
    const http_refusal *why = http_check_origin(r);
    if (!why && !(flags & HTTP_OPEN)) {
        why = http_check_token(r, c->token, flags & HTTP_STREAM);
    }
    if (!why && !(flags & HTTP_ANY_TYPE)) {
        why = http_check_type(r);
    }
    return why;
}

static bool is_leaving(const http_exchange *x)
{
    return x->phase == FREE || (x->phase == ANSWERS && !x->keeps);
}

/* More wait for a seat than there will be. */
static bool has_to_leave(const http_server *s)
{
    unsigned leaving = 0;
    for (unsigned i = 0; i < s->count; i++) {
        leaving += is_leaving(&s->exchanges[i]);
    }
    return net_backlog(&s->listener) > leaving;
}

/* Look the route up and apply the rules; x->refusal says what is wrong. */
static void admit(http_exchange *x)
{
    http_server *s = x->server;
    s->stats.requests++;
    x->keeps = !x->refusal && x->request.keeps_alive && !s->stops && !has_to_leave(s);
    x->phase = ANSWERS;
    if (x->refusal) {
        return; /* where the next request begins is not known */
    }
    net_address own = net_read_status().address;
    x->refusal = http_check_host(&x->request, s->config->hosts, own.ip);
    if (!x->refusal) {
        x->refusal = find_route(x);
    }
    if (!x->refusal) {
        x->refusal = check(x);
    }
    if (x->refusal) {
        x->route = NULL;
    }
    http_ask_begin(x);
}

/* OPTIONS of any path that is there, and of "*". */
static bool is_options(const http_exchange *x)
{
    return x->request.method == HTTP_OPTIONS && x->refusal == &wrong_method;
}

/* --- the handler ----------------------------------------------------- */

/* A body within the body: the handler's place is kept beside the task's own. */
static YOKE_ASYNC int handle(yoke_task *t, http_exchange *x)
{
    if (!x->route) {
        return YOKE_OK;
    }
    uint16_t line = t->line;
    t->line = x->handler_line;
    t->rc = YOKE_OK;
    int answer = x->route->handler(t, x);
    x->handler_line = t->line;
    t->line = line;
    return answer;
}

static const http_refusal *why_failed(const http_exchange *x)
{
    if (x->is_late) {
        return &too_late;
    }
    return x->server->stops ? &stopping : &failed;
}

/* The handler has ended with `status`. */
static void conclude(http_exchange *x, int status)
{
    if (is_options(x)) {
        x->refusal = NULL;
        http_answer(x, 204, NULL);
        return;
    }
    if (x->is_raw) {
        http_stream_conclude(x, status);
        return;
    }
    if (status < 0 && !x->refusal) {
        x->refusal = why_failed(x);
        x->keeps = x->keeps && !x->is_late && !x->server->stops;
    }
    if (x->refusal && x->is_begun) {
        x->keeps = false;
        net_abort(&x->stream); /* half an answer must not look like a whole one */
    } else if (x->refusal) {
        http_refuse(x, x->refusal);
    }
}

/* Once a limit has passed, or the server stops, nobody else would end this wait. */
static YOKE_ASYNC int finish(yoke_task *t, http_exchange *x)
{
    int answer = http_answer_end(t, x);
    return x->is_late || x->server->stops ? yoke_within(t, LAST_MS, answer) : answer;
}

/* --- the connection -------------------------------------------------- */

/* Part of a request has come, and the rest did not in time. */
static bool is_owed_408(const http_exchange *x)
{
    return x->is_late && x->phase == LISTENS && x->stream.known > 0;
}

static void end(http_exchange *x)
{
    http_stream_end(x);
    x->due_us = 0;
    x->phase = FREE;
    net_close(&x->stream);
    yoke_wake(&x->server->task);
}

int http_exchange_body(yoke_task *t)
{
    http_exchange *x = YOKE_FRAME(http_exchange, t);
    YOKE_BEGIN(t);
    x->keeps = true;
    x->is_late = false;
    while (x->keeps) {
        begin(x);
        YOKE_TRY(t, receive_head(t, x));
        if (t->status == 0) {
            break;
        }
        admit(x);
        YOKE_AWAIT(t, handle(t, x));
        conclude(x, t->status);
        YOKE_TRY(t, finish(t, x));
        YOKE_TRY(t, http_skip_body(t, x));
    }
    YOKE_FINALLY(t);
    if (is_owed_408(x)) {
        x->keeps = false;
        http_refuse(x, &too_late);
        YOKE_AWAIT(t, finish(t, x));
    }
    end(x);
    YOKE_END(t);
}
