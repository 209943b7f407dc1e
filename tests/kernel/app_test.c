/* The app loop's life, and workers that come and go. */
#include "world.h"

#include "yoke/delay.h"

typedef struct {
    yoke_worker worker;
    uint32_t run_us;
    yoke_worker *removes; /* in its step */
    yoke_worker *adds;
} actor;

static int act(void *arg)
{
    actor *me = arg;
    note_at("%s", me->worker.name);
    delay_us(me->run_us);
    if (me->removes) {
        note("remove answers %d", yoke_worker_remove(&app, me->removes));
    }
    if (me->adds) {
        note("add answers %d", yoke_worker_add(&app, me->adds));
        me->adds = NULL;
    }
    return YOKE_OK;
}

#define ACTOR(name_, period_ms)                                                   \
    {                                                                             \
        .worker = {.name = (name_), .step = act, .period_us = (period_ms)*1000u } \
    }

static void add(actor *a)
{
    a->worker.arg = a;
    assert_int_equal(yoke_worker_add(&app, &a->worker), YOKE_OK);
}

static enum yoke_worker_state state_of(const actor *a)
{
    return (enum yoke_worker_state)yoke_worker_read(&a->worker).state;
}

/* --- start, stop, join, start again -------------------------------------------------------------
 */

static void test_a_worker_is_stepped_only_while_the_loop_runs(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10);
    add(&a);
    world_run_ms(5);
    assert_trace("");
    assert_int_equal(yoke_app_start(&app), YOKE_OK);
    world_run_ms(25);
    yoke_app_stop(&app);
    world_run_ms(25);
    assert_trace("5000 a\n15000 a\n25000 a\n");
    assert_int_equal(yoke_worker_read(&a.worker).runs, 3);
}

static void test_second_start_answers_busy(void **state)
{
    (void)state;
    assert_int_equal(yoke_app_state(&app), YOKE_APP_OFF);
    assert_int_equal(yoke_app_start(&app), YOKE_OK);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_RUNNING);
    assert_int_equal(yoke_app_start(&app), YOKE_EBUSY);
    world_run_ms(1);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_RUNNING);
    assert_int_equal(yoke_app_start(&app), YOKE_EBUSY);
    yoke_app_stop(&app);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_STOPPING);
    assert_int_equal(yoke_app_start(&app), YOKE_EBUSY);
    yoke_app_stop(&app);
    world_run_ms(1);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_OFF);
    yoke_app_stop(&app);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_OFF);
}

typedef struct {
    yoke_task task;
    int rounds;
} boss;

static int boss_body(yoke_task *t)
{
    boss *me = YOKE_FRAME(boss, t);
    YOKE_BEGIN(t);
    while (me->rounds-- > 0) {
        note_at("start answers %d", yoke_app_start(&app));
        YOKE_AWAIT(t, yoke_sleep_ms(t, 15));
        yoke_app_stop(&app);
        YOKE_AWAIT(t, yoke_app_join(t, &app));
        note_at("join answers %d, state %d", t->status, yoke_app_state(&app));
    }
    YOKE_AWAIT(t, yoke_app_join(t, &app)); /* off already */
    note_at("join answers %d", t->status);
    YOKE_END(t);
}

static void test_stop_join_and_start_again(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10);
    boss b = {.task = YOKE_TASK(boss_body), .rounds = 2};
    a.run_us = 7000;
    add(&a);
    world_run(&b.task);
    /* the step that is under way at 15 ms ends at 17; released anew at each start */
    assert_trace("0 start answers 0\n0 a\n10000 a\n"
                 "17000 join answers 0, state 0\n17000 start answers 0\n17000 a\n27000 a\n"
                 "34000 join answers 0, state 0\n34000 join answers 0\n");
    assert_int_equal(yoke_worker_read(&a.worker).runs, 4);
}

static void test_stop_before_the_first_turn(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10);
    add(&a);
    yoke_app_start(&app);
    yoke_app_stop(&app);
    world_run_ms(5);
    assert_trace("");
    assert_int_equal(yoke_app_state(&app), YOKE_APP_OFF);
    assert_int_equal(yoke_app_start(&app), YOKE_OK);
    world_run_ms(5);
    assert_trace("5000 a\n");
}

typedef struct {
    yoke_task task;
    yoke_worker *worker;
} joiner;

static int app_joiner_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    note_at("join answers %d", t->status);
    YOKE_END(t);
}

static void test_join_on_its_own_loop_is_invalid(void **state)
{
    (void)state;
    joiner j = {.task = YOKE_TASK(app_joiner_body)};
    begin(&app.loop, &j.task);
    yoke_app_start(&app);
    world_run_ms(1);
    assert_trace("0 join answers -6\n");
}

static void test_second_joiner_fails_102(void **state)
{
    (void)state;
    joiner j = {.task = YOKE_TASK(app_joiner_body)};
    joiner k = {.task = YOKE_TASK(app_joiner_body)};
    yoke_app_start(&app);
    begin(&platform, &j.task);
    begin(&platform, &k.task);
    assert_check_fails("task", 102, world_run_ms(1));
}

static void test_its_tasks_keep_their_place_while_it_is_off(void **state)
{
    (void)state;
    boss b = {.task = YOKE_TASK(boss_body), .rounds = 1};
    joiner j = {.task = YOKE_TASK(app_joiner_body)};
    begin(&platform, &b.task);
    world_run_ms(20);
    begin(&app.loop, &j.task);
    world_run_ms(20);
    assert_false(yoke_done(&j.task));
    yoke_app_start(&app);
    world_run_ms(1);
    assert_int_equal(trace_count("40000 join answers -6"), 1);
}

/* --- add -------------------------------------------------------------- */

static void test_a_worker_that_is_not_filled_in_is_refused(void **state)
{
    (void)state;
    yoke_worker none = {.name = "none", .period_us = 1000};
    assert_int_equal(yoke_worker_add(&app, &none), YOKE_EINVAL);
    actor a = ACTOR("a", 1);
    a.worker.period_us = YOKE_PERIOD_US_MAX + 1;
    assert_int_equal(yoke_worker_add(&app, &a.worker), YOKE_EINVAL);
    assert_null(yoke_worker_next(&app, NULL));
    assert_int_equal(yoke_worker_remove(&app, &a.worker), YOKE_ENOENT);
    a.worker.period_us = YOKE_PERIOD_US_MAX;
    add(&a);
    assert_int_equal(yoke_worker_add(&app, &a.worker), YOKE_EBUSY);
}

static void test_the_longest_period(void **state)
{
    (void)state;
    actor a = ACTOR("a", 1);
    a.worker.period_us = YOKE_PERIOD_US_MAX;
    add(&a);
    yoke_app_start(&app);
    world_run_ms(2 * (YOKE_PERIOD_US_MAX / 1000) + 1000);
    assert_trace("0 a\n536870912 a\n1073741824 a\n");
    assert_int_equal(yoke_worker_read(&a.worker).late_us_longest, 0);
}

static void test_added_from_the_other_core_it_runs_in_the_next_turn(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10), b = ACTOR("b", 10);
    add(&a);
    yoke_app_start(&app);
    world_run_ms(3);
    add(&b);
    world_run_ms(12);
    assert_trace("0 a\n3000 b\n10000 a\n13000 b\n");
}

static void test_added_to_an_empty_loop_that_sleeps(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10);
    yoke_app_start(&app);
    world_run_ms(3);
    add(&a);
    world_run_ms(5);
    assert_trace("3000 a\n");
}

static void test_added_from_a_step(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10), b = ACTOR("b", 10);
    a.adds = &b.worker;
    b.worker.arg = &b;
    add(&a);
    yoke_app_start(&app);
    world_run_ms(5);
    assert_trace("0 a\nadd answers 0\n0 b\n");
}

static void test_next_walks_in_the_order_of_adding(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10), b = ACTOR("b", 0), c = ACTOR("c", 5);
    add(&b);
    add(&c);
    add(&a);
    assert_ptr_equal(yoke_worker_next(&app, NULL), &b.worker);
    assert_ptr_equal(yoke_worker_next(&app, &b.worker), &c.worker);
    assert_ptr_equal(yoke_worker_next(&app, &c.worker), &a.worker);
    assert_null(yoke_worker_next(&app, &a.worker));
}

/* --- remove and join -------------------------------------------------- */

static void test_removed_while_the_loop_is_off_it_is_off_at_once(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10), b = ACTOR("b", 10);
    add(&a);
    add(&b);
    assert_int_equal(yoke_worker_remove(&app, &a.worker), YOKE_OK);
    assert_int_equal(state_of(&a), YOKE_WORKER_OFF);
    assert_ptr_equal(yoke_worker_next(&app, NULL), &b.worker);
    assert_int_equal(yoke_worker_remove(&app, &a.worker), YOKE_ENOENT);
    assert_int_equal(yoke_worker_remove(&app, &b.worker), YOKE_OK);
    add(&b); /* behind an empty list again */
    add(&a);
    assert_ptr_equal(yoke_worker_next(&app, &b.worker), &a.worker);
}

static void test_removed_in_its_own_step(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10), b = ACTOR("b", 20);
    a.removes = &a.worker;
    add(&a);
    add(&b);
    yoke_app_start(&app);
    world_run_ms(25);
    assert_trace("0 a\nremove answers 0\n0 b\n20000 b\n");
    assert_int_equal(state_of(&a), YOKE_WORKER_OFF);
    assert_int_equal(yoke_worker_read(&a.worker).runs, 1); /* its account can still be read */
}

static int worker_joiner_body(yoke_task *t)
{
    joiner *me = YOKE_FRAME(joiner, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 3));
    note_at("remove answers %d", yoke_worker_remove(&app, me->worker));
    note_at("add answers %d", yoke_worker_add(&app, me->worker));
    YOKE_AWAIT(t, yoke_worker_join(t, me->worker));
    note_at("join answers %d", t->status);
    YOKE_AWAIT(t, yoke_worker_join(t, me->worker));
    note_at("add answers %d", yoke_worker_add(&app, me->worker));
    YOKE_AWAIT(t, yoke_sleep_ms(t, 1));
    YOKE_END(t);
}

static void test_removed_during_its_step_from_the_other_core(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10);
    joiner j = {.task = YOKE_TASK(worker_joiner_body), .worker = &a.worker};
    a.run_us = 8000;
    add(&a);
    yoke_app_start(&app);
    world_run(&j.task);
    assert_trace("0 a\n3000 remove answers 0\n3000 add answers -4\n"
                 "8000 join answers 0\n8000 add answers 0\n8000 a\n");
    assert_int_equal(yoke_worker_read(&a.worker).runs, 1); /* a new account */
}

static void test_removed_from_a_task_of_the_app_loop(void **state)
{
    (void)state;
    actor a = ACTOR("a", 2);
    joiner j = {.task = YOKE_TASK(worker_joiner_body), .worker = &a.worker};
    add(&a);
    begin(&app.loop, &j.task);
    yoke_app_start(&app);
    world_run_ms(6);
    assert_trace("0 a\n2000 a\n3000 remove answers 0\n3000 add answers -4\n"
                 "3000 join answers 0\n3000 add answers 0\n3000 a\n5000 a\n");
}

static void test_second_joiner_of_a_worker_fails_102(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10);
    joiner j = {.task = YOKE_TASK(worker_joiner_body), .worker = &a.worker};
    joiner k = {.task = YOKE_TASK(worker_joiner_body), .worker = &a.worker};
    a.run_us = 8000;
    add(&a);
    yoke_app_start(&app);
    begin(&platform, &j.task);
    begin(&platform, &k.task);
    assert_check_fails("task", 102, world_run_ms(5));
}

static void test_stop_and_remove_at_the_same_time(void **state)
{
    (void)state;
    actor a = ACTOR("a", 10), b = ACTOR("b", 10);
    add(&a);
    add(&b);
    yoke_app_start(&app);
    world_run_ms(5);
    yoke_app_stop(&app);
    yoke_worker_remove(&app, &a.worker);
    world_run_ms(1);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_OFF);
    assert_int_equal(state_of(&a), YOKE_WORKER_OFF);
    assert_ptr_equal(yoke_worker_next(&app, NULL), &b.worker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_a_worker_is_stepped_only_while_the_loop_runs),
        in_world(test_second_start_answers_busy),
        in_world(test_stop_join_and_start_again),
        in_world(test_stop_before_the_first_turn),
        in_world(test_join_on_its_own_loop_is_invalid),
        in_world(test_second_joiner_fails_102),
        in_world(test_its_tasks_keep_their_place_while_it_is_off),
        in_world(test_a_worker_that_is_not_filled_in_is_refused),
        in_world(test_the_longest_period),
        in_world(test_added_from_the_other_core_it_runs_in_the_next_turn),
        in_world(test_added_to_an_empty_loop_that_sleeps),
        in_world(test_added_from_a_step),
        in_world(test_next_walks_in_the_order_of_adding),
        in_world(test_removed_while_the_loop_is_off_it_is_off_at_once),
        in_world(test_removed_in_its_own_step),
        in_world(test_removed_during_its_step_from_the_other_core),
        in_world(test_removed_from_a_task_of_the_app_loop),
        in_world(test_second_joiner_of_a_worker_fails_102),
        in_world(test_stop_and_remove_at_the_same_time),
    };
    return cmocka_run_group_tests_name("app", tests, NULL, NULL);
}
