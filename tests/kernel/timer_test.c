/* Timers: many at once, in the order of their times, whatever the clock shows. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#define MANY 1000u

typedef struct {
    yoke_task task;
    uint64_t due_us;
} alarm_clock;

static alarm_clock alarms[MANY];
static uint64_t rung[MANY];
static unsigned rung_count;
static uint32_t drawn;

static uint32_t draw(uint32_t limit)
{
    drawn = drawn * 1664525u + 1013904223u;
    return (drawn >> 8) % limit;
}

static int alarm_body(yoke_task *t)
{
    alarm_clock *me = YOKE_FRAME(alarm_clock, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_until(t, me->due_us));
    assert_int_equal(yoke_now_us(&platform), me->due_us); /* in virtual time: exact */
    rung[rung_count++] = me->due_us;
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void set_alarms(uint32_t range_us)
{
    memset(alarms, 0, sizeof alarms);
    rung_count = 0;
    for (unsigned i = 0; i < MANY; i++) {
        alarms[i] = (alarm_clock){.task = YOKE_TASK(alarm_body),
                                  .due_us = world_config.start_us + 100 + draw(range_us)};
        begin(&platform, &alarms[i].task);
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* What must have rung: the times of all alarms but those cancelled, sorted. */
static void assert_rung_in_order(const bool *cancelled)
{
    static uint64_t expected[MANY];
    unsigned n = 0;
    for (unsigned i = 0; i < MANY; i++) {
        if (!cancelled || !cancelled[i]) {
            expected[n++] = alarms[i].due_us;
        }
    }
    qsort(expected, n, sizeof expected[0], compare);
    assert_int_equal(rung_count, n);
    assert_memory_equal(rung, expected, n * sizeof expected[0]);
    assert_true(world_next_us() == YOKE_NEVER);
}

static void test_1000_at_random_against_a_sorted_list(void **state)
{
    (void)state;
    for (drawn = 1; drawn <= 3; drawn++) {
        uint32_t seed = drawn;
        world_open();
        set_alarms(seed == 2 ? 300 : 90000); /* also with many at the same time */
        world_run_ms(100);
        assert_rung_in_order(NULL);
        drawn = seed;
    }
}

static void test_half_of_1000_cancelled(void **state)
{
    (void)state;
    static bool cancelled[MANY];
    drawn = 7;
    set_alarms(90000);
    for (unsigned i = 0; i < MANY; i++) {
        cancelled[i] = draw(2);
    }
    world_run_ms(0); /* they set their timers */
    for (unsigned i = 0; i < MANY; i++) {
        if (cancelled[i]) {
            yoke_cancel(&alarms[i].task);
        }
    }
    world_run_ms(100);
    assert_rung_in_order(cancelled);
}

/* In order of time and of address: the worst for a tree that does not balance. */
static void test_1000_in_rising_and_in_falling_order(void **state)
{
    (void)state;
    for (unsigned falling = 0; falling < 2; falling++) {
        world_open();
        set_alarms(1);
        for (unsigned i = 0; i < MANY; i++) {
            alarms[i].due_us += 10u * (falling ? MANY - i : i);
        }
        world_run_ms(100);
        assert_rung_in_order(NULL);
    }
}

/* --- the clock wraps -----------------------------------------------------------------------------
 */

static void run_across(uint64_t wrap_us)
{
    world_config.start_us = wrap_us - 45000;
    world_open_again();
    drawn = 5;
    set_alarms(90000);
    world_run_ms(100);
    assert_rung_in_order(NULL);
}

static void test_across_the_wrap_of_32_bits(void **state)
{
    (void)state;
    run_across(UINT64_C(1) << 32);
}

static void test_across_the_wrap_of_48_bits(void **state)
{
    (void)state;
    run_across(UINT64_C(1) << 48);
}

static void test_49_days_across_the_wrap_of_48_bits(void **state)
{
    (void)state;
    world_config.start_us = (UINT64_C(1) << 48) - 1000;
    world_open_again();
    rung_count = 0;
    alarm_clock a = {.task = YOKE_TASK(alarm_body),
                     .due_us = world_config.start_us + UINT32_MAX * UINT64_C(1000)};
    begin(&platform, &a.task);
    world_run_ms(UINT32_MAX - 1);
    assert_int_equal(rung_count, 0);
    world_run_ms(2);
    assert_int_equal(rung_count, 1);
}

static void test_the_longest_sleep_is_2_years(void **state)
{
    (void)state;
    rung_count = 0;
    alarm_clock a = {.task = YOKE_TASK(alarm_body),
                     .due_us = world_config.start_us + (UINT64_C(1) << 46)};
    assert_int_equal(world_run(&a.task), YOKE_OK);
    assert_int_equal(rung_count, 1);
}

/* --- a task has one timer ------------------------------------------------------------------------
 */

typedef struct {
    yoke_task task;
    yoke_signal signal;
    int left;
} ticker;

static int ticker_body(yoke_task *t)
{
    ticker *me = YOKE_FRAME(ticker, t);
    YOKE_BEGIN(t);
    while (me->left-- > 0) {
        YOKE_AWAIT(t, yoke_within(t, 1000, yoke_signal_wait(t, &me->signal, NULL)));
        assert_int_equal(t->status, YOKE_OK);
    }
    YOKE_END(t);
}

static void test_a_limit_leaves_the_tree_with_its_wait(void **state)
{
    (void)state;
    ticker a = {.task = YOKE_TASK(ticker_body), .left = 50};
    begin(&platform, &a.task);
    for (int i = 0; i < 49; i++) {
        yoke_signal_set(&a.signal, 0);
        world_run_ms(1);
        assert_true(world_next_us() == yoke_port_now_us() + 999000); /* the limit set 1 ms ago */
    }
    yoke_signal_set(&a.signal, 0);
    world_run_ms(1);
    assert_true(world_next_us() == YOKE_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_1000_at_random_against_a_sorted_list),
        in_world(test_half_of_1000_cancelled),
        in_world(test_1000_in_rising_and_in_falling_order),
        in_world(test_across_the_wrap_of_32_bits),
        in_world(test_across_the_wrap_of_48_bits),
        in_world(test_49_days_across_the_wrap_of_48_bits),
        in_world(test_the_longest_sleep_is_2_years),
        in_world(test_a_limit_leaves_the_tree_with_its_wait),
    };
    return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
