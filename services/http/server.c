/* The server: gives each connection a seat, and ends those that keep it waiting. */
#include "internal.h"

#define TICK_MS 250u /* how exactly the limits of time are kept */

/* --- seats ----------------------------------------------------------- */

static bool is_free(const http_exchange *x)
{
    return x->phase == FREE && (yoke_done(&x->task) || !x->task.body);
}

static http_exchange *find_seat(http_server *s)
{
    for (unsigned i = 0; i < s->count; i++) {
        if (is_free(&s->exchanges[i])) {
            return &s->exchanges[i];
        }
    }
    return NULL;
}

static bool in_use(const http_server *s)
{
    for (unsigned i = 0; i < s->count; i++) {
        if (s->exchanges[i].phase != FREE) {
            return true;
        }
    }
    return false;
}

/* --- limits ---------------------------------------------------------- */

static void look_at(http_server *s, http_exchange *x, uint64_t now_us)
{
    if (x->phase == STREAMS) {
        http_stream_beat(x);
    }
    if (x->due_us && now_us >= x->due_us && !x->is_late) {
        x->is_late = true;
        s->stats.late++;
        yoke_cancel(&x->task);
    }
}

static void look_at_all(http_server *s)
{
    for (unsigned i = 0; i < s->count; i++) {
        if (s->exchanges[i].phase != FREE) {
            look_at(s, &s->exchanges[i], yoke_now_us(yoke_home(&s->task)));
        }
    }
}

/* --- the task -------------------------------------------------------- */

/* 0: a connection is on the seat; 1: there is a seat to accept one; or the time has come to look at
 * the limits of the others. A wait that has begun with a limit must keep it: `ticks` is set before.
 */
static YOKE_ASYNC int await_connection(yoke_task *t, http_server *s)
{
    int answer = YOKE_PENDING; /* woken by who leaves a seat */
    if (s->seat) {
        answer = net_accept(t, &s->listener, &s->seat->stream);
    } else if ((s->seat = find_seat(s))) {
        answer = 1;
    }
    return s->ticks ? yoke_within(t, TICK_MS, answer) : answer;
}

static void begin(http_server *s)
{
    http_exchange *x = s->seat;
    s->seat = NULL;
    s->stats.connections++;
    x->server = s;
    x->task.body = http_exchange_body;
    x->phase = LISTENS;
    yoke_start(yoke_home(&s->task), &x->task);
}

static int listen_on(http_server *s)
{
    s->stops = false;
    s->seat = NULL;
    s->listener.evict_ms = http_limit(s->config->evict_ms, EVICT_MS);
    return net_listen(&s->listener, s->config->port ? s->config->port : 80);
}

static void stop(http_server *s)
{
    s->stops = true;
    net_unlisten(&s->listener);
    for (unsigned i = 0; i < s->count; i++) {
        yoke_cancel(&s->exchanges[i].task);
    }
}

int http_server_body(yoke_task *t)
{
    http_server *s = YOKE_FRAME(http_server, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, listen_on(s));
    for (;;) {
        s->ticks = in_use(s);
        YOKE_AWAIT(t, await_connection(t, s));
        if (t->status == YOKE_ETIMEDOUT) {
            look_at_all(s);
        } else if (t->status < 0) {
            t->rc = t->status;
            break;
        } else if (t->status == 0) {
            begin(s);
        }
    }
    YOKE_FINALLY(t);
    stop(s);
    for (s->next = 0; s->next < s->count; s->next++) {
        YOKE_AWAIT(t, yoke_join(t, &s->exchanges[s->next].task));
    }
    YOKE_END(t);
}
