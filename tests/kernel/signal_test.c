/* Signals: the latest value, set anywhere, awaited by one task. */
#include "world.h"

static yoke_signal bell;

static int bell_setup(void **state)
{
    bell = (yoke_signal){0};
    return world_setup(state);
}

static void test_take_answers_once_for_each_set(void **state)
{
    (void)state;
    uint32_t value = 5;
    assert_false(yoke_signal_take(&bell, &value));
    assert_int_equal(value, 5);
    yoke_signal_set(&bell, 7);
    assert_true(yoke_signal_take(&bell, &value));
    assert_int_equal(value, 7);
    assert_false(yoke_signal_take(&bell, &value));
    yoke_signal_set(&bell, 0);
    assert_true(yoke_signal_take(&bell, NULL));
    assert_false(yoke_signal_take(&bell, NULL));
}

static void test_a_later_value_replaces_the_earlier(void **state)
{
    (void)state;
    uint32_t value;
    yoke_signal_set(&bell, 1);
    yoke_signal_set(&bell, UINT32_MAX);
    assert_true(yoke_signal_take(&bell, &value));
    assert_int_equal(value, UINT32_MAX);
    assert_false(yoke_signal_take(&bell, &value));
}

typedef struct {
    yoke_task task;
    uint32_t value;
    int left;
} listener;

static int listener_body(yoke_task *t)
{
    listener *me = YOKE_FRAME(listener, t);
    YOKE_BEGIN(t);
    while (me->left-- > 0) {
        YOKE_TRY(t, yoke_signal_wait(t, &bell, &me->value));
        note_at("heard %u", me->value);
    }
    YOKE_FINALLY(t);
    note_at("listener ends with %d", t->rc);
    YOKE_END(t);
}

#define LISTENER(left_)                                   \
    {                                                     \
        .task = YOKE_TASK(listener_body), .left = (left_) \
    }

static void test_wait_answers_at_once_when_it_is_set(void **state)
{
    (void)state;
    listener a = LISTENER(1);
    yoke_signal_set(&bell, 3);
    begin(&platform, &a.task);
    world_run_ms(1);
    assert_trace("0 heard 3\n0 listener ends with 0\n");
    assert_null(bell.waiter);
}

static int ringer_body(yoke_task *t)
{
    listener *me = YOKE_FRAME(listener, t);
    YOKE_BEGIN(t);
    for (me->value = 1; me->value <= 3; me->value++) {
        YOKE_TRY(t, yoke_sleep_ms(t, 2));
        yoke_signal_set(&bell, me->value);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void test_from_the_other_loop_both_ways(void **state)
{
    for (int way = 0; way < 2; way++) {
        bell_setup(state);
        listener a = LISTENER(3);
        listener b = {.task = YOKE_TASK(ringer_body)};
        begin(way ? &platform : &app.loop, &a.task);
        begin(way ? &app.loop : &platform, &b.task);
        yoke_app_start(&app);
        world_run_ms(10);
        assert_trace("2000 heard 1\n4000 heard 2\n6000 heard 3\n6000 listener ends with 0\n");
    }
}

static void ring(void *arg)
{
    (void)arg;
    yoke_signal_set(&bell, 11);
}

static void test_from_an_interrupt(void **state)
{
    (void)state;
    listener a = LISTENER(1);
    begin(&platform, &a.task);
    sim_interrupt_at(world_config.start_us + 333, ring, NULL);
    world_run_ms(1);
    assert_trace("333 heard 11\n333 listener ends with 0\n");
}

static void test_a_value_that_comes_before_the_cancel_is_heard(void **state)
{
    (void)state;
    listener a = LISTENER(2);
    begin(&platform, &a.task);
    world_run_ms(1);
    yoke_signal_set(&bell, 3);
    yoke_cancel(&a.task);
    world_run_ms(1);
    assert_trace("1000 heard 3\n1000 listener ends with -3\n");
    assert_null(bell.waiter);
}

static void test_second_listener_fails_102(void **state)
{
    (void)state;
    listener a = LISTENER(1);
    listener b = LISTENER(1);
    begin(&platform, &a.task);
    begin(&platform, &b.task);
    assert_check_fails("task", 102, world_run_ms(1));
}

#define with_bell(test) cmocka_unit_test_setup(test, bell_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_bell(test_take_answers_once_for_each_set),
        with_bell(test_a_later_value_replaces_the_earlier),
        with_bell(test_wait_answers_at_once_when_it_is_set),
        with_bell(test_from_the_other_loop_both_ways),
        with_bell(test_from_an_interrupt),
        with_bell(test_a_value_that_comes_before_the_cancel_is_heard),
        with_bell(test_second_listener_fails_102),
    };
    return cmocka_run_group_tests_name("signal", tests, NULL, NULL);
}
