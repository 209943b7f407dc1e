/* Who goes when there is no room: a newcomer is answered all the same. */
#include "wire.h"

static net_listener listener;

static int setup(void **state)
{
    memset(&listener, 0, sizeof listener);
    return wire_setup(state);
}

#define with_room(test) cmocka_unit_test_setup(test, setup)

/* --- requests from nowhere -------------------------------------------------------------------- */

static void send_syn(unsigned n)
{
    uint8_t packet[WIRE_SYN_BYTES];
    wire_syn(n, packet);
    sim_link_send(packet, sizeof packet);
}

static int flood_body(yoke_task *t)
{
    static unsigned n;
    YOKE_BEGIN(t);
    for (n = 0; n < 1000; n++) {
        send_syn(n);
        YOKE_TRY(t, yoke_sleep_ms(t, 1));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* --- servers and clients ---------------------------------------------------------------------- */

typedef struct {
    yoke_task task;
    net_stream stream;
    bool keep;
    uint8_t got[4];
    int ended; /* what the last read answered */
} server;

/* Gives back each piece it reads, until it is cancelled. */
static int server_body(yoke_task *t)
{
    server *me = YOKE_FRAME(server, t);
    YOKE_BEGIN(t);
    while (me->ended != YOKE_ECANCELED) {
        YOKE_TRY(t, net_accept(t, &listener, &me->stream));
        if (me->keep) {
            net_keep(&me->stream);
        }
        do {
            YOKE_AWAIT(t, net_read(t, &me->stream, me->got, sizeof me->got));
            me->ended = t->status;
            if (me->ended > 0) {
                YOKE_AWAIT(t, net_write(t, &me->stream, me->got, (size_t)me->ended));
            }
        } while (me->ended > 0);
        net_close(&me->stream);
    }
    YOKE_FINALLY(t);
    net_close(&me->stream);
    YOKE_END(t);
}

static server servers[3];

static void start_servers(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        servers[i] = (server){.task = YOKE_TASK(server_body), .keep = servers[i].keep};
        begin(&platform, &servers[i].task);
    }
}

static int stop_servers(yoke_task *t, unsigned count)
{
    int answer = YOKE_OK;
    for (unsigned i = 0; i < count; i++) {
        yoke_cancel(&servers[i].task);
        if (yoke_join(t, &servers[i].task) == YOKE_PENDING) {
            answer = YOKE_PENDING;
            break;
        }
    }
    return answer;
}

/* A client that asks once, and is answered. */
static struct {
    yoke_task task;
    net_stream stream;
    uint8_t got[4];
} asker;

static int asker_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, net_connect(t, &asker.stream, wire_self));
    YOKE_TRY(t, net_write(t, &asker.stream, "ask", 3));
    YOKE_TRY(t, net_read(t, &asker.stream, asker.got, sizeof asker.got));
    assert_int_equal(t->status, 3);
    assert_memory_equal(asker.got, "ask", 3);
    t->rc = YOKE_OK;
    YOKE_FINALLY(t);
    net_close(&asker.stream);
    YOKE_END(t);
}

static int ask(yoke_task *t)
{
    static bool asking;
    if (!asking) {
        memset(&asker, 0, sizeof asker);
        asker.task = (yoke_task)YOKE_TASK(asker_body);
        begin(&platform, &asker.task);
    }
    int answer = yoke_join(t, &asker.task);
    asking = answer == YOKE_PENDING;
    return answer;
}

/* --- a flood of half-open connections --------------------------------------------------------- */

static int answered;

static int served_body(yoke_task *t)
{
    static yoke_task flood;
    static unsigned i;
    YOKE_BEGIN(t);
    flood = (yoke_task)YOKE_TASK(flood_body);
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_OK);
    start_servers(2);
    begin(&platform, &flood);
    for (i = 0; i < 9; i++) {
        YOKE_AWAIT(t, yoke_sleep_ms(t, 100));
        YOKE_AWAIT(t, yoke_within(t, 500, ask(t)));
        assert_int_equal(t->status, YOKE_OK);
        answered++;
    }
    YOKE_AWAIT(t, yoke_join(t, &flood));
    YOKE_AWAIT(t, stop_servers(t, 2));
    net_unlisten(&listener);
    YOKE_END(t);
}

static void test_a_flood_of_half_open_connections(void **state)
{
    (void)state;
    answered = 0;
    wire_run(served_body);
    assert_int_equal(answered, 9);
    assert_in_range(net_read_stats().half_open, 900, 1000);
    assert_int_equal(net_read_stats().evicted, 0);
}

/* --- many newcomers at once ------------------------------------------------------------------- */

#define BURST 16u /* on a slow line all of them are half open at the same time */

static int burst_body(yoke_task *t)
{
    static unsigned n;
    YOKE_BEGIN(t);
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_OK);
    for (n = 0; n < BURST; n++) {
        send_syn(n);
        YOKE_TRY(t, yoke_sleep_ms(t, 1));
    }
    net_unlisten(&listener);
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void test_a_burst_of_newcomers_finds_room(void **state)
{
    (void)state;
    uint32_t before = net_read_stats().half_open;
    wire_run(burst_body);
    assert_int_equal(net_read_stats().half_open - before, 0);
}

/* --- idle streams ----------------------------------------------------------------------------- */

static net_stream idle[3];

/* Each served, one after another, so that the first has been idle for longest. */
static int open_idle_body(yoke_task *t)
{
    static unsigned i;
    static uint8_t got[4];
    YOKE_BEGIN(t);
    memset(idle, 0, sizeof idle);
    for (i = 0; i < 3; i++) {
        YOKE_TRY(t, net_connect(t, &idle[i], wire_self));
        YOKE_TRY(t, net_write(t, &idle[i], "a", 1));
        YOKE_TRY(t, net_read(t, &idle[i], got, sizeof got));
        YOKE_TRY(t, yoke_sleep_ms(t, 50));
    }
    t->rc = YOKE_OK;
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int open_idle(yoke_task *t)
{
    static yoke_task opener;
    static bool opening;
    if (!opening) {
        opener = (yoke_task)YOKE_TASK(open_idle_body);
        begin(&platform, &opener);
    }
    int answer = yoke_join(t, &opener);
    opening = answer == YOKE_PENDING;
    return answer;
}

static void close_idle(void)
{
    for (unsigned i = 0; i < 3; i++) {
        net_close(&idle[i]);
    }
    net_unlisten(&listener);
}

static int evict_body(yoke_task *t)
{
    static uint8_t got[4];
    YOKE_BEGIN(t);
    listener.evict_ms = 200;
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_OK);
    start_servers(3);
    YOKE_AWAIT(t, open_idle(t));
    assert_int_equal(t->status, YOKE_OK);
    YOKE_AWAIT(t, yoke_within(t, 500, ask(t)));
    assert_int_equal(t->status, YOKE_OK);
    assert_true(net_idle_ms(&idle[2]) > 0);
    YOKE_AWAIT(t, net_read(t, &idle[0], got, sizeof got)); /* it had to go */
    assert_int_equal(t->status, YOKE_EIO);
    assert_true(net_is_open(&idle[1]));
    assert_true(net_is_open(&idle[2]));
    YOKE_AWAIT(t, stop_servers(t, 3));
    close_idle();
    YOKE_END(t);
}

static void test_the_longest_idle_makes_room(void **state)
{
    (void)state;
    wire_run(evict_body);
    assert_int_equal(net_read_stats().evicted, 1);
}

static int kept_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    listener.evict_ms = 50;
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_OK);
    start_servers(3);
    YOKE_AWAIT(t, open_idle(t));
    assert_int_equal(t->status, YOKE_OK);
    YOKE_AWAIT(t, yoke_within(t, 2000, ask(t)));
    assert_int_equal(t->status, YOKE_ETIMEDOUT);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(net_is_open(&idle[i]));
    }
    close_idle(); /* now there is room, and the newcomer has waited */
    YOKE_AWAIT(t, ask(t));
    assert_int_equal(t->status, YOKE_EIO); /* the listener is closed */
    YOKE_AWAIT(t, stop_servers(t, 3));
    YOKE_END(t);
}

static void test_kept_streams_stay(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        servers[i].keep = true;
    }
    wire_run(kept_body);
    assert_int_equal(net_read_stats().evicted, 0);
    for (unsigned i = 0; i < 3; i++) {
        servers[i].keep = false;
    }
}

static net_stream talkers[12]; /* more than there are servers and places in line */

static net_stream talkers[12]; /* more than there are servers and places in the line */
static unsigned talked;

/* One every 4 ms: with three servers, each has 12 ms. */
static int talkers_body(yoke_task *t)
{
    static unsigned i;
    YOKE_BEGIN(t);
    for (;; i = (i + 1) % (sizeof talkers / sizeof *talkers)) {
        net_abort(&talkers[i]);
        YOKE_TRY(t, net_connect(t, &talkers[i], wire_self));
        YOKE_TRY(t, net_write(t, &talkers[i], "a", 1));
        talked++;
        YOKE_TRY(t, yoke_sleep_ms(t, 4));
    }
    YOKE_FINALLY(t);
    for (unsigned n = 0; n < sizeof talkers / sizeof *talkers; n++) {
        net_abort(&talkers[n]);
    }
    YOKE_END(t);
}

static int rush_body(yoke_task *t)
{
    static yoke_task talking;
    static unsigned i;
    YOKE_BEGIN(t);
    talking = (yoke_task)YOKE_TASK(talkers_body);
    listener.evict_ms = 200;
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_OK);
    start_servers(3);
    begin(&platform, &talking);
    for (i = 0; i < 20; i++) {
        YOKE_AWAIT(t, yoke_sleep_ms(t, 50));
        YOKE_AWAIT(t, yoke_within(t, 500, ask(t)));
        assert_int_equal(t->status, YOKE_OK);
        answered++;
    }
    yoke_cancel(&talking);
    YOKE_AWAIT(t, yoke_join(t, &talking));
    YOKE_AWAIT(t, stop_servers(t, 3));
    net_unlisten(&listener);
    YOKE_END(t);
}

static void test_a_rush_of_clients_that_say_half(void **state)
{
    (void)state;
    answered = 0;
    talked = 0;
    wire_run(rush_body);
    assert_int_equal(answered, 20);
    assert_in_range(talked, 200, 500);
}

/* --- connections that nobody accepts ---------------------------------------------------------- */

static net_stream silent[NET_BACKLOG], talker, taken;

static int line_body(yoke_task *t)
{
    static unsigned i;
    static uint8_t got[4];
    YOKE_BEGIN(t);
    memset(silent, 0, sizeof silent);
    memset(&talker, 0, sizeof talker);
    memset(&taken, 0, sizeof taken);
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_OK);
    for (i = 0; i < NET_BACKLOG; i++) {
        YOKE_AWAIT(t, net_connect(t, &silent[i], wire_self));
        assert_int_equal(t->status, YOKE_OK);
    }
    YOKE_AWAIT(t, net_connect(t, &talker, wire_self)); /* the first goes */
    assert_int_equal(t->status, YOKE_OK);
    YOKE_AWAIT(t, net_write(t, &talker, "hi", 2));
    YOKE_AWAIT(t, net_read(t, &silent[0], got, sizeof got));
    assert_int_equal(t->status, YOKE_EIO);
    for (i = 1; i < NET_BACKLOG; i++) {
        assert_true(net_is_open(&silent[i]));
    }
    YOKE_AWAIT(t, yoke_sleep_ms(t, 20));
    YOKE_AWAIT(t, net_accept(t, &listener, &taken)); /* who has sent something comes first */
    assert_int_equal(t->status, YOKE_OK);
    YOKE_AWAIT(t, net_read(t, &taken, got, sizeof got));
    assert_int_equal(t->status, 2);
    for (i = 0; i < NET_BACKLOG; i++) {
        net_close(&silent[i]);
    }
    net_close(&talker);
    net_close(&taken);
    net_unlisten(&listener);
    YOKE_END(t);
}

static void test_the_oldest_silent_one_leaves_the_line(void **state)
{
    (void)state;
    wire_run(line_body);
    assert_int_equal(net_read_stats().turned_away, 1 + NET_BACKLOG - 1);
    assert_int_equal(net_read_stats().accepted, 1);
}

/* What comes in a second segment before anybody accepts is not thrown away, to come again after the
 * peer's time to wait: then an answer would be late, and the stream taken for idle. */
static int two_segments_body(yoke_task *t)
{
    static uint8_t bytes[NET_WINDOW], got[NET_WINDOW];
    YOKE_BEGIN(t);
    memset(&talker, 0, sizeof talker);
    memset(&taken, 0, sizeof taken);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = wire_byte(3, i);
    }
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_OK);
    YOKE_AWAIT(t, net_connect(t, &talker, wire_self));
    YOKE_AWAIT(t, net_write(t, &talker, bytes, 1000));
    assert_int_equal(t->status, 1000);
    YOKE_AWAIT(t, net_drain(t, &talker));
    YOKE_AWAIT(t, net_write(t, &talker, bytes + 1000, sizeof bytes - 1000));
    assert_int_equal(t->status, sizeof bytes - 1000);
    YOKE_AWAIT(t, yoke_within(t, 100, net_drain(t, &talker)));
    assert_int_equal(t->status, YOKE_OK); /* acknowledged, though nobody has accepted */
    YOKE_AWAIT(t, net_accept(t, &listener, &taken));
    assert_int_equal(t->status, YOKE_OK);
    YOKE_AWAIT(t, net_read(t, &taken, got, sizeof got));
    assert_int_equal(t->status, sizeof got);
    assert_memory_equal(got, bytes, sizeof got);
    net_close(&talker);
    net_close(&taken);
    YOKE_AWAIT(t, net_connect(t, &talker, wire_self)); /* and given up, its bytes are given back */
    YOKE_AWAIT(t, net_write(t, &talker, bytes, 100));
    YOKE_AWAIT(t, net_drain(t, &talker));
    net_abort(&talker);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 10));
    net_unlisten(&listener);
    YOKE_END(t);
}

static void test_two_segments_wait_in_line(void **state)
{
    (void)state;
    wire_run(two_segments_body);
}

/* --- no control block ------------------------------------------------------------------------- */

static net_stream many[17];

static int full_body(yoke_task *t)
{
    static unsigned i;
    YOKE_BEGIN(t);
    memset(many, 0, sizeof many);
    wire.loss = 1000; /* none gets through, so each stays as it is */
    for (i = 0; i < 17; i++) {
        YOKE_AWAIT(t, yoke_within(t, 1, net_connect(t, &many[i], wire_self)));
        assert_int_equal(t->status, YOKE_ETIMEDOUT);
    }
    assert_int_equal(wire_used("connections"), 0); /* each attempt has ended with its wait */
    YOKE_END(t);
}

static void test_attempts_that_end_leave_nothing(void **state)
{
    (void)state;
    wire_run(full_body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_room(test_a_burst_of_newcomers_finds_room),
        with_room(test_a_flood_of_half_open_connections),
        with_room(test_the_longest_idle_makes_room),
        with_room(test_kept_streams_stay),
        with_room(test_a_rush_of_clients_that_say_half),
        with_room(test_the_oldest_silent_one_leaves_the_line),
        with_room(test_two_segments_wait_in_line),
        with_room(test_attempts_that_end_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
