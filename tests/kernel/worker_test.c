/* Which worker runs when, and what its account says of it. */
#include "world.h"

#include "yoke/delay.h"

/* Takes the times of `runs_us` in turn, the last one for ever. */
typedef struct {
    yoke_worker worker;
    const uint32_t *runs_us;
    unsigned count, next;
    bool quiet;
} actor;

static int act(void *arg)
{
    actor *me = arg;
    if (!me->quiet) {
        note_at("%s", me->worker.name);
    }
    if (me->count) {
        delay_us(me->runs_us[me->next < me->count ? me->next : me->count - 1]);
        me->next++;
    }
    return YOKE_OK;
}

static actor make(const char *name, uint32_t period_us, const uint32_t *runs_us, unsigned count)
{
    return (actor){.worker = {.name = name, .step = act, .period_us = period_us},
                   .runs_us = runs_us,
                   .count = count};
}

#define TAKES(...) (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4

static void add(actor *a)
{
    a->worker.arg = a;
    assert_int_equal(yoke_worker_add(&app, &a->worker), YOKE_OK);
}

static void run_app_ms(uint32_t ms)
{
    yoke_app_start(&app);
    world_run_ms(ms);
}

/* --- release times ---------------------------------------------------- */

static void test_a_period_has_no_drift(void **state)
{
    (void)state;
    actor a = make("a", 3333, TAKES(1000, 0, 3000, 17));
    a.quiet = true;
    add(&a);
    run_app_ms(1000);
    yoke_worker_stats s = yoke_worker_read(&a.worker);
    assert_int_equal(s.runs, 1000000 / 3333 + 1);
    assert_int_equal(s.late_us_longest, 0);
    assert_int_equal(s.late[0], s.runs);
    assert_int_equal(s.skips, 0);
    assert_null(s.late_after);
}

static void test_a_period_has_no_drift_across_the_wrap_of_32_bits(void **state)
{
    (void)state;
    world_config.start_us = (UINT64_C(1) << 32) - 500000;
    world_open_again();
    test_a_period_has_no_drift(state);
}

static void test_the_earliest_deadline_runs_first(void **state)
{
    (void)state;
    actor slow = make("slow", 50000, TAKES(25000));
    actor fast = make("fast", 10000, NULL, 0);
    actor middle = make("middle", 20000, NULL, 0);
    add(&slow);
    add(&fast);
    add(&middle);
    run_app_ms(35);
    /* at 25 ms: fast was due at 10, to be done by 20; middle at 20, to be done by 40 */
    assert_trace("0 fast\n0 middle\n0 slow\n25000 fast\n25000 middle\n30000 fast\n");
    assert_int_equal(yoke_worker_read(&fast.worker).skips, 1);
    assert_int_equal(yoke_worker_read(&middle.worker).skips, 0);
}

static void test_equal_deadlines_run_in_the_order_of_adding(void **state)
{
    (void)state;
    actor a = make("a", 10000, NULL, 0), b = make("b", 10000, NULL, 0);
    add(&b);
    add(&a);
    run_app_ms(15);
    assert_trace("0 b\n0 a\n10000 b\n10000 a\n");
}

/* --- late ------------------------------------------------------------- */

/* `quick` is released again while the others stand in line. */
static void test_a_release_comes_before_those_in_line(void **state)
{
    (void)state;
    actor a = make("a", 100000, TAKES(5000)), b = make("b", 100000, TAKES(5000)),
          c = make("c", 100000, NULL, 0), quick = make("quick", 7000, NULL, 0);
    add(&a);
    add(&b);
    add(&c);
    add(&quick);
    run_app_ms(12);
    assert_trace("0 quick\n0 a\n5000 b\n10000 quick\n10000 c\n");
}

static void test_lateness_is_counted_in_powers_of_two(void **state)
{
    (void)state;
    const uint32_t period_us = 1 << 22;
    actor blocker = make("blocker", period_us, TAKES(0, 1, 2, 3, 4, 7, 8, 262143, 262144, 1000000));
    actor late = make("late", period_us, NULL, 0);
    add(&blocker);
    add(&late);
    run_app_ms(period_us / 1000 * 10);
    yoke_worker_stats s = yoke_worker_read(&late.worker);
    static const uint32_t expected[YOKE_LATE_BUCKETS] = {
        [0] = 1, [1] = 1, [2] = 2, [3] = 2, [4] = 1, [18] = 1, [19] = 2};
    assert_memory_equal(s.late, expected, sizeof expected);
    assert_int_equal(s.late_us_longest, 1000000);
    assert_int_equal(s.skips, 0);
    assert_ptr_equal(s.late_after, &blocker.worker);
}

static void test_late_after_names_the_longest_step_it_waited_for(void **state)
{
    (void)state;
    actor quick = make("quick", 100000, TAKES(2000));
    actor slow = make("slow", 110000, TAKES(9000));
    actor short_one = make("short", 120000, TAKES(1000));
    actor victim = make("victim", 200000, NULL, 0);
    add(&quick);
    add(&slow);
    add(&short_one);
    add(&victim);
    run_app_ms(50);
    yoke_worker_stats s = yoke_worker_read(&victim.worker);
    assert_int_equal(s.late_us_longest, 12000);
    assert_ptr_equal(s.late_after, &slow.worker);
    assert_int_equal(yoke_worker_read(&slow.worker).late_us_longest, 2000);
    assert_ptr_equal(yoke_worker_read(&slow.worker).late_after, &quick.worker);
    assert_null(yoke_worker_read(&quick.worker).late_after);
}

static void test_its_own_long_step_makes_it_skip(void **state)
{
    (void)state;
    actor a = make("a", 10000, TAKES(35000, 0));
    add(&a);
    run_app_ms(55);
    assert_trace("0 a\n35000 a\n40000 a\n50000 a\n");
    yoke_worker_stats s = yoke_worker_read(&a.worker);
    assert_int_equal(s.skips, 2); /* of 10, 20 and 30 ms one was made up for */
    assert_int_equal(s.late_us_longest, 25000);
}

/* The worst that a worker can do to the others: what it takes, and no more. */
static void test_a_step_of_a_second_costs_a_10_ms_worker_99_periods(void **state)
{
    (void)state;
    actor beat = make("beat", 10000, TAKES(100));
    actor hog = make("hog", 5000000, TAKES(1000000));
    beat.quiet = true;
    add(&beat);
    add(&hog);
    run_app_ms(9999);
    yoke_worker_stats s = yoke_worker_read(&beat.worker);
    assert_trace("100 hog\n5000100 hog\n");
    /* each hog ends at 1000100: the release at 10 ms is 990.1 ms late, those to 1000 ms are left
     * out, and the one at 1010 ms is kept */
    assert_int_equal(s.skips, 2 * 99);
    assert_int_equal(s.runs + s.skips, 1000);
    assert_int_equal(s.late_us_longest, 990100);
    assert_int_equal(s.late[0], s.runs - 2);
    assert_ptr_equal(s.late_after, &hog.worker);
    assert_int_equal(yoke_worker_read(&hog.worker).late_us_longest, 100);
}

/* --- the time each step takes ----------------------------------------- */

static void test_run_times(void **state)
{
    (void)state;
    actor a = make("a", 10000, TAKES(300, 4000, 20));
    add(&a);
    run_app_ms(25);
    yoke_worker_stats s = yoke_worker_read(&a.worker);
    assert_int_equal(s.runs, 3);
    assert_int_equal(s.run_us_last, 20);
    assert_int_equal(s.run_us_longest, 4000);
    assert_int_equal(s.run_us_total, 4320);
}

static void test_the_total_is_modulo_32_bits(void **state)
{
    (void)state;
    const uint32_t half_hour_us = 1800u * 1000000u;
    actor a = make("a", YOKE_PERIOD_US_MAX, TAKES(half_hour_us, half_hour_us, half_hour_us, 0));
    add(&a);
    run_app_ms(3 * (half_hour_us / 1000) + 1000);
    yoke_worker_stats s = yoke_worker_read(&a.worker);
    assert_int_equal(s.runs, 4);
    assert_int_equal(s.run_us_total, (uint32_t)(UINT64_C(3) * half_hour_us));
}

static void test_an_account_begins_at_zero_with_each_add(void **state)
{
    (void)state;
    actor a = make("a", 10000, TAKES(300));
    add(&a);
    run_app_ms(25);
    yoke_worker_remove(&app, &a.worker);
    world_run_ms(1);
    assert_int_equal(yoke_worker_read(&a.worker).runs, 3);
    add(&a);
    assert_int_equal(yoke_worker_read(&a.worker).runs, 0);
    world_run_ms(1);
    assert_int_equal(yoke_worker_read(&a.worker).runs, 1);
}

/* --- background ------------------------------------------------------- */

static void test_background_runs_in_slack_only(void **state)
{
    (void)state;
    actor beat = make("beat", 5000, NULL, 0);
    actor back = make("back", 0, TAKES(2000));
    add(&beat);
    add(&back);
    run_app_ms(8);
    assert_trace("0 beat\n0 back\n2000 back\n5000 beat\n5000 back\n7000 back\n");
    world_run_ms(40);
    yoke_worker_stats s = yoke_worker_read(&back.worker);
    assert_int_equal(s.runs, 20);
    assert_int_equal(s.held, 9); /* at 4, 9 … 44 ms */
    assert_int_equal(s.late_us_longest, 0);
    s = yoke_worker_read(&beat.worker);
    assert_int_equal(s.late[0], 10);
    assert_int_equal(s.late_us_longest, 0);
}

static void test_background_that_fills_the_slack_exactly(void **state)
{
    (void)state;
    actor beat = make("beat", 4000, NULL, 0);
    actor back = make("back", 0, TAKES(2000));
    add(&beat);
    add(&back);
    run_app_ms(39);
    assert_int_equal(yoke_worker_read(&back.worker).held, 0);
    assert_int_equal(yoke_worker_read(&beat.worker).late[0], 10);
}

/* Nothing is known of a step that has not run yet; after that it is. */
static void test_background_too_long_for_any_slack_runs_once(void **state)
{
    (void)state;
    actor beat = make("beat", 5000, NULL, 0);
    actor back = make("back", 0, TAKES(12000));
    add(&beat);
    add(&back);
    run_app_ms(98);
    assert_int_equal(yoke_worker_read(&back.worker).runs, 1);
    yoke_worker_stats s = yoke_worker_read(&beat.worker);
    assert_int_equal(s.late_us_longest, 7000);
    assert_int_equal(s.skips, 1);
    assert_ptr_equal(s.late_after, &back.worker);
}

static void test_background_workers_take_turns(void **state)
{
    (void)state;
    actor beat = make("beat", 10000, NULL, 0);
    actor a = make("a", 0, TAKES(4000)), b = make("b", 0, TAKES(4000)),
          c = make("c", 0, TAKES(4000));
    beat.quiet = true;
    add(&beat);
    add(&a);
    add(&b);
    add(&c);
    run_app_ms(99);
    yoke_worker_stats s = yoke_worker_read(&beat.worker);
    assert_true(yoke_worker_read(&a.worker).runs >= 5);
    assert_true(yoke_worker_read(&b.worker).runs >= 5);
    assert_true(yoke_worker_read(&c.worker).runs >= 5);
    assert_int_equal(s.late_us_longest, 2000); /* once: the first step of c was not known yet */
}

/* The first step of `a` is longer than the slack: what follows is the release it delayed. */
static void test_a_release_that_has_passed_ends_the_round(void **state)
{
    (void)state;
    actor beat = make("beat", 10000, NULL, 0);
    actor a = make("a", 0, TAKES(30000)), b = make("b", 0, TAKES(30000));
    add(&beat);
    add(&a);
    add(&b);
    run_app_ms(75);
    assert_trace("0 beat\n0 a\n30000 beat\n30000 b\n60000 beat\n70000 beat\n");
    assert_ptr_equal(yoke_worker_read(&beat.worker).late_after, &a.worker);
}

static void say_job(void *arg)
{
    note_at("%s", (const char *)arg);
}

static void post_job(void *job)
{
    yoke_post(&app.loop, job);
}

static void test_a_task_of_the_loop_comes_between_background_steps(void **state)
{
    (void)state;
    actor a = make("a", 0, TAKES(700)), b = make("b", 0, TAKES(700));
    static char name[] = "job";
    yoke_job job = {.run = say_job, .arg = name};
    add(&a);
    add(&b);
    sim_interrupt_at(world_config.start_us + 10000, post_job, &job);
    run_app_ms(20);
    assert_int_equal(trace_count("10500 job"), 1); /* the step under way began at 9800 */
}

static void test_a_task_of_the_loop_comes_between_those_in_line(void **state)
{
    (void)state;
    actor a = make("a", 20000, TAKES(700)), b = make("b", 20000, TAKES(700));
    static char name[] = "job";
    yoke_job job = {.run = say_job, .arg = name};
    add(&a);
    add(&b);
    sim_interrupt_at(world_config.start_us + 300, post_job, &job);
    run_app_ms(19);
    assert_trace("0 a\n700 job\n700 b\n");
}

static int yield_for_ever_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_yield(t));
        delay_us(10);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* `large` has waited longest, and never fits again. */
static void test_who_does_not_fit_keeps_nobody_from_running(void **state)
{
    (void)state;
    actor beat = make("beat", 5000, NULL, 0);
    actor large = make("large", 0, TAKES(12000)), small = make("small", 0, TAKES(500));
    yoke_task busy = YOKE_TASK(yield_for_ever_body);
    add(&beat);
    add(&large);
    add(&small);
    yoke_start(&app.loop, &busy);
    run_app_ms(99);
    assert_int_equal(yoke_worker_read(&large.worker).runs, 1);
    assert_in_range(yoke_worker_read(&small.worker).runs, 100, 200);
}

static yoke_worker *waited_for;

static int wait_for_worker_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_worker_join(t, waited_for));
    note_at("gone");
    YOKE_END(t);
}

/* The last worker leaves, and nothing else is due: only the task that waits for that is. */
static void test_a_task_of_the_loop_sees_a_worker_leave(void **state)
{
    (void)state;
    actor a = make("a", 50000, NULL, 0);
    yoke_task joiner = YOKE_TASK(wait_for_worker_body);
    waited_for = &a.worker;
    add(&a);
    yoke_start(&app.loop, &joiner);
    run_app_ms(10);
    yoke_worker_remove(&app, &a.worker);
    world_run_ms(10);
    assert_true(yoke_done(&joiner));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_a_period_has_no_drift),
        in_world(test_a_period_has_no_drift_across_the_wrap_of_32_bits),
        in_world(test_the_earliest_deadline_runs_first),
        in_world(test_equal_deadlines_run_in_the_order_of_adding),
        in_world(test_a_release_comes_before_those_in_line),
        in_world(test_lateness_is_counted_in_powers_of_two),
        in_world(test_late_after_names_the_longest_step_it_waited_for),
        in_world(test_its_own_long_step_makes_it_skip),
        in_world(test_a_step_of_a_second_costs_a_10_ms_worker_99_periods),
        in_world(test_run_times),
        in_world(test_the_total_is_modulo_32_bits),
        in_world(test_an_account_begins_at_zero_with_each_add),
        in_world(test_background_runs_in_slack_only),
        in_world(test_background_that_fills_the_slack_exactly),
        in_world(test_background_too_long_for_any_slack_runs_once),
        in_world(test_background_workers_take_turns),
        in_world(test_a_release_that_has_passed_ends_the_round),
        in_world(test_a_task_of_the_loop_comes_between_background_steps),
        in_world(test_a_task_of_the_loop_comes_between_those_in_line),
        in_world(test_who_does_not_fit_keeps_nobody_from_running),
        in_world(test_a_task_of_the_loop_sees_a_worker_leave),
    };
    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
