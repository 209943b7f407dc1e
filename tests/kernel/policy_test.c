/* What follows when a worker is too slow, or fails: it suffers, the others never notice. */
#include "world.h"

#include "yoke/delay.h"

/* Each step takes `run_us` and answers `answer`. */
typedef struct {
    yoke_worker worker;
    uint32_t run_us;
    int answer;
} actor;

static int act(void *arg)
{
    const actor *me = arg;
    note_at("%s", me->worker.name);
    delay_us(me->run_us);
    return me->answer;
}

static uint32_t others_runs;

static int quiet_step(void *arg)
{
    (void)arg;
    others_runs++;
    return YOKE_OK;
}

static yoke_worker other;

static void report(const yoke_worker *w, enum yoke_report what, int32_t value)
{
    const char *name = what == YOKE_REPORT_ERROR       ? "error"
                       : what == YOKE_REPORT_DEGRADED  ? "degraded"
                       : what == YOKE_REPORT_RECOVERED ? "recovered"
                                                       : "quarantined";
    note_at("%s %s %d", w->name, name, value);
}

static void add(actor *a)
{
    a->worker.step = act;
    a->worker.arg = a;
    assert_int_equal(yoke_worker_add(&app, &a->worker), YOKE_OK);
}

static void start(void)
{
    app.report = report;
    other = (yoke_worker){.name = "other", .step = quiet_step, .period_us = 1000};
    others_runs = 0;
    yoke_worker_add(&app, &other);
    yoke_app_start(&app);
}

/* The other worker, with a period of 1 ms, is late only by what the steps take. */
static void assert_other_kept_its_beat(uint32_t ms, uint32_t longest_us)
{
    yoke_worker_stats s = yoke_worker_read(&other);
    assert_in_range(s.runs + s.skips, ms, ms + 1); /* the last may come just at the end */
    assert_true(s.late_us_longest <= longest_us);
    assert_int_equal(s.state, YOKE_WORKER_ACTIVE);
}

static uint32_t state_of(const actor *a)
{
    return yoke_worker_read(&a->worker).state;
}

/* --- too slow --------------------------------------------------------- */

static void test_overruns_degrade_and_then_quarantine(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .budget_us = 1000, .patience = 3},
               .run_us = 1500};
    add(&a);
    start();
    world_run_ms(199);
    assert_trace("0 a\n10000 a\n20000 a\n21500 a degraded 1500\n"
                 "30000 a\n50000 a\n70000 a\n71500 a quarantined 1500\n");
    yoke_worker_stats s = yoke_worker_read(&a.worker);
    assert_int_equal(s.runs, 6);
    assert_int_equal(s.overruns, 6);
    assert_int_equal(s.state, YOKE_WORKER_QUARANTINED);
    assert_int_equal(s.late_us_longest, 0);
    assert_other_kept_its_beat(199, 500);
}

static void test_as_long_as_the_budget_is_no_overrun(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .budget_us = 1000, .patience = 1},
               .run_us = 1000};
    add(&a);
    start();
    world_run_ms(95);
    assert_int_equal(yoke_worker_read(&a.worker).overruns, 0);
    assert_int_equal(state_of(&a), YOKE_WORKER_ACTIVE);
}

static void test_without_a_budget_nothing_is_an_overrun(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .patience = 1}, .run_us = 9000};
    add(&a);
    start();
    world_run_ms(99);
    assert_int_equal(yoke_worker_read(&a.worker).overruns, 0);
    assert_int_equal(yoke_worker_read(&a.worker).runs, 10);
}

static void test_patience_is_of_overruns_in_a_row(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .budget_us = 1000, .patience = 2}};
    add(&a);
    start();
    world_run_ms(5);
    for (int i = 0; i < 10; i++) { /* every other step is too long */
        a.run_us = i % 2 ? 0 : 1500;
        world_run_ms(10);
    }
    assert_int_equal(yoke_worker_read(&a.worker).overruns, 5);
    assert_int_equal(state_of(&a), YOKE_WORKER_ACTIVE);
}

static void test_default_patience_is_five(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .budget_us = 1}, .run_us = 2};
    add(&a);
    start();
    world_run_ms(35);
    assert_int_equal(state_of(&a), YOKE_WORKER_ACTIVE);
    world_run_ms(10);
    assert_int_equal(state_of(&a), YOKE_WORKER_DEGRADED);
}

static void test_a_degraded_worker_that_keeps_its_budget_recovers(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .budget_us = 1000, .patience = 2},
               .run_us = 1500};
    add(&a);
    start();
    world_run_ms(15);
    assert_int_equal(state_of(&a), YOKE_WORKER_DEGRADED);
    a.run_us = 300;
    world_run_ms(50);
    assert_trace("0 a\n10000 a\n11500 a degraded 1500\n20000 a\n20300 a recovered 300\n40000 a\n"
                 "50000 a\n60000 a\n");
    assert_int_equal(state_of(&a), YOKE_WORKER_ACTIVE);
    world_run_ms(19); /* 65 to 84 ms: at full pace again */
    assert_int_equal(trace_count("70000 a") + trace_count("80000 a"), 2);
    assert_other_kept_its_beat(84, 500);
}

static void test_a_degraded_background_worker_rests_as_long_as_it_ran(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .budget_us = 100, .patience = 20}, .run_us = 500};
    add(&a);
    yoke_app_start(&app);
    world_run_ms(10);
    assert_in_range(yoke_worker_read(&a.worker).runs, 20, 21);
    assert_int_equal(state_of(&a), YOKE_WORKER_DEGRADED);
    world_run_ms(10);
    assert_in_range(yoke_worker_read(&a.worker).runs, 29, 32);
}

/* --- errors ----------------------------------------------------------- */

static void test_errors_are_retried_after_1_2_4_periods_and_reported_once(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .patience = 4}, .answer = -42};
    add(&a);
    start();
    world_run_ms(199);
    assert_trace("0 a\n0 a error -42\n10000 a\n30000 a\n70000 a\n70000 a quarantined -42\n");
    yoke_worker_stats s = yoke_worker_read(&a.worker);
    assert_int_equal(s.errors, 4);
    assert_int_equal(s.error_last, -42);
    assert_int_equal(s.skips, 0);
    assert_int_equal(s.late_us_longest, 0);
    assert_other_kept_its_beat(199, 0);
}

static void test_errors_of_a_background_worker_begin_with_1_ms(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .patience = 5}, .answer = -1};
    add(&a);
    start();
    world_run_ms(99);
    assert_trace("0 a\n0 a error -1\n1000 a\n3000 a\n7000 a\n15000 a\n15000 a quarantined -1\n");
}

static void test_success_ends_a_row_of_errors(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .patience = 3}, .answer = -8};
    add(&a);
    start();
    world_run_ms(15); /* errors at 0 and 10 ms */
    a.answer = 0;
    world_run_ms(20); /* success at 30 ms */
    a.answer = -9;
    world_run_ms(30); /* errors at 40 and 50 ms; the third would come at 70 */
    assert_trace("0 a\n0 a error -8\n10000 a\n30000 a\n40000 a\n40000 a error -9\n50000 a\n");
    assert_int_equal(state_of(&a), YOKE_WORKER_ACTIVE);
    assert_int_equal(yoke_worker_read(&a.worker).errors, 4);
    assert_int_equal(yoke_worker_read(&a.worker).error_last, -9);
}

static void test_patience_of_one_quarantines_at_once(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .patience = 1}, .answer = -8};
    add(&a);
    start();
    world_run_ms(99);
    assert_trace("0 a\n0 a quarantined -8\n");
}

static void test_a_long_row_of_errors_never_breaks_the_clock(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 1u << 20, .patience = 200}, .answer = -8};
    add(&a);
    yoke_app_start(&app);
    world_run_ms(24 * 3600 * 1000);
    uint32_t runs = yoke_worker_read(&a.worker).runs;
    assert_true(runs > 100 && runs < 400); /* the pause stops growing below 10 minutes */
}

static void test_a_count_is_no_error(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .patience = 1}, .answer = 5};
    add(&a);
    start();
    world_run_ms(25);
    assert_trace("0 a\n10000 a\n20000 a\n");
}

/* --- set -------------------------------------------------------------- */

static int better_step(void *arg)
{
    note_at("better, %s", (const char *)arg);
    return YOKE_OK;
}

static char text[] = "thanks";

static void test_set_revives_a_quarantined_worker(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .patience = 1}, .answer = -8};
    add(&a);
    start();
    world_run_ms(15);
    yoke_worker_set(&app, &a.worker, better_step, text);
    world_run_ms(14);
    assert_trace("0 a\n0 a quarantined -8\n15000 better, thanks\n25000 better, thanks\n");
    assert_int_equal(state_of(&a), YOKE_WORKER_ACTIVE);
    assert_int_equal(yoke_worker_read(&a.worker).errors, 1);
}

static void test_set_revives_it_also_when_the_loop_has_nothing_else_to_do(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .patience = 1}, .answer = -8};
    add(&a);
    yoke_app_start(&app);
    world_run_ms(15);
    yoke_worker_set(&app, &a.worker, better_step, text);
    world_run_ms(14);
    assert_trace("0 a\n15000 better, thanks\n25000 better, thanks\n");
}

static void test_set_of_an_active_worker_keeps_its_beat(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000}};
    add(&a);
    start();
    world_run_ms(15);
    yoke_worker_set(&app, &a.worker, better_step, text);
    world_run_ms(14);
    assert_trace("0 a\n10000 a\n20000 better, thanks\n");
}

static void test_a_restart_of_the_loop_revives_all(void **state)
{
    (void)state;
    actor a = {.worker = {.name = "a", .period_us = 10000, .patience = 1}, .answer = -8};
    actor b = {.worker = {.name = "b", .period_us = 10000, .budget_us = 1, .patience = 1},
               .run_us = 2};
    add(&a);
    add(&b);
    start();
    world_run_ms(5);
    assert_int_equal(state_of(&a), YOKE_WORKER_QUARANTINED);
    assert_int_equal(state_of(&b), YOKE_WORKER_DEGRADED);
    yoke_app_stop(&app);
    a.answer = 0;
    b.run_us = 0;
    world_run_ms(5);
    yoke_app_start(&app);
    world_run_ms(15);
    assert_int_equal(state_of(&a), YOKE_WORKER_ACTIVE);
    assert_int_equal(state_of(&b), YOKE_WORKER_ACTIVE);
    assert_int_equal(trace_count("10000 a") + trace_count("20000 a"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_overruns_degrade_and_then_quarantine),
        in_world(test_as_long_as_the_budget_is_no_overrun),
        in_world(test_without_a_budget_nothing_is_an_overrun),
        in_world(test_patience_is_of_overruns_in_a_row),
        in_world(test_default_patience_is_five),
        in_world(test_a_degraded_worker_that_keeps_its_budget_recovers),
        in_world(test_a_degraded_background_worker_rests_as_long_as_it_ran),
        in_world(test_errors_are_retried_after_1_2_4_periods_and_reported_once),
        in_world(test_errors_of_a_background_worker_begin_with_1_ms),
        in_world(test_success_ends_a_row_of_errors),
        in_world(test_patience_of_one_quarantines_at_once),
        in_world(test_a_long_row_of_errors_never_breaks_the_clock),
        in_world(test_a_count_is_no_error),
        in_world(test_set_revives_a_quarantined_worker),
        in_world(test_set_revives_it_also_when_the_loop_has_nothing_else_to_do),
        in_world(test_set_of_an_active_worker_keeps_its_beat),
        in_world(test_a_restart_of_the_loop_revives_all),
    };
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
