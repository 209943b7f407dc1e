/* The supervisor: core 1 stalls, faults or dies with the lock, and comes back without the culprit.
 */
#include "life.h"

#include "yoke/delay.h"
#include "yoke/watchdog.h"

#include <stdio.h>

static void take_long(void *unused)
{
    (void)unused;
    delay_us(3600u * 1000000u);
}

static void overflow_under_the_lock(void *unused)
{
    (void)unused;
    (void)yoke_port_lock();
    sim_fault(CORE_STACK);
}

/* Steps that a worker of this period has made in `ms`, give or take the time of the restart. */
static void assert_goes_on(const actor *a, uint32_t before, uint32_t after)
{
    assert_in_range(a->count, before, after);
    uint32_t runs = a->count;
    world_run_ms(100);
    uint32_t period_ms = a->worker.period_us / 1000;
    assert_in_range(a->count - runs, 100 / period_ms - 1, 100 / period_ms + 1);
}

/* Of two workers one does harm in its third step, at 20 ms. */
static void harm_and_see(void (*harm)(void *), uint32_t kind, uint32_t by_ms)
{
    actor good = GOOD("good", 5), bad = BAD("bad", 10, .harm = harm, .good = 2);
    add(&good);
    add(&bad);
    yoke_app_start(&app);
    world_run_ms(by_ms);
    assert_int_equal(life.restarts, 1);
    assert_int_equal(bad.count, 3);
    assert_int_equal(state_of(&bad), YOKE_WORKER_OFF);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_RUNNING);
    assert_goes_on(&good, 5, 40);
    char line[64];
    snprintf(line, sizeof line, "kind %u in bad, restart 1\nremoved bad\n", (unsigned)kind);
    assert_non_null(strstr(trace_text(), line));
    assert_int_equal(life.restarts, 1);
    assert_int_equal(yoke_worker_add(&app, &bad.worker), YOKE_OK); /* it may come back */
    world_run_ms(15);
    assert_in_range(bad.count, 4, 5);
}

static void test_a_worker_that_stalls_is_removed(void **state)
{
    (void)state;
    harm_and_see(stand_still, CORE_STALL, 150);
}

static void test_a_worker_that_takes_too_long_is_ended(void **state)
{
    (void)state;
    harm_and_see(take_long, CORE_STALL, 150);
}

static void test_a_stall_with_the_lock(void **state)
{
    (void)state;
    harm_and_see(stand_still_with_the_lock, CORE_STALL, 150);
}

static void test_a_fault_is_seen_at_the_next_look(void **state)
{
    (void)state;
    harm_and_see(crash, CORE_EXCEPTION, 40);
}

static void test_a_fault_with_the_lock(void **state)
{
    (void)state;
    harm_and_see(overflow_under_the_lock, CORE_STACK, 40);
}

static void test_a_background_worker_is_named_too(void **state)
{
    (void)state;
    actor a = GOOD("a", 0), b = BAD("b", 0, .harm = stand_still, .good = 7), c = GOOD("c", 0);
    add(&a);
    add(&b);
    add(&c);
    yoke_app_start(&app);
    world_run_ms(150);
    assert_non_null(strstr(trace_text(), "kind 1 in b, restart 1\nremoved b\n"));
    assert_int_equal(b.count, 8);
    uint32_t before = c.count;
    world_run_ms(10);
    assert_true(a.count > 8 && c.count > before);
}

static void test_two_bad_workers_one_after_the_other(void **state)
{
    (void)state;
    actor a = BAD("a", 10, .harm = stand_still), b = BAD("b", 10, .harm = crash, .good = 3),
          c = GOOD("c", 10);
    add(&a);
    add(&b);
    add(&c);
    yoke_app_start(&app);
    world_run_ms(400);
    assert_int_equal(life.restarts, 2);
    assert_ptr_equal(yoke_worker_next(&app, NULL), &c.worker);
    assert_null(yoke_worker_next(&app, &c.worker));
    assert_goes_on(&c, 5, 45);
}

/* --- restarts without end ---------------------------------------------------- */

static int die_at_once(void *arg)
{
    actor *me = arg;
    me->count++;
    crash(NULL);
    return YOKE_OK;
}

static actor dying = {.worker = {.name = "dying", .step = die_at_once, .period_us = 5000}};

/* Of one who never learns: what was removed is added again. */
static void note_and_add(const core_fault *f, yoke_worker *w)
{
    note("restart %u%s", (unsigned)f->restarts, f->left_off ? ", left off" : "");
    if (w) {
        add(&dying);
    }
}

/* It dies as soon as it is started, which is seen 10 ms later. */
static void begin_to_die(uint32_t max, uint32_t within_ms)
{
    dying.count = 0;
    dying.worker.in_list = false; /* a fresh world */
    life.told = note_and_add;
    life.restarts_max = max;
    life.restarts_within_ms = within_ms;
    add(&dying);
    yoke_app_start(&app);
    world_run_ms(500);
}

static void test_a_worker_that_dies_at_each_start_ends_the_restarts(void **state)
{
    (void)state;
    begin_to_die(3, 35);
    assert_trace("restart 1\nrestart 2\nrestart 3\nrestart 3, left off\n");
    assert_int_equal(dying.count, 4);
    assert_int_equal(life.restarts, 3);
    assert_int_equal(life.state, LIFECYCLE_LEFT_OFF);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_OFF);
    assert_int_equal(core_state(), CORE_OFF);
}

static void test_who_names_no_limit_has_one(void **state)
{
    (void)state;
    begin_to_die(0, 0);
    assert_int_equal(life.restarts, LIFECYCLE_RESTARTS);
    assert_int_equal(life.state, LIFECYCLE_LEFT_OFF);
}

/* Of four restarts the first is always longer ago than the span. */
static void test_rare_deaths_are_no_reason_to_give_up(void **state)
{
    (void)state;
    begin_to_die(3, 25);
    assert_true(life.restarts > 20);
    assert_int_equal(life.state, LIFECYCLE_WATCHING);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_RUNNING);
}

static void test_what_was_left_off_can_be_started_by_hand(void **state)
{
    (void)state;
    actor good = GOOD("good", 10);
    begin_to_die(2, 0);
    yoke_worker_remove(&app, &dying.worker);
    add(&good);
    assert_int_equal(yoke_app_start(&app), YOKE_OK);
    world_run_ms(95);
    assert_int_equal(good.count, 10);
    assert_int_equal(life.state, LIFECYCLE_WATCHING);
    dying.count = 0; /* and it may die as often again */
    add(&dying);
    world_run_ms(300);
    assert_int_equal(dying.count, 3);
    assert_int_equal(life.state, LIFECYCLE_LEFT_OFF);
}

/* Whom somebody has asked to stop is ended, not started again: it does not count. */
static void test_a_death_on_the_way_to_the_end_is_no_restart(void **state)
{
    (void)state;
    actor bad = BAD("bad", 10, .harm = stand_still);
    add(&bad);
    yoke_app_start(&app);
    world_run_ms(5);
    yoke_app_stop(&app);
    world_run_ms(200);
    assert_int_equal(life.restarts, 0);
    assert_int_equal(life.state, LIFECYCLE_WATCHING);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_OFF);
}

static void test_too_high_a_limit_is_told(void **state)
{
    (void)state;
    life.restarts_max = LIFECYCLE_RESTARTS_MAX + 1;
    world_run_ms(1);
    assert_true(yoke_done(&life.task));
    assert_int_equal(life.task.rc, YOKE_EINVAL);
}

/* --- what is no stall ------------------------------------------------- */

static int busy(void *arg)
{
    take_50_ms(arg);
    return YOKE_OK;
}

static void test_a_round_of_long_steps_is_no_stall(void **state)
{
    (void)state;
    yoke_worker w[4];
    for (unsigned i = 0; i < 4; i++) { /* 200 ms a round, which is one turn */
        w[i] = (yoke_worker){.name = "w", .step = busy};
        yoke_worker_add(&app, &w[i]);
    }
    yoke_app_start(&app);
    world_run_ms(2000);
    assert_trace("");
    assert_in_range(yoke_worker_read(&w[0]).runs, 8, 12);
}

static void test_an_app_loop_that_rests_is_no_stall(void **state)
{
    (void)state;
    world_run_ms(1000); /* not started */
    yoke_app_start(&app);
    world_run_ms(1000); /* nothing to do */
    yoke_app_stop(&app);
    world_run_ms(1000);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_OFF);
    assert_trace("");
}

/* --- the record, and the watchdog -------------------------------------- */

static void test_the_fault_is_told_after_a_reset_once(void **state)
{
    (void)state;
    char text[LIFECYCLE_TEXT_MAX];
    actor bad = BAD("bad", 10, .harm = crash, .good = 1);
    add(&bad);
    yoke_app_start(&app);
    world_run_ms(200);
    assert_int_equal(life.before.kind, CORE_NO_FAULT);
    sim_reset(&world_config);
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    life_open();
    assert_int_equal(life.before.kind, CORE_EXCEPTION);
    assert_string_equal(lifecycle_text(&life.before, text),
                        "core 1 stopped in bad, which caused an exception; restart 1");
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    life.task = (yoke_task)YOKE_TASK(lifecycle_body);
    life_open();
    assert_int_equal(life.before.kind, CORE_NO_FAULT);
}

static void test_that_it_was_left_off_is_told_after_a_reset(void **state)
{
    (void)state;
    char text[LIFECYCLE_TEXT_MAX];
    begin_to_die(2, 0);
    sim_reset(&world_config);
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    life_open();
    assert_string_equal(
        lifecycle_text(&life.before, text),
        "core 1 stopped in dying, which caused an exception; after 2 restarts it stays off");
    assert_int_equal(life.state, LIFECYCLE_WATCHING);
}

static void test_a_watchdog_out_of_range_is_told(void **state)
{
    (void)state;
    life.watchdog_ms = WATCHDOG_MS_MAX + 1;
    world_run_ms(1);
    assert_true(yoke_done(&life.task));
    assert_int_equal(life.task.rc, YOKE_EINVAL);
}

static jmp_buf restarted;

static void on_restart(void)
{
    longjmp(restarted, 1);
}

static void hang(void *unused)
{
    (void)unused;
    delay_us(10000000);
}

static void test_a_platform_loop_that_hangs_restarts_the_device(void **state)
{
    (void)state;
    yoke_job job = {.run = hang};
    sim_on_restart(on_restart);
    life.watchdog_ms = 500;
    world_run_ms(3000); /* it is fed */
    yoke_post(&platform, &job);
    if (setjmp(restarted) == 0) {
        world_run_ms(3000);
        fail_msg("no restart");
    }
    assert_in_range(yoke_port_now_us(), world_config.start_us + 3400000,
                    world_config.start_us + 3500000);
    sim_reset(&world_config);
    assert_int_equal(watchdog_boot_reason(), BOOT_WATCHDOG);
    sim_open(&world_config);
    assert_int_equal(watchdog_boot_reason(), BOOT_POWER_ON);
}

/* The platform loop lives, but half of the device does not: it is not fed for that. */
static void test_an_app_loop_that_was_left_off_restarts_the_device(void **state)
{
    (void)state;
    sim_on_restart(on_restart);
    life.watchdog_ms = 1000;
    if (setjmp(restarted) == 0) {
        begin_to_die(3, 0);
        assert_int_equal(life.state, LIFECYCLE_LEFT_OFF);
        world_run_ms(3000);
        fail_msg("no restart");
    }
    assert_in_range(yoke_port_now_us(), world_config.start_us + 1000000,
                    world_config.start_us + 1100000);
    sim_reset(&world_config);
    assert_int_equal(watchdog_boot_reason(), BOOT_WATCHDOG);
}

static void test_a_watchdog_that_is_too_short_for_a_look(void **state)
{
    (void)state;
    life.stall_ms = 800;
    life.watchdog_ms = 200; /* a look is 100 ms */
    world_run_ms(1);
    assert_true(yoke_done(&life.task));
    assert_int_equal(life.task.rc, YOKE_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_life(test_a_worker_that_stalls_is_removed),
        in_life(test_a_worker_that_takes_too_long_is_ended),
        in_life(test_a_stall_with_the_lock),
        in_life(test_a_fault_is_seen_at_the_next_look),
        in_life(test_a_fault_with_the_lock),
        in_life(test_a_background_worker_is_named_too),
        in_life(test_two_bad_workers_one_after_the_other),
        in_life(test_a_worker_that_dies_at_each_start_ends_the_restarts),
        in_life(test_who_names_no_limit_has_one),
        in_life(test_rare_deaths_are_no_reason_to_give_up),
        in_life(test_what_was_left_off_can_be_started_by_hand),
        in_life(test_a_death_on_the_way_to_the_end_is_no_restart),
        in_life(test_too_high_a_limit_is_told),
        in_life(test_a_round_of_long_steps_is_no_stall),
        in_life(test_an_app_loop_that_rests_is_no_stall),
        in_life(test_the_fault_is_told_after_a_reset_once),
        in_life(test_that_it_was_left_off_is_told_after_a_reset),
        in_life(test_a_watchdog_out_of_range_is_told),
        in_life(test_a_platform_loop_that_hangs_restarts_the_device),
        in_life(test_an_app_loop_that_was_left_off_restarts_the_device),
        in_life(test_a_watchdog_that_is_too_short_for_a_look),
    };
    return cmocka_run_group_tests_name("lifecycle", tests, NULL, NULL);
}
