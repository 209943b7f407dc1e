/* The life of a task: start, wake, cancel, end, and start again. */
#include "world.h"

typedef struct {
    yoke_task task;
    const char *name;
    uint32_t ms;
    int rc;
} sleeper;

static int sleeper_body(yoke_task *t)
{
    sleeper *me = YOKE_FRAME(sleeper, t);
    YOKE_BEGIN(t);
    note_at("%s begins", me->name);
    YOKE_TRY(t, yoke_sleep_ms(t, me->ms));
    t->rc = me->rc;
    YOKE_FINALLY(t);
    note_at("%s ends with %d", me->name, t->rc);
    YOKE_END(t);
}

#define SLEEPER(name_, ms_, ...)                                                   \
    {                                                                              \
        .task = YOKE_TASK(sleeper_body), .name = (name_), .ms = (ms_), __VA_ARGS__ \
    }

static void test_runs_to_its_end(void **state)
{
    (void)state;
    sleeper a = SLEEPER("a", 5, .rc = 7);
    begin(&platform, &a.task);
    assert_trace(""); /* nothing runs before its turn */
    world_run_ms(10);
    assert_trace("0 a begins\n5000 a ends with 7\n");
    assert_true(yoke_done(&a.task));
    assert_int_equal(a.task.rc, 7);
}

static void test_runs_on_the_loop_it_was_started_on(void **state)
{
    (void)state;
    sleeper a = SLEEPER("a", 1, .rc = 0);
    begin(&app.loop, &a.task);
    assert_ptr_equal(yoke_home(&a.task), &app.loop);
    world_run_ms(2);
    assert_trace(""); /* the app loop is off, its tasks keep their place */
    assert_int_equal(yoke_app_start(&app), YOKE_OK);
    assert_false(yoke_done(&a.task));
    world_run_ms(3);
    assert_trace("2000 a begins\n3000 a ends with 0\n");
}

static void test_start_while_running_is_busy(void **state)
{
    (void)state;
    sleeper a = SLEEPER("a", 5, .rc = 0);
    begin(&platform, &a.task);
    assert_int_equal(yoke_start(&platform, &a.task), YOKE_EBUSY);
    world_run_ms(2);
    assert_int_equal(yoke_start(&app.loop, &a.task), YOKE_EBUSY);
    assert_ptr_equal(yoke_home(&a.task), &platform);
    world_run_ms(8);
    assert_trace("0 a begins\n5000 a ends with 0\n");
    assert_int_equal(yoke_start(&platform, &a.task), YOKE_OK);
}

static void test_starts_again_after_its_end(void **state)
{
    (void)state;
    sleeper a = SLEEPER("a", 1, .rc = 3);
    for (int i = 0; i < 3; i++) {
        begin(&platform, &a.task);
        assert_false(yoke_done(&a.task));
        world_run_ms(2);
        assert_true(yoke_done(&a.task));
    }
    assert_int_equal(trace_count("4000 a begins"), 1);
    assert_int_equal(trace_count("5000 a ends with 3"), 1);
}

static void test_wake_and_cancel_of_a_task_not_running_do_nothing(void **state)
{
    (void)state;
    sleeper a = SLEEPER("a", 1, .rc = 0);
    yoke_wake(&a.task);
    yoke_cancel(&a.task);
    world_run_ms(2);
    assert_trace("");
    begin(&platform, &a.task);
    world_run_ms(2);
    yoke_wake(&a.task);
    yoke_cancel(&a.task);
    world_run_ms(2);
    assert_trace("2000 a begins\n3000 a ends with 0\n");
    assert_int_equal(a.task.rc, 0);
}

static void test_a_wake_too_early_changes_nothing(void **state)
{
    (void)state;
    sleeper a = SLEEPER("a", 9, .rc = 0);
    begin(&platform, &a.task);
    for (int i = 0; i < 4; i++) {
        world_run_ms(2);
        yoke_wake(&a.task);
        yoke_wake(&a.task);
    }
    world_run_ms(2);
    assert_trace("0 a begins\n9000 a ends with 0\n");
}

/* --- cancel --------------------------------------------------------------------------------------
 */

static void test_cancel_ends_the_wait_it_is_in(void **state)
{
    (void)state;
    sleeper a = SLEEPER("a", 9, .rc = 0);
    begin(&platform, &a.task);
    world_run_ms(2);
    yoke_cancel(&a.task);
    world_run_ms(20);
    assert_trace("0 a begins\n2000 a ends with -3\n");
}

static void test_cancel_before_the_first_run_ends_the_first_wait(void **state)
{
    (void)state;
    sleeper a = SLEEPER("a", 9, .rc = 0);
    begin(&platform, &a.task);
    yoke_cancel(&a.task);
    world_run_ms(20);
    assert_trace("0 a begins\n0 a ends with -3\n");
}

typedef struct {
    yoke_task task;
    yoke_signal signal;
    uint32_t value;
    uint32_t ms;
} taker;

/* Takes a signal, and in its clean-up sleeps although it was cancelled. */
static int taker_body(yoke_task *t)
{
    taker *me = YOKE_FRAME(taker, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_signal_wait(t, &me->signal, &me->value));
    note_at("took %u", me->value);
    YOKE_TRY(t, yoke_sleep_ms(t, me->ms));
    note_at("slept");
    YOKE_FINALLY(t);
    note_at("cleans up after %d", t->rc);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 10));
    note_at("cleaned up, %d", t->status);
    YOKE_END(t);
}

static void test_cancel_spares_a_wait_that_is_over(void **state)
{
    (void)state;
    taker a = {.task = YOKE_TASK(taker_body), .ms = 50};
    begin(&platform, &a.task);
    world_run_ms(1);
    yoke_signal_set(&a.signal, 42);
    yoke_cancel(&a.task);
    world_run_ms(20);
    assert_trace("1000 took 42\n"
                 "1000 cleans up after -3\n"
                 "11000 cleaned up, 0\n");
    assert_int_equal(a.task.rc, YOKE_ECANCELED);
}

static void test_cancel_is_delivered_once(void **state)
{
    (void)state;
    taker a = {.task = YOKE_TASK(taker_body)};
    begin(&platform, &a.task);
    for (int i = 0; i < 12; i++) {
        world_run_ms(1);
        yoke_cancel(&a.task);
    }
    world_run_ms(1);
    assert_trace("1000 cleans up after -3\n11000 cleaned up, 0\n");
    begin(&platform, &a.task); /* a new life can be cancelled anew */
    world_run_ms(7);
    yoke_cancel(&a.task);
    world_run_ms(20);
    assert_int_equal(trace_count("20000 cleans up after -3"), 1);
    assert_int_equal(trace_count("30000 cleaned up, 0"), 1);
}

/* --- the last run --------------------------------------------------------------------------------
 */

static int mayfly_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    yoke_wake(t); /* a wake, a cancel and a start that come too late */
    yoke_cancel(t);
    note("runs, start answers %d", yoke_start(&platform, t));
    YOKE_END(t);
}

static void test_can_be_started_at_once_after_a_wake_in_its_last_run(void **state)
{
    (void)state;
    yoke_task a = YOKE_TASK(mayfly_body);
    for (int i = 0; i < 2; i++) {
        begin(&platform, &a);
        world_run_ms(1);
        assert_true(yoke_done(&a));
    }
    assert_trace("runs, start answers -4\nruns, start answers -4\n");
}

typedef struct {
    yoke_task task;
    yoke_task *child;
    int left;
} restarter;

static int restarter_body(yoke_task *t)
{
    restarter *me = YOKE_FRAME(restarter, t);
    YOKE_BEGIN(t);
    while (me->left-- > 0) {
        begin(&platform, me->child);
        YOKE_AWAIT(t, yoke_join(t, me->child));
        note("joined %d", t->status);
    }
    YOKE_END(t);
}

static void test_a_parent_restarts_it_in_the_turn_of_its_end(void **state)
{
    (void)state;
    yoke_task child = YOKE_TASK(mayfly_body);
    restarter a = {.task = YOKE_TASK(restarter_body), .child = &child, .left = 3};
    assert_int_equal(world_run(&a.task), YOKE_OK);
    assert_int_equal(trace_count("joined 0"), 3);
    assert_int_equal(trace_count("runs, start answers -4"), 3);
}

/* --- the end of a body ---------------------------------------------------------------------------
 */

static int fails_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, YOKE_EIO);
    note("not reached");
    YOKE_FINALLY(t);
    note("cleans up after %d", t->rc);
    YOKE_END(t);
}

static int counts_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, 17);
    note("status %d, rc %d", t->status, t->rc);
    YOKE_FINALLY(t);
    note("cleans up after %d", t->rc);
    YOKE_END(t);
}

static void test_finally_is_reached_after_errors_and_counts(void **state)
{
    (void)state;
    yoke_task a = YOKE_TASK(fails_body);
    yoke_task b = YOKE_TASK(counts_body);
    begin(&platform, &a);
    begin(&platform, &b);
    world_run_ms(1);
    assert_trace("cleans up after -8\n"
                 "status 17, rc 0\n"
                 "cleans up after 0\n");
    assert_int_equal(a.rc, YOKE_EIO);
    assert_int_equal(b.rc, 0);
}

static void test_a_line_that_names_no_wait_fails_101(void **state)
{
    (void)state;
    sleeper a = SLEEPER("a", 5, .rc = 0);
    begin(&platform, &a.task);
    world_run_ms(1);
    a.task.line = 60000;
    yoke_wake(&a.task);
    assert_check_fails("task", 101, world_run_ms(1));
}

static void test_a_header_is_small(void **state)
{
    (void)state;
    assert_true(sizeof(yoke_task) <= (sizeof(void *) == 4 ? 40 : 64));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_runs_to_its_end),
        in_world(test_runs_on_the_loop_it_was_started_on),
        in_world(test_start_while_running_is_busy),
        in_world(test_starts_again_after_its_end),
        in_world(test_wake_and_cancel_of_a_task_not_running_do_nothing),
        in_world(test_a_wake_too_early_changes_nothing),
        in_world(test_cancel_ends_the_wait_it_is_in),
        in_world(test_cancel_before_the_first_run_ends_the_first_wait),
        in_world(test_cancel_spares_a_wait_that_is_over),
        in_world(test_cancel_is_delivered_once),
        in_world(test_can_be_started_at_once_after_a_wake_in_its_last_run),
        in_world(test_a_parent_restarts_it_in_the_turn_of_its_end),
        in_world(test_finally_is_reached_after_errors_and_counts),
        in_world(test_a_line_that_names_no_wait_fails_101),
        in_world(test_a_header_is_small),
    };
    return cmocka_run_group_tests_name("task", tests, NULL, NULL);
}
