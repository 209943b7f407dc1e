/* Core 1 from outside: its states, and the lock that it died with; without a supervisor. */
#include "world.h"

#include "yoke/core.h"

static int fault_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    sim_fault(CORE_STACK);
    YOKE_END(t);
}

static int keep_lock_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    (void)yoke_port_lock();
    sim_stall();
    YOKE_END(t);
}

static void reset(void *unused)
{
    (void)unused;
    note("state %d", (int)core_state());
    note("end %d", (int)core_reset());
    note("state %d, seen %u", (int)core_state(), (unsigned)core_seen().kind);
}

static void test_states_from_start_to_stop(void **state)
{
    (void)state;
    assert_int_equal(core_state(), CORE_OFF);
    yoke_app_start(&app);
    world_run_ms(1);
    assert_int_equal(core_state(), CORE_RUNNING);
    yoke_app_stop(&app);
    world_run_ms(1);
    assert_int_equal(core_state(), CORE_OFF);
}

static void test_a_fault_is_seen_until_the_reset(void **state)
{
    (void)state;
    yoke_task t = YOKE_TASK(fault_body);
    yoke_job job = {.run = reset};
    core_guard();
    begin(&app.loop, &t);
    yoke_app_start(&app);
    world_run_ms(1);
    assert_int_equal(core_state(), CORE_FAULTED);
    assert_int_equal(core_seen().kind, CORE_STACK);
    assert_int_equal(core_seen().core, 1);
    assert_int_equal(core_seen().at_us, world_config.start_us);
    yoke_post(&platform, &job);
    world_run_ms(1);
    assert_trace("state 2\nend 0\nstate 0, seen 0\n");
}

static void test_a_reset_takes_the_lock_over(void **state)
{
    (void)state;
    world_without_strays(); /* their wakes take it over too */
    world_open_again();
    yoke_task t = YOKE_TASK(keep_lock_body);
    yoke_job job = {.run = reset};
    core_guard();
    begin(&app.loop, &t);
    yoke_app_start(&app);
    world_run_ms(1);
    yoke_post(&platform, &job); /* the lock is taken over here */
    world_run_ms(1);
    assert_trace("state 0\nend 1\nstate 0, seen 0\n");
    yoke_port_unlock(yoke_port_lock()); /* it is free */
}

static void test_without_a_guard_a_lost_lock_fails_901(void **state)
{
    (void)state;
    world_without_strays();
    world_open_again();
    yoke_task t = YOKE_TASK(keep_lock_body);
    begin(&app.loop, &t);
    yoke_app_start(&app);
    assert_check_fails("sim", 901, world_run_ms(1));
}

static void test_a_stall_elsewhere_fails_908(void **state)
{
    (void)state;
    assert_check_fails("sim", 908, sim_stall());
}

static void test_the_record_survives_a_reset_but_not_the_power(void **state)
{
    (void)state;
    core_fault f = {.kind = CORE_CHECK, .number = 310, .name = "loop"}, read;
    assert_false(core_fault_read(&read));
    core_fault_write(&f);
    sim_reset(&world_config);
    assert_true(core_fault_read(&read));
    assert_int_equal(read.number, 310);
    assert_string_equal(read.name, "loop");
    sim_open(&world_config);
    assert_false(core_fault_read(&read));
    core_fault_write(&f);
    core_fault_write(&(core_fault){.kind = CORE_NO_FAULT});
    assert_false(core_fault_read(&read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_states_from_start_to_stop),
        in_world(test_a_fault_is_seen_until_the_reset),
        in_world(test_a_reset_takes_the_lock_over),
        in_world(test_without_a_guard_a_lost_lock_fails_901),
        in_world(test_a_stall_elsewhere_fails_908),
        in_world(test_the_record_survives_a_reset_but_not_the_power),
    };
    return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
