/* Queues: order, limits, counters, and the wait for an item. */
#include "world.h"

static void fill(yoke_queue *q, uint32_t from, uint32_t count)
{
    for (uint32_t i = from; i < from + count; i++) {
        assert_int_equal(yoke_queue_push(q, &i), YOKE_OK);
    }
}

static void drain(yoke_queue *q, uint32_t from, uint32_t count)
{
    uint32_t got;
    for (uint32_t i = from; i < from + count; i++) {
        assert_int_equal(yoke_queue_pop(q, &got), YOKE_OK);
        assert_int_equal(got, i);
    }
}

static void test_first_in_first_out(void **state)
{
    (void)state;
    uint32_t ring[8], got = 99;
    yoke_queue q = YOKE_QUEUE(ring);
    assert_int_equal(yoke_queue_pop(&q, &got), YOKE_PENDING);
    assert_int_equal(got, 99);
    fill(&q, 0, 5);
    assert_int_equal(yoke_queue_used(&q), 5);
    drain(&q, 0, 3);
    fill(&q, 5, 6);
    drain(&q, 3, 8);
    assert_int_equal(yoke_queue_used(&q), 0);
    assert_int_equal(yoke_queue_pop(&q, &got), YOKE_PENDING);
}

static void test_full_refuses_counts_and_loses_nothing(void **state)
{
    (void)state;
    uint32_t ring[4], item = 77;
    yoke_queue q = YOKE_QUEUE(ring);
    fill(&q, 10, 4);
    for (uint32_t i = 1; i <= 3; i++) {
        assert_int_equal(yoke_queue_push(&q, &item), YOKE_EFULL);
        assert_int_equal(q.refused, i);
    }
    drain(&q, 10, 1);
    fill(&q, 14, 1);
    drain(&q, 11, 4);
    assert_int_equal(q.refused, 3);
}

static void test_a_ring_of_one(void **state)
{
    (void)state;
    uint32_t ring[1];
    yoke_queue q = YOKE_QUEUE(ring);
    for (uint32_t i = 0; i < 5; i++) {
        fill(&q, i, 1);
        assert_int_equal(yoke_queue_push(&q, &i), YOKE_EFULL);
        drain(&q, i, 1);
    }
}

/* As after 2^32 - 3 items. */
static void test_across_the_wrap_of_the_counters(void **state)
{
    (void)state;
    uint32_t ring[4], item = 0;
    uint32_t before = UINT32_MAX - 2;
    yoke_queue q = YOKE_QUEUE(ring);
    q.tail = q.head = before;
    q.head_seen = q.tail_seen = before;
    for (uint32_t i = 0; i < 12; i += 3) {
        fill(&q, i, 3);
        assert_int_equal(yoke_queue_used(&q), 3);
        assert_int_equal(yoke_queue_push(&q, &item), YOKE_OK);
        assert_int_equal(yoke_queue_push(&q, &item), YOKE_EFULL);
        drain(&q, i, 3);
        drain(&q, 0, 1);
        assert_int_equal(yoke_queue_pop(&q, &item), YOKE_PENDING);
    }
    assert_int_equal(q.refused, 4);
    assert_int_equal(q.tail, before + 16);
}

static void test_high_water_mark(void **state)
{
    (void)state;
    uint32_t ring[8];
    yoke_queue q = YOKE_QUEUE(ring);
    fill(&q, 0, 3);
    assert_int_equal(q.most_found, 0); /* the consumer has not looked yet */
    drain(&q, 0, 3);
    assert_int_equal(q.most_found, 3);
    fill(&q, 3, 1);
    drain(&q, 3, 1);
    assert_int_equal(q.most_found, 3);
    fill(&q, 4, 8);
    drain(&q, 4, 8);
    assert_int_equal(q.most_found, 8);
}

static void test_items_of_odd_size(void **state)
{
    (void)state;
    char ring[4][5], got[5];
    yoke_queue q = YOKE_QUEUE(ring);
    assert_int_equal(yoke_queue_push(&q, "abcd"), YOKE_OK);
    assert_int_equal(yoke_queue_push(&q, "efgh"), YOKE_OK);
    yoke_queue_pop(&q, got);
    assert_string_equal(got, "abcd");
    yoke_queue_pop(&q, got);
    assert_string_equal(got, "efgh");
}

/* --- the wait --------------------------------------------------------- */

static uint32_t wait_ring[4];
static yoke_queue waited = YOKE_QUEUE(wait_ring);

static int queue_setup(void **state)
{
    waited = (yoke_queue)YOKE_QUEUE(wait_ring);
    return world_setup(state);
}

typedef struct {
    yoke_task task;
    uint32_t item;
} consumer;

static int consumer_body(yoke_task *t)
{
    consumer *me = YOKE_FRAME(consumer, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_within(t, 10, yoke_queue_get(t, &waited, &me->item)));
        note_at("got %u", me->item);
    }
    YOKE_FINALLY(t);
    note_at("consumer ends with %d", t->rc);
    YOKE_END(t);
}

typedef struct {
    yoke_task task;
    uint32_t i;
} producer;

static int producer_body(yoke_task *t)
{
    producer *me = YOKE_FRAME(producer, t);
    YOKE_BEGIN(t);
    for (me->i = 1; me->i <= 3; me->i++) {
        YOKE_AWAIT(t, yoke_sleep_ms(t, 2));
        yoke_queue_push(&waited, &me->i);
    }
    YOKE_END(t);
}

static void test_get_waits_for_items_of_the_other_loop(void **state)
{
    (void)state;
    consumer c = {.task = YOKE_TASK(consumer_body)};
    producer p = {.task = YOKE_TASK(producer_body)};
    begin(&platform, &c.task);
    begin(&app.loop, &p.task);
    yoke_app_start(&app);
    world_run_ms(30);
    assert_trace("2000 got 1\n4000 got 2\n6000 got 3\n16000 consumer ends with -2\n");
}

static void test_get_takes_what_is_there_before_a_cancel(void **state)
{
    (void)state;
    consumer c = {.task = YOKE_TASK(consumer_body)};
    begin(&platform, &c.task);
    world_run_ms(1);
    fill(&waited, 5, 2);
    yoke_cancel(&c.task);
    world_run_ms(1);
    assert_trace("1000 got 5\n1000 got 6\n1000 consumer ends with -3\n");
    fill(&waited, 7, 1); /* nobody waits any more: this wakes nobody */
    assert_null(waited.waiter);
}

static void test_second_consumer_fails_102(void **state)
{
    (void)state;
    consumer c = {.task = YOKE_TASK(consumer_body)};
    consumer d = {.task = YOKE_TASK(consumer_body)};
    begin(&platform, &c.task);
    begin(&platform, &d.task);
    assert_check_fails("task", 102, world_run_ms(1));
}

#define with_queue(test) cmocka_unit_test_setup(test, queue_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_first_in_first_out),
        in_world(test_full_refuses_counts_and_loses_nothing),
        in_world(test_a_ring_of_one),
        in_world(test_across_the_wrap_of_the_counters),
        in_world(test_high_water_mark),
        in_world(test_items_of_odd_size),
        with_queue(test_get_waits_for_items_of_the_other_loop),
        with_queue(test_get_takes_what_is_there_before_a_cancel),
        with_queue(test_second_consumer_fails_102),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
