/* Waits that need nothing but the task: yield, sleep, limits. */
#include "world.h"

/* --- yield ---------------------------------------------------------------------------------------
 */

typedef struct {
    yoke_task task;
    const char *name;
    int left;
} yielder;

static int yielder_body(yoke_task *t)
{
    yielder *me = YOKE_FRAME(yielder, t);
    YOKE_BEGIN(t);
    while (me->left-- > 0) {
        note("%s", me->name);
        YOKE_TRY(t, yoke_yield(t));
    }
    YOKE_FINALLY(t);
    note("%s ends %d", me->name, t->rc);
    YOKE_END(t);
}

static void test_yield_lets_each_other_task_run_first(void **state)
{
    (void)state;
    yielder a = {.task = YOKE_TASK(yielder_body), .name = "a", .left = 3};
    yielder b = {.task = YOKE_TASK(yielder_body), .name = "b", .left = 2};
    yielder c = {.task = YOKE_TASK(yielder_body), .name = "c", .left = 3};
    begin(&platform, &a.task);
    begin(&platform, &b.task);
    begin(&platform, &c.task);
    world_run_ms(1);
    assert_trace("a\nb\nc\na\nb\nc\na\nb ends 0\nc\na ends 0\nc ends 0\n");
}

static void test_yield_starves_no_timer(void **state)
{
    (void)state;
    yielder a = {.task = YOKE_TASK(yielder_body), .name = "a", .left = 400000};
    begin(&platform, &a.task);
    world_run_ms(3); /* ends: the timer of the root comes although `a` is always ready */
    assert_true(a.left > 0 && a.left < 400000);
}

static void test_yield_can_be_cancelled(void **state)
{
    (void)state;
    yielder a = {.task = YOKE_TASK(yielder_body), .name = "a", .left = 9};
    begin(&platform, &a.task);
    yoke_cancel(&a.task);
    world_run_ms(1);
    assert_trace("a\na ends -3\n");
}

static int looks;

static int ready_at_the_second_look(yoke_task *t)
{
    return ++looks == 2 ? YOKE_OK : yoke_yield(t);
}

static int polling_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, ready_at_the_second_look(t));
    note("polled");
    YOKE_AWAIT(t, yoke_yield(t));
    note("yielded");
    YOKE_END(t);
}

/* Else the yield that follows would take the other one's turn for its own. */
static void test_nothing_is_left_of_a_yield_that_was_not_asked_again(void **state)
{
    (void)state;
    looks = 0;
    yielder b = {.task = YOKE_TASK(yielder_body), .name = "b", .left = 2};
    yoke_task a = YOKE_TASK(polling_body);
    begin(&platform, &a);
    begin(&platform, &b.task);
    world_run_ms(1);
    assert_trace("b\npolled\nb\nyielded\nb ends 0\n");
}

static int never(void)
{
    note("asked");
    return YOKE_PENDING;
}

static int cancelled_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_yield(t));
    note("yielded %d", t->status);
    YOKE_AWAIT(t, yoke_within(t, 1, never()));
    YOKE_END(t);
}

/* The cancel ends the yield at once, and with it the place in the ready list. */
static void test_a_cancelled_yield_does_not_run_again(void **state)
{
    (void)state;
    world_without_strays();
    world_open_again();
    yoke_task a = YOKE_TASK(cancelled_body);
    begin(&platform, &a);
    yoke_cancel(&a);
    world_run_ms(2);
    assert_trace("yielded -3\nasked\nasked\n");
}

/* --- sleep ---------------------------------------------------------------------------------------
 */

typedef struct {
    yoke_task task;
    uint64_t until_us;
    uint32_t ms;
} sleeper;

static int until_body(yoke_task *t)
{
    sleeper *me = YOKE_FRAME(sleeper, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_until(t, me->until_us));
    note_at("slept %d", t->status);
    YOKE_AWAIT(t, yoke_sleep_ms(t, me->ms));
    note_at("slept %d", t->status);
    YOKE_END(t);
}

static void test_sleep_until_a_time_and_for_a_time(void **state)
{
    (void)state;
    uint64_t until_us = yoke_port_now_us() + 1234;
    sleeper a = {.task = YOKE_TASK(until_body), .until_us = until_us, .ms = 3};
    begin(&platform, &a.task);
    world_run_ms(10);
    assert_trace("1234 slept 0\n4234 slept 0\n");
}

static void test_sleep_of_nothing_and_until_a_time_that_has_passed(void **state)
{
    (void)state;
    sleeper a = {.task = YOKE_TASK(until_body), .until_us = 0, .ms = 0};
    yielder b = {.task = YOKE_TASK(yielder_body), .name = "b", .left = 1};
    begin(&platform, &a.task);
    begin(&platform, &b.task);
    world_run_ms(1);
    assert_int_equal(trace_count("0 slept 0"), 2);
    assert_true(trace_text()[0] == 'b'); /* the sleeper answers in the next turn, not at once */
}

static void test_sleep_of_49_days(void **state)
{
    (void)state;
    sleeper a = {.task = YOKE_TASK(until_body), .ms = UINT32_MAX};
    begin(&platform, &a.task);
    world_run_ms(UINT32_MAX - 1);
    assert_trace("0 slept 0\n");
    world_run_ms(2);
    assert_trace("0 slept 0\n4294967295000 slept 0\n");
}

/* --- limits --------------------------------------------------------------------------------------
 */

typedef struct {
    yoke_task task;
    yoke_signal signal;
    uint32_t limit_ms, outer_ms, sleep_ms, value;
} limited;

#define LIMITED(body, ...)                   \
    {                                        \
        .task = YOKE_TASK(body), __VA_ARGS__ \
    }

static int limited_body(yoke_task *t)
{
    limited *me = YOKE_FRAME(limited, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_within(t, me->limit_ms, yoke_signal_wait(t, &me->signal, &me->value)));
    note_at("%d, value %u", t->status, me->value);
    YOKE_END(t);
}

static void test_limit_passes(void **state)
{
    (void)state;
    limited a = LIMITED(limited_body, .limit_ms = 5);
    begin(&platform, &a.task);
    world_run_ms(10);
    assert_trace("5000 -2, value 0\n");
    assert_null(a.signal.waiter);
}

static void test_what_comes_before_the_limit_is_kept(void **state)
{
    (void)state;
    limited a = LIMITED(limited_body, .limit_ms = 5);
    begin(&platform, &a.task);
    world_run_ms(2);
    yoke_signal_set(&a.signal, 9);
    world_run_ms(10);
    assert_trace("2000 0, value 9\n");
}

static void test_what_comes_with_the_limit_is_kept(void **state)
{
    (void)state;
    limited a = LIMITED(limited_body, .limit_ms = 0);
    begin(&platform, &a.task);
    yoke_signal_set(&a.signal, 9);
    world_run_ms(1);
    assert_trace("0 0, value 9\n");
}

static void test_cancel_within_a_limit(void **state)
{
    (void)state;
    limited a = LIMITED(limited_body, .limit_ms = 5);
    begin(&platform, &a.task);
    world_run_ms(2);
    yoke_cancel(&a.task);
    world_run_ms(10);
    assert_trace("2000 -3, value 0\n");
    assert_null(a.signal.waiter);
    assert_true(world_next_us() == YOKE_NEVER); /* the limit has gone with its wait */
}

static int nested_body(yoke_task *t)
{
    limited *me = YOKE_FRAME(limited, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(
        t, yoke_within(t, me->outer_ms,
                       yoke_within(t, me->limit_ms, yoke_signal_wait(t, &me->signal, &me->value))));
    note_at("%d", t->status);
    YOKE_END(t);
}

static void test_of_nested_limits_the_shortest_counts(void **state)
{
    (void)state;
    limited a = LIMITED(nested_body, .outer_ms = 3, .limit_ms = 7);
    limited b = LIMITED(nested_body, .outer_ms = 8, .limit_ms = 4);
    limited c = LIMITED(nested_body, .outer_ms = 5, .limit_ms = 5);
    begin(&platform, &a.task);
    begin(&platform, &b.task);
    begin(&platform, &c.task);
    world_run_ms(20);
    assert_trace("3000 -2\n4000 -2\n5000 -2\n");
}

static int limited_sleep_body(yoke_task *t)
{
    limited *me = YOKE_FRAME(limited, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_within(t, me->limit_ms, yoke_sleep_ms(t, me->sleep_ms)));
    note_at("%d", t->status);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 10)); /* the next wait begins with no limit */
    note_at("%d", t->status);
    YOKE_END(t);
}

static void test_limit_of_a_sleep(void **state)
{
    (void)state;
    limited a = LIMITED(limited_sleep_body, .limit_ms = 3, .sleep_ms = 7);
    limited b = LIMITED(limited_sleep_body, .limit_ms = 8, .sleep_ms = 4);
    begin(&platform, &a.task);
    begin(&platform, &b.task);
    world_run_ms(30);
    assert_trace("3000 -2\n4000 0\n13000 0\n14000 0\n");
}

static int twice_limited_sleep_body(yoke_task *t)
{
    limited *me = YOKE_FRAME(limited, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_within(t, me->outer_ms,
                              yoke_within(t, me->limit_ms, yoke_sleep_ms(t, me->sleep_ms))));
    note_at("%d", t->status);
    YOKE_END(t);
}

static void test_two_limits_of_a_sleep(void **state)
{
    (void)state;
    limited a = LIMITED(twice_limited_sleep_body, .outer_ms = 2, .limit_ms = 4, .sleep_ms = 6);
    limited b = LIMITED(twice_limited_sleep_body, .outer_ms = 9, .limit_ms = 3, .sleep_ms = 6);
    limited c = LIMITED(twice_limited_sleep_body, .outer_ms = 9, .limit_ms = 8, .sleep_ms = 4);
    limited d = LIMITED(twice_limited_sleep_body, .outer_ms = 5, .limit_ms = 8, .sleep_ms = 6);
    begin(&platform, &a.task);
    begin(&platform, &b.task);
    begin(&platform, &c.task);
    begin(&platform, &d.task);
    world_run_ms(30);
    assert_trace("2000 -2\n3000 -2\n4000 0\n5000 -2\n");
}

static int immediate_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_within(t, 5, 12));
    note_at("%d", t->status);
    YOKE_AWAIT(t, yoke_within(t, 5, YOKE_EIO));
    note_at("%d", t->status);
    YOKE_AWAIT(t, yoke_within(t, 5, yoke_yield(t)));
    note_at("%d", t->status);
    YOKE_END(t);
}

static void test_limit_of_a_call_that_answers_at_once(void **state)
{
    (void)state;
    yoke_task a = YOKE_TASK(immediate_body);
    begin(&platform, &a);
    world_run_ms(9);
    assert_trace("0 12\n0 -8\n0 0\n");
    assert_true(world_next_us() == YOKE_NEVER);
}

static int each_anew_body(yoke_task *t)
{
    limited *me = YOKE_FRAME(limited, t);
    YOKE_BEGIN(t);
    for (me->value = 0; me->value < 3; me->value++) {
        YOKE_AWAIT(t, yoke_within(t, 5, yoke_signal_wait(t, &me->signal, NULL)));
        note_at("%d", t->status);
    }
    YOKE_END(t);
}

static void test_each_wait_has_its_limit_anew(void **state)
{
    (void)state;
    limited a = LIMITED(each_anew_body, .limit_ms = 5);
    begin(&platform, &a.task);
    world_run_ms(3);
    yoke_signal_set(&a.signal, 0);
    world_run_ms(20);
    assert_trace("3000 0\n8000 -2\n13000 -2\n");
}

static int then_unlimited_body(yoke_task *t)
{
    limited *me = YOKE_FRAME(limited, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_within(t, 50, yoke_signal_wait(t, &me->signal, NULL)));
    YOKE_AWAIT(t, yoke_signal_wait(t, &me->signal, NULL));
    note_at("%d", t->status);
    YOKE_END(t);
}

static void test_a_limit_goes_with_its_wait(void **state)
{
    (void)state;
    limited a = LIMITED(then_unlimited_body, .limit_ms = 0);
    begin(&platform, &a.task);
    world_run_ms(1);
    assert_true(world_next_us() == world_config.start_us + 50000);
    yoke_signal_set(&a.signal, 0);
    world_run_ms(1);
    assert_true(world_next_us() == YOKE_NEVER);
    world_run_ms(100);
    assert_trace("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_yield_lets_each_other_task_run_first),
        in_world(test_yield_starves_no_timer),
        in_world(test_yield_can_be_cancelled),
        in_world(test_nothing_is_left_of_a_yield_that_was_not_asked_again),
        in_world(test_a_cancelled_yield_does_not_run_again),
        in_world(test_sleep_until_a_time_and_for_a_time),
        in_world(test_sleep_of_nothing_and_until_a_time_that_has_passed),
        in_world(test_sleep_of_49_days),
        in_world(test_limit_passes),
        in_world(test_what_comes_before_the_limit_is_kept),
        in_world(test_what_comes_with_the_limit_is_kept),
        in_world(test_cancel_within_a_limit),
        in_world(test_of_nested_limits_the_shortest_counts),
        in_world(test_limit_of_a_sleep),
        in_world(test_two_limits_of_a_sleep),
        in_world(test_limit_of_a_call_that_answers_at_once),
        in_world(test_a_limit_goes_with_its_wait),
        in_world(test_each_wait_has_its_limit_anew),
    };
    return cmocka_run_group_tests_name("wait", tests, NULL, NULL);
}
