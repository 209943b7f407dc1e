/* The network over SLIP: an echo on TCP and UDP port 7, port 9 swallows and counts, port 19 sends
 * as much as is asked for; while core 0 writes the flash without end, and core 1 keeps a beat. */
#include "yoke/delay.h"
#include "yoke/flash.h"
#include "yoke/net.h"
#include "yoke/yoke.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVERS   3u
#define PERIOD_US 10000u

static yoke_loop platform;
static yoke_app app;
static const net_config config;

/* --- core 1 -------------------------------------------------------------------------------------
 */

static int beat_step(void *unused)
{
    (void)unused;
    return YOKE_OK;
}

static yoke_worker beat = {.name = "beat", .step = beat_step, .period_us = PERIOD_US};

/* --- servers ------------------------------------------------------------------------------------
 */

typedef struct {
    yoke_task task;
    net_listener listener;
    net_stream stream;
    uint16_t port;
    size_t done, wanted;
    char buffer[1024];
} server;

static size_t left_of(const server *me)
{
    size_t left = me->wanted - me->done;
    return left < sizeof me->buffer ? left : sizeof me->buffer;
}

/* A byte tells its place. */
static void make_bytes(server *me)
{
    for (size_t i = 0; i < left_of(me); i++) {
        me->buffer[i] = (char)((me->done + i) % 251);
    }
}

static int echo_body(yoke_task *t)
{
    server *me = YOKE_FRAME(server, t);
    YOKE_BEGIN(t);
    net_listen(&me->listener, me->port);
    for (;;) {
        YOKE_TRY(t, net_accept(t, &me->listener, &me->stream));
        for (;;) {
            YOKE_AWAIT(t, net_read(t, &me->stream, me->buffer, sizeof me->buffer));
            if (t->status <= 0) {
                break;
            }
            me->wanted = (size_t)t->status;
            for (me->done = 0; me->done < me->wanted && net_is_open(&me->stream);) {
                YOKE_AWAIT(t, net_write(t, &me->stream, me->buffer + me->done, left_of(me)));
                me->done += t->status > 0 ? (size_t)t->status : 0;
            }
        }
        net_close(&me->stream);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int sink_body(yoke_task *t)
{
    server *me = YOKE_FRAME(server, t);
    YOKE_BEGIN(t);
    net_listen(&me->listener, me->port);
    for (;;) {
        YOKE_TRY(t, net_accept(t, &me->listener, &me->stream));
        me->done = 0;
        do {
            YOKE_AWAIT(t, net_read(t, &me->stream, me->buffer, sizeof me->buffer));
            me->done += t->status > 0 ? (size_t)t->status : 0;
        } while (t->status > 0);
        snprintf(me->buffer, sizeof me->buffer, "%u\n", (unsigned)me->done);
        YOKE_AWAIT(t, net_write(t, &me->stream, me->buffer, strlen(me->buffer)));
        net_close(&me->stream);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int source_body(yoke_task *t)
{
    server *me = YOKE_FRAME(server, t);
    YOKE_BEGIN(t);
    net_listen(&me->listener, me->port);
    for (;;) {
        YOKE_TRY(t, net_accept(t, &me->listener, &me->stream));
        YOKE_AWAIT(t, net_read(t, &me->stream, me->buffer, sizeof me->buffer - 1));
        me->buffer[t->status > 0 ? t->status : 0] = '\0';
        me->wanted = (size_t)atoi(me->buffer);
        for (me->done = 0; me->done < me->wanted && net_is_open(&me->stream);) {
            make_bytes(me);
            YOKE_AWAIT(t, net_write(t, &me->stream, me->buffer, left_of(me)));
            me->done += t->status > 0 ? (size_t)t->status : 0;
        }
        net_close(&me->stream);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static server servers[SERVERS] = {
    {.task = YOKE_TASK(echo_body), .port = 7},
    {.task = YOKE_TASK(sink_body), .port = 9},
    {.task = YOKE_TASK(source_body), .port = 19},
};

static int datagrams_body(yoke_task *t)
{
    static net_socket socket;
    static char buffer[NET_DATAGRAM];
    static net_peer from;
    YOKE_BEGIN(t);
    net_open(&socket, 7);
    for (;;) {
        YOKE_TRY(t, net_receive(t, &socket, buffer, sizeof buffer, &from));
        net_send(&socket, buffer, (size_t)t->status, from);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task datagrams = YOKE_TASK(datagrams_body);

/* --- flash --------------------------------------------------------------------------------------
 */

/* The test stops the writing by setting it. */
volatile uint32_t writes_wanted = UINT32_MAX, writes;

static int writer_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        if (writes < writes_wanted) {
            YOKE_TRY(t, flash_erase(t, 0));
            YOKE_TRY(t, flash_program(t, 0, "flash", 5));
            writes++;
        }
        YOKE_TRY(t, yoke_sleep_ms(t, 60));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task writer = YOKE_TASK(writer_body);

/* --- what the test reads ------------------------------------------------------------------------
 */

uint32_t beats, beats_missed, late_us_longest, frames_in, frames_lost;
volatile uint32_t hold_ms; /* the test sets it: the platform loop stands still for so long */

static void hold(void)
{
    delay_us(hold_ms * 1000);
    hold_ms = 0;
}

static int watch_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, 1));
        yoke_worker_stats s = yoke_worker_read(&beat);
        beats = s.runs;
        beats_missed = s.skips;
        late_us_longest = s.late_us_longest;
        frames_in = net_read_stats().frames_in;
        frames_lost = net_read_stats().lost_in;
        hold();
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task watch = YOKE_TASK(watch_body);

static void begin(void)
{
    for (unsigned i = 0; i < SERVERS; i++) {
        yoke_start(&platform, &servers[i].task);
    }
    yoke_start(&platform, &datagrams);
    yoke_start(&platform, &writer);
    yoke_start(&platform, &watch);
}

static int root_body(yoke_task *t)
{
    static uint32_t seen;
    char text[NET_TEXT_LENGTH];
    YOKE_BEGIN(t);
    yoke_worker_add(&app, &beat);
    yoke_app_start(&app);
    YOKE_TRY(t, net_start(&platform, &config));
    while (!net_read_status().has_address) {
        YOKE_TRY(t, net_await_change(t, &seen));
    }
    begin();
    printf("address %s\n", net_to_text(net_read_status().address, text));
    YOKE_TRY(t, yoke_join(t, &net_task));
    YOKE_FINALLY(t);
    printf("ended %d\n", t->rc);
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(void)
{
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    return yoke_run(&platform, &root);
}
