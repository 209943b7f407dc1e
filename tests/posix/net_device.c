/* A device for clients of this machine: port 7 gives back what it gets, 9 swallows it and tells at
 * the end how much it was, 19 sends as many bytes as the first line asks for. UDP port 7 gives back
 * datagrams. Lines on standard output tell when the network is there; the end of input ends it. */
#include "yoke/console.h"
#include "yoke/net.h"
#include "yoke/yoke.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVERS 8u /* tasks a port */

typedef struct {
    yoke_task task;
    net_listener *listener;
    net_stream stream;
    size_t done, wanted;
    int taken;
    char buffer[1024];
} server;

static yoke_loop platform;
static net_listener echo = {.evict_ms = 100}, sink = {.evict_ms = 100}, source = {.evict_ms = 100};

static size_t wanted_of(const server *me)
{
    return strtoul(me->buffer, NULL, 10);
}

static size_t next_size(const server *me)
{
    size_t left = me->wanted - me->done;
    return left < sizeof me->buffer ? left : sizeof me->buffer;
}

/* A byte tells its place. */
static const void *next_bytes(server *me, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        me->buffer[i] = (char)((me->done + i) % 251);
    }
    return me->buffer;
}

static int echo_body(yoke_task *t)
{
    server *me = YOKE_FRAME(server, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, net_accept(t, me->listener, &me->stream));
        for (;;) {
            YOKE_AWAIT(t, net_read(t, &me->stream, me->buffer, sizeof me->buffer));
            me->taken = t->status;
            for (me->done = 0; me->taken > 0 && me->done < (size_t)me->taken;) {
                YOKE_AWAIT(t, net_write(t, &me->stream, me->buffer + me->done,
                                        (size_t)me->taken - me->done));
                me->done += t->status > 0 ? (size_t)t->status : 0;
                me->taken = t->status > 0 ? me->taken : t->status;
            }
            if (me->taken <= 0) {
                break;
            }
        }
        net_close(&me->stream);
    }
    YOKE_FINALLY(t);
    net_abort(&me->stream);
    YOKE_END(t);
}

static int sink_body(yoke_task *t)
{
    server *me = YOKE_FRAME(server, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, net_accept(t, me->listener, &me->stream));
        for (me->done = 0;; me->done += (size_t)t->status) {
            YOKE_AWAIT(t, net_read(t, &me->stream, me->buffer, sizeof me->buffer));
            if (t->status <= 0) {
                break;
            }
        }
        snprintf(me->buffer, sizeof me->buffer, "%zu\n", me->done);
        YOKE_AWAIT(t, net_write(t, &me->stream, me->buffer, strlen(me->buffer)));
        net_close(&me->stream);
    }
    YOKE_FINALLY(t);
    net_abort(&me->stream);
    YOKE_END(t);
}

static int source_body(yoke_task *t)
{
    server *me = YOKE_FRAME(server, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, net_accept(t, me->listener, &me->stream));
        YOKE_AWAIT(t, net_read(t, &me->stream, me->buffer, sizeof me->buffer - 1));
        me->buffer[t->status > 0 ? t->status : 0] = '\0';
        me->wanted = wanted_of(me);
        for (me->done = 0; me->done < me->wanted; me->done += (size_t)t->status) {
            YOKE_AWAIT(t, net_write(t, &me->stream, next_bytes(me, next_size(me)), next_size(me)));
            if (t->status <= 0) {
                break;
            }
        }
        net_close(&me->stream);
    }
    YOKE_FINALLY(t);
    net_abort(&me->stream);
    YOKE_END(t);
}

/* --- datagrams -------------------------------------------------------------------------------- */

static net_socket socket_7;

static int datagram_body(yoke_task *t)
{
    static char buffer[NET_DATAGRAM];
    static net_peer from;
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, net_receive(t, &socket_7, buffer, sizeof buffer, &from));
        net_send(&socket_7, buffer, (size_t)t->status, from);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* --- all of it -------------------------------------------------------------------------------- */

static server servers[3 * SERVERS];
static yoke_task datagrams = YOKE_TASK(datagram_body);

static void serve(unsigned kind, net_listener *l, uint16_t port, yoke_body *body)
{
    net_listen(l, port);
    for (unsigned i = 0; i < SERVERS; i++) {
        server *s = &servers[kind * SERVERS + i];
        *s = (server){.task = YOKE_TASK(body), .listener = l};
        yoke_start(&platform, &s->task);
    }
}

static void begin(void)
{
    serve(0, &echo, 7, echo_body);
    serve(1, &sink, 9, sink_body);
    serve(2, &source, 19, source_body);
    net_open(&socket_7, 7);
    yoke_start(&platform, &datagrams);
}

static void tell_address(void)
{
    char text[NET_TEXT_LENGTH];
    printf("address %s\n", net_to_text(net_read_status().address, text));
    fflush(stdout);
}

static void tell_pools(void)
{
    net_pool p;
    for (unsigned i = 0; net_read_pool(i, &p); i++) {
        printf("%s %u %u %u %u\n", p.name, p.used, p.most, p.size, p.refused);
    }
    net_stats s = net_read_stats();
    printf("lost %u %u evicted %u turned_away %u half_open %u unanswered %u\n", s.lost_in,
           s.lost_out, s.evicted, s.turned_away, s.half_open, s.unanswered);
    fflush(stdout);
}

static int root_body(yoke_task *t)
{
    static const net_config config;
    static uint32_t seen;
    static char line[64];
    YOKE_BEGIN(t);
    YOKE_TRY(t, net_start(&platform, &config));
    while (!net_read_status().has_address) {
        YOKE_TRY(t, net_await_change(t, &seen));
    }
    begin();
    tell_address();
    for (;;) {
        YOKE_TRY(t, console_read(t, line, sizeof line));
        if (t->status == 0) {
            break;
        }
        tell_pools();
    }
    YOKE_FINALLY(t);
    yoke_cancel(&net_task);
    YOKE_AWAIT(t, yoke_join(t, &net_task));
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(void)
{
    yoke_loop_init(&platform, 0);
    int answer = yoke_run(&platform, &root);
    if (answer < 0) {
        fprintf(stderr, "net_device: %d\n", answer);
    }
    return answer == YOKE_OK ? 0 : 1;
}
