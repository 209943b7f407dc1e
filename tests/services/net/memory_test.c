/* Memory that peers hold, who take nothing of what they were sent, while others wait for it. */
#include "wire.h"

#define HOLDERS 6u /* as many as there is memory for */
#define LATE    HOLDERS
#define STREAMS (HOLDERS + 2)
#define LONG    8000u
#define SHORT   1000u

static wire_pairs pairs;
static wire_end writers[STREAMS], reader, other_reader;
static unsigned i;

static int setup(void **state)
{
    pairs =
        (wire_pairs){.task = YOKE_TASK(wire_open_body), .count = STREAMS, .listener.evict_ms = 50};
    return wire_setup(state);
}

#define with_holders(test) cmocka_unit_test_setup(test, setup)

static void start_writer(unsigned n, size_t size)
{
    writers[n] =
        (wire_end){.task = YOKE_TASK(wire_writer_body), .s = &pairs.far[n], .n = n, .size = size};
    begin(&platform, &writers[n].task);
}

static wire_end reader_of(unsigned n, size_t size)
{
    return (wire_end){
        .task = YOKE_TASK(wire_reader_body), .s = &pairs.near[n], .n = n, .size = size};
}

static void start_reader(wire_end *e, unsigned n, size_t size)
{
    *e = reader_of(n, size);
    begin(&platform, &e->task);
}

/* 300 bytes every 100 ms. */
static void start_slow_reader(wire_end *e, unsigned n, size_t size)
{
    *e = reader_of(n, size);
    e->piece = 300;
    e->ms = 100;
    begin(&platform, &e->task);
}

/* Opens all streams; what is sent in the first of them is not read: a window is taken, and what
 * follows is held. One after the other: the first has been silent for longest. */
static int holder_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    begin(&platform, &pairs.task);
    WIRE_JOIN(t, &pairs.task);
    for (i = 0; i < HOLDERS; i++) {
        start_writer(i, NET_WINDOW);
        WIRE_JOIN(t, &writers[i].task);
        start_writer(i, LONG);
        YOKE_TRY(t, yoke_sleep_ms(t, 20));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task holder;

static void start_holders(void)
{
    holder = (yoke_task)YOKE_TASK(holder_body);
    begin(&platform, &holder);
}

static int end_writers(yoke_task *t)
{
    for (unsigned n = 0; n < HOLDERS; n++) {
        yoke_cancel(&writers[n].task);
        if (yoke_join(t, &writers[n].task) == YOKE_PENDING) {
            return YOKE_PENDING;
        }
    }
    return YOKE_OK;
}

/* --- the longest silent ----------------------------------------------------------------------- */

static unsigned kept; /* the first so many are */
static unsigned gone; /* who must go */

static int late_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    start_holders();
    WIRE_JOIN(t, &holder);
    for (i = 0; i < kept; i++) {
        net_keep(&pairs.far[i]);
    }
    start_writer(LATE, SHORT);
    start_reader(&reader, LATE, SHORT);
    WIRE_JOIN(t, &writers[LATE].task);
    YOKE_AWAIT(t, yoke_join(t, &reader.task));
    assert_int_equal(reader.done, SHORT);
    assert_int_equal(net_read_stats().evicted, 1);
    for (i = 0; i < HOLDERS; i++) {
        assert_int_equal(net_is_open(&pairs.far[i]), i != gone);
    }
    YOKE_AWAIT(t, yoke_join(t, &writers[gone].task));
    assert_int_equal(t->status, YOKE_EFULL);
    YOKE_AWAIT(t, end_writers(t));
    wire_close(&pairs);
    YOKE_END(t);
}

static void test_who_takes_nothing_for_longest_goes(void **state)
{
    (void)state;
    kept = gone = 0;
    wire_run(late_body);
}

static void test_kept_ones_have_more_time(void **state)
{
    (void)state;
    kept = gone = 1;
    wire_run(late_body);
}

static void test_but_not_for_ever(void **state)
{
    (void)state;
    kept = HOLDERS;
    gone = 0;
    wire_run(late_body);
}

/* Whoever was given the memory of the first is not the next to go, before anything was sent. */
static int two_late_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    start_holders();
    WIRE_JOIN(t, &holder);
    start_writer(LATE, SHORT);
    start_writer(LATE + 1, SHORT);
    start_reader(&reader, LATE, SHORT);
    start_reader(&other_reader, LATE + 1, SHORT);
    WIRE_JOIN(t, &reader.task);
    WIRE_JOIN(t, &other_reader.task);
    assert_in_range(net_read_stats().evicted, 1, 2);
    assert_false(net_is_open(&pairs.far[0]));
    for (i = 2; i < STREAMS; i++) {
        assert_true(net_is_open(&pairs.far[i]));
    }
    YOKE_AWAIT(t, end_writers(t));
    wire_close(&pairs);
    YOKE_END(t);
}

static void test_who_has_just_been_given_some_stays(void **state)
{
    (void)state;
    wire.delay_us = 30000; /* it takes a while to be acknowledged */
    wire_run(two_late_body);
}

/* --- of a listener that evicts nobody --------------------------------------------------------- */

static int patient_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    pairs.listener.evict_ms = 0;
    start_holders();
    WIRE_JOIN(t, &holder);
    start_writer(LATE, SHORT);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 5000));
    assert_int_equal(writers[LATE].done, 0);
    start_reader(&reader, 0, NET_WINDOW);
    WIRE_JOIN(t, &reader.task);
    start_reader(&reader, 0, LONG);
    WIRE_JOIN(t, &reader.task);
    WIRE_JOIN(t, &writers[LATE].task);
    assert_int_equal(net_read_stats().evicted, 0);
    YOKE_AWAIT(t, end_writers(t));
    wire_close(&pairs);
    YOKE_END(t);
}

static void test_who_evicts_nobody_waits(void **state)
{
    (void)state;
    wire_run(patient_body);
}

/* --- closed connections ----------------------------------------------------------------------- */

/* They end in order only as long as nobody needs what they hold. */
static int closed_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    start_holders();
    WIRE_JOIN(t, &holder);
    YOKE_AWAIT(t, end_writers(t));
    for (i = 0; i < HOLDERS; i++) {
        net_close(&pairs.far[i]);
        YOKE_AWAIT(t, yoke_sleep_ms(t, 120)); /* lwIP counts them by 100 ms */
    }
    start_writer(LATE, SHORT);
    start_reader(&reader, LATE, SHORT);
    WIRE_JOIN(t, &writers[LATE].task);
    YOKE_AWAIT(t, yoke_join(t, &reader.task));
    assert_int_equal(reader.done, SHORT);
    assert_int_equal(wire_used("connections"), 2 * STREAMS - 1);
    start_reader(&reader, 0, NET_WINDOW); /* what had come, and then learns of it */
    WIRE_JOIN(t, &reader.task);
    start_reader(&reader, 0, LONG);
    YOKE_AWAIT(t, yoke_join(t, &reader.task));
    assert_int_equal(t->status, YOKE_EIO);
    wire_close(&pairs);
    YOKE_END(t);
}

static void test_closed_ones_give_way(void **state)
{
    (void)state;
    wire_run(closed_body);
}

/* Its peer takes what was sent, slowly, and has it all in the end, long after the close. */
static int slow_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    start_holders();
    WIRE_JOIN(t, &holder);
    pairs.listener.evict_ms = 0; /* so that only the closed one could go */
    YOKE_AWAIT(t, end_writers(t));
    net_close(&pairs.far[0]);
    start_writer(LATE, SHORT);
    start_slow_reader(&reader, 0, NET_WINDOW);
    WIRE_JOIN(t, &reader.task);
    start_slow_reader(&reader, 0, writers[0].done);
    WIRE_JOIN(t, &reader.task);
    assert_int_equal(reader.done, writers[0].done);
    WIRE_JOIN(t, &writers[LATE].task);
    wire_close(&pairs);
    YOKE_END(t);
}

static void test_a_closed_one_whose_peer_takes_it_ends_in_order(void **state)
{
    (void)state;
    wire_run(slow_body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_holders(test_who_takes_nothing_for_longest_goes),
        with_holders(test_kept_ones_have_more_time),
        with_holders(test_but_not_for_ever),
        with_holders(test_who_has_just_been_given_some_stays),
        with_holders(test_who_evicts_nobody_waits),
        with_holders(test_closed_ones_give_way),
        with_holders(test_a_closed_one_whose_peer_takes_it_ends_in_order),
    };
    return cmocka_run_group_tests_name("net_memory", tests, NULL, NULL);
}
