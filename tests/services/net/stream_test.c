/* Streams between two ends of the one stack, over a link that delays, loses, doubles and reorders.
 */
#include "wire.h"

#define SIZE 65536u

static net_listener listener;
static net_stream near, far; /* who connects, and who accepts */

static void nothing_yet(void)
{
    memset(&listener, 0, sizeof listener);
    memset(&near, 0, sizeof near);
    memset(&far, 0, sizeof far);
}

/* --- both ends open --------------------------------------------------------------------------- */

static int opener_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    nothing_yet();
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_OK);
    YOKE_TRY(t, net_connect(t, &near, wire_self));
    YOKE_TRY(t, net_accept(t, &listener, &far)); /* it has waited in the listener */
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* To be awaited. */
static int open_both(yoke_task *t)
{
    static yoke_task opener;
    static bool opening;
    if (!opening) {
        opener = (yoke_task)YOKE_TASK(opener_body);
        begin(&platform, &opener);
    }
    int answer = yoke_join(t, &opener);
    opening = answer == YOKE_PENDING;
    return answer;
}

static void close_both(void)
{
    net_close(&near);
    net_close(&far);
    net_unlisten(&listener);
}

/* --- transfers -------------------------------------------------------------------------------- */

static wire_end ends[4];

/* Both directions at the same time. */
static void start_ends(size_t piece, uint32_t read_ms)
{
    for (unsigned i = 0; i < 4; i++) {
        bool reads = i % 2;
        ends[i] = (wire_end){.task = YOKE_TASK(reads ? wire_reader_body : wire_writer_body),
                             .s = i == 0 || i == 3 ? &near : &far,
                             .n = i / 2,
                             .size = SIZE,
                             .piece = piece,
                             .ms = reads ? read_ms : 0};
        begin(&platform, &ends[i].task);
    }
}

static yoke_task *const children[4] = {&ends[0].task, &ends[1].task, &ends[2].task, &ends[3].task};
static size_t piece;
static uint32_t read_ms;

static int transfer_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, open_both(t));
    assert_int_equal(t->status, YOKE_OK);
    start_ends(piece, read_ms);
    YOKE_AWAIT(t, yoke_gather(t, children, 4));
    assert_int_equal(t->status, YOKE_OK);
    close_both();
    t->rc = YOKE_OK;
    YOKE_END(t);
}

static void transfer(size_t of, uint32_t ms)
{
    piece = of;
    read_ms = ms;
    wire_run(transfer_body);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(ends[i].done, SIZE);
    }
}

static void test_64_kb_both_ways(void **state)
{
    (void)state;
    transfer(0, 0);
    assert_int_equal(net_read_stats().lost_in, 0);
}

static void test_small_pieces(void **state)
{
    (void)state;
    transfer(23, 0);
}

static void test_a_slow_reader_holds_the_writer_up(void **state)
{
    (void)state;
    transfer(1000, 5);
    assert_int_equal(net_read_stats().lost_in, 0);
}

static void test_frames_are_lost(void **state)
{
    (void)state;
    wire.loss = 30;
    transfer(0, 0);
}

static void test_frames_overtake_each_other(void **state)
{
    (void)state;
    wire.jitter_us = 3000;
    wire.twice = 50;
    transfer(0, 0);
}

static void test_a_bad_link(void **state)
{
    (void)state;
    wire = (sim_link){.delay_us = 5000, .jitter_us = 20000, .loss = 50, .twice = 20};
    transfer(0, 0);
}

static void test_a_link_with_little_room(void **state)
{
    (void)state;
    wire.room = 2;
    transfer(0, 0);
    assert_int_not_equal(net_read_stats().lost_out, 0);
}

/* --- ends ------------------------------------------------------------------------------------- */

static char text[100];

static int end_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, open_both(t));
    assert_int_equal(t->status, YOKE_OK);
    assert_true(net_is_open(&near));
    assert_int_equal(near.peer.port, WIRE_PORT);
    assert_memory_equal(&near.peer.address, &wire_address, sizeof wire_address);

    YOKE_AWAIT(t, net_write(t, &near, "the last words", 14));
    assert_int_equal(t->status, 14);
    net_close(&near);
    assert_false(net_is_open(&near));
    YOKE_AWAIT(t, net_read(t, &far, text, 4));
    assert_int_equal(t->status, 4);
    YOKE_AWAIT(t, net_read(t, &far, text + 4, sizeof text - 4));
    assert_int_equal(t->status, 10);
    assert_memory_equal(text, "the last words", 14);
    YOKE_AWAIT(t, net_read(t, &far, text, sizeof text));
    assert_int_equal(t->status, 0);
    YOKE_AWAIT(t, net_read(t, &far, text, sizeof text)); /* and always */
    assert_int_equal(t->status, 0);
    YOKE_AWAIT(t, net_write(t, &far, "nobody reads it", 15));
    assert_int_equal(t->status, 15);
    close_both();
    YOKE_AWAIT(t, net_read(t, &far, text, sizeof text));
    assert_int_equal(t->status, YOKE_EINVAL);
    YOKE_AWAIT(t, net_write(t, &far, text, 1));
    assert_int_equal(t->status, YOKE_EINVAL);
    YOKE_AWAIT(t, net_drain(t, &far));
    assert_int_equal(t->status, YOKE_EINVAL);
    YOKE_END(t);
}

static void test_the_end_comes_behind_all_that_was_written(void **state)
{
    (void)state;
    wire_run(end_body);
}

static int reset_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, open_both(t));
    assert_int_equal(t->status, YOKE_OK);
    YOKE_AWAIT(t, net_write(t, &near, "kept", 4));
    YOKE_AWAIT(t, net_drain(t, &near));
    assert_int_equal(t->status, YOKE_OK);
    net_abort(&near);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 10));
    assert_false(net_is_open(&far));
    YOKE_AWAIT(t, net_read(t, &far, text, sizeof text)); /* what had come before */
    assert_int_equal(t->status, 4);
    YOKE_AWAIT(t, net_read(t, &far, text, sizeof text));
    assert_int_equal(t->status, YOKE_EIO);
    YOKE_AWAIT(t, net_write(t, &far, text, 1));
    assert_int_equal(t->status, YOKE_EIO);
    YOKE_AWAIT(t, net_drain(t, &far));
    assert_int_equal(t->status, YOKE_EIO);
    close_both();
    YOKE_END(t);
}

static void test_a_reset_is_an_error_behind_what_came_before(void **state)
{
    (void)state;
    wire_run(reset_body);
}

static int unread_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, open_both(t));
    assert_int_equal(t->status, YOKE_OK);
    YOKE_AWAIT(t, net_write(t, &near, "never read", 10));
    YOKE_AWAIT(t, net_drain(t, &near));
    YOKE_AWAIT(t, net_write(t, &far, "an answer", 9));
    net_close(&far); /* in order all the same */
    YOKE_AWAIT(t, net_read(t, &near, text, sizeof text));
    assert_int_equal(t->status, 9);
    YOKE_AWAIT(t, net_read(t, &near, text, sizeof text));
    assert_int_equal(t->status, 0);
    YOKE_AWAIT(t, net_write(t, &near, "more", 4)); /* is thrown away, and no reset */
    YOKE_AWAIT(t, net_drain(t, &near));
    assert_int_equal(t->status, YOKE_OK);
    close_both();
    YOKE_END(t);
}

static void test_who_closes_without_reading_still_ends_in_order(void **state)
{
    (void)state;
    wire_run(unread_body);
}

/* --- no connection ---------------------------------------------------------------------------- */

static int refused_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    nothing_yet();
    YOKE_AWAIT(t, net_connect(t, &near, wire_self)); /* nobody listens */
    assert_int_equal(t->status, YOKE_ENOENT);
    assert_false(net_is_open(&near));
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_OK);
    YOKE_AWAIT(t, net_connect(t, &near, wire_self)); /* the same stream again */
    assert_int_equal(t->status, YOKE_OK);
    net_close(&near);
    net_unlisten(&listener);
    YOKE_END(t);
}

static void test_refused(void **state)
{
    (void)state;
    wire_run(refused_body);
}

static int silent_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    nothing_yet();
    YOKE_AWAIT(t, net_connect(t, &near, wire_self));
    assert_int_equal(t->status, YOKE_EIO);
    YOKE_AWAIT(t, yoke_within(t, 500, net_connect(t, &near, wire_self)));
    assert_int_equal(t->status, YOKE_ETIMEDOUT);
    assert_int_equal(wire_used("connections"), 0); /* the attempt ended with the wait */
    YOKE_END(t);
}

static void test_no_answer(void **state)
{
    (void)state;
    wire.loss = 1000;
    wire_run(silent_body);
}

/* --- reading in place ------------------------------------------------------------------------- */

static bool window_is(size_t from, size_t to, size_t first)
{
    for (size_t i = from; i < to; i++) {
        if ((uint8_t)far.window[i] != wire_byte(0, first + i - from)) {
            return false;
        }
    }
    return true;
}

/* The peer has more to send than there is room for; a little is kept in front, then much, so that
 * less than half a window is free: that is told to the peer as well. */
static int in_place_body(yoke_task *t)
{
    static size_t at; /* of the stream, window[far.taken] */
    YOKE_BEGIN(t);
    assert_int_equal(net_fill(t, &far), YOKE_EINVAL); /* closed */
    YOKE_AWAIT(t, open_both(t));
    assert_int_equal(t->status, YOKE_OK);
    ends[0] = (wire_end){.task = YOKE_TASK(wire_writer_body), .s = &near, .size = 4 * NET_WINDOW};
    begin(&platform, &ends[0].task);
    while (far.come < NET_WINDOW) {
        YOKE_AWAIT(t, net_fill(t, &far));
        assert_true(t->status > 0);
        assert_int_equal(far.known, far.come);
    }
    assert_true(window_is(0, NET_WINDOW, 0));
    assert_int_equal(net_fill(t, &far), YOKE_EINVAL); /* full */
    far.taken = 100;
    net_make_room(&far, 100); /* nothing is given back */
    assert_int_equal(far.come, NET_WINDOW);
    net_make_room(&far, 60);
    assert_int_equal(far.taken, 60);
    assert_int_equal(far.known, NET_WINDOW - 40);
    assert_true(window_is(0, 60, 0) && window_is(60, far.come, 100));
    at = 100;
    while (at < 3 * NET_WINDOW) {
        YOKE_AWAIT(t, net_fill(t, &far));
        assert_in_range(t->status, 2, 40); /* more than a probe's one byte */
        at += (size_t)t->status;
        far.taken = (uint16_t)(60 + t->status);
        net_make_room(&far, 60);
        assert_true(window_is(60, far.come, at));
    }
    for (; at < ends[0].size; at += (size_t)t->status) { /* the rest, by the other way */
        YOKE_AWAIT(t, net_read(t, &far, ends[1].buffer, sizeof ends[1].buffer));
        assert_true(t->status > 0);
    }
    YOKE_AWAIT(t, yoke_join(t, &ends[0].task));
    assert_int_equal(t->status, YOKE_OK);
    close_both();
    t->rc = YOKE_OK;
    YOKE_END(t);
}

static void test_what_came_is_read_in_place(void **state)
{
    (void)state;
    wire_run(in_place_body);
}

/* --- cancel loses nothing --------------------------------------------------------------------- */

static int cancel_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    nothing_yet();
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_OK);
    YOKE_AWAIT(t, yoke_within(t, 50, net_accept(t, &listener, &far)));
    assert_int_equal(t->status, YOKE_ETIMEDOUT);
    YOKE_AWAIT(t, net_connect(t, &near, wire_self));
    assert_int_equal(t->status, YOKE_OK);
    YOKE_AWAIT(t, net_accept(t, &listener, &far)); /* it was not lost */
    assert_int_equal(t->status, YOKE_OK);

    YOKE_AWAIT(t, yoke_within(t, 50, net_read(t, &far, text, sizeof text)));
    assert_int_equal(t->status, YOKE_ETIMEDOUT);
    ends[0] = (wire_end){
        .task = YOKE_TASK(wire_writer_body), .s = &near, .n = 5, .size = 30000, .piece = 700};
    begin(&platform, &ends[0].task);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 200)); /* it waits: nobody reads */
    assert_false(yoke_done(&ends[0].task));
    assert_in_range(ends[0].done, NET_WINDOW, 12000);
    yoke_cancel(&ends[0].task);
    YOKE_AWAIT(t, yoke_join(t, &ends[0].task));
    assert_int_equal(t->status, YOKE_ECANCELED);
    net_close(&near);
    ends[1] =
        (wire_end){.task = YOKE_TASK(wire_reader_body), .s = &far, .n = 5, .size = ends[0].done};
    begin(&platform, &ends[1].task); /* all that was taken arrives, and no more */
    YOKE_AWAIT(t, yoke_join(t, &ends[1].task));
    assert_int_equal(t->status, YOKE_OK);
    YOKE_AWAIT(t, net_read(t, &far, text, sizeof text));
    assert_int_equal(t->status, 0);
    close_both();
    YOKE_END(t);
}

static void test_cancel_loses_nothing(void **state)
{
    (void)state;
    wire_run(cancel_body);
}

/* --- the stack ends --------------------------------------------------------------------------- */

static yoke_task acceptor;
static int accept_result;

static int accepting_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, net_accept(t, &listener, &far));
    accept_result = t->status;
    YOKE_END(t);
}

static int down_body(yoke_task *t)
{
    static const net_config fixed = {.address = {{10, 0, 0, 2}}};
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, open_both(t));
    assert_int_equal(t->status, YOKE_OK);
    assert_int_equal(net_start(&platform, &fixed), YOKE_EBUSY);
    acceptor = (yoke_task)YOKE_TASK(accepting_body);
    begin(&platform, &acceptor);
    YOKE_AWAIT(t, yoke_yield(t));
    yoke_cancel(&net_task);
    YOKE_AWAIT(t, net_read(t, &near, text, sizeof text));
    assert_int_equal(t->status, YOKE_EIO);
    YOKE_AWAIT(t, yoke_join(t, &acceptor));
    YOKE_AWAIT(t, yoke_join(t, &net_task));
    assert_int_equal(accept_result, YOKE_ENOENT);
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_EINVAL);
    net_close(&near);
    net_close(&far);
    assert_int_equal(net_start(&platform, &fixed), YOKE_OK); /* and again */
    YOKE_AWAIT(t, open_both(t));
    assert_int_equal(t->status, YOKE_OK);
    close_both();
    YOKE_END(t);
}

static void test_down_and_up_again(void **state)
{
    (void)state;
    wire_run(down_body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_wire(test_64_kb_both_ways),
        on_wire(test_small_pieces),
        on_wire(test_a_slow_reader_holds_the_writer_up),
        on_wire(test_frames_are_lost),
        on_wire(test_frames_overtake_each_other),
        on_wire(test_a_bad_link),
        on_wire(test_a_link_with_little_room),
        on_wire(test_the_end_comes_behind_all_that_was_written),
        on_wire(test_a_reset_is_an_error_behind_what_came_before),
        on_wire(test_who_closes_without_reading_still_ends_in_order),
        on_wire(test_refused),
        on_wire(test_no_answer),
        on_wire(test_what_came_is_read_in_place),
        on_wire(test_cancel_loses_nothing),
        on_wire(test_down_and_up_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
