/* The simulator itself: clocks, who is where, the lock, the console. */
#include "world.h"

#include "yoke/console.h"
#include "yoke/delay.h"

static char output[1024];

typedef struct {
    yoke_task task;
    const char *name;
    uint32_t ms, busy_us;
    int left;
} actor;

static int actor_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    while (me->left-- > 0) {
        note_at("%s", me->name);
        delay_us(me->busy_us);
        YOKE_AWAIT(t, yoke_sleep_until(t, yoke_now_us(yoke_home(t)) + me->ms * 1000u));
    }
    YOKE_END(t);
}

#define ACTOR(...)                                 \
    {                                              \
        .task = YOKE_TASK(actor_body), __VA_ARGS__ \
    }

static void test_each_core_has_its_own_clock(void **state)
{
    (void)state;
    actor busy = ACTOR(.name = "busy", .busy_us = 2500, .ms = 10, .left = 1);
    actor other = ACTOR(.name = "other", .ms = 1, .left = 5);
    begin(&app.loop, &busy.task);
    begin(&platform, &other.task);
    yoke_app_start(&app);
    world_run_ms(6);
    const char *rest = "1000 other\n2000 other\n3000 other\n4000 other\n";
    assert_non_null(strstr(trace_text(), rest)); /* not held up by the delay */
    assert_int_equal(trace_count("0 busy") + trace_count("0 other"), 2);
}

static void test_a_delay_on_core_0_does_not_hold_up_core_1(void **state)
{
    (void)state;
    actor busy = ACTOR(.name = "busy", .busy_us = 2500, .ms = 10, .left = 1);
    actor other = ACTOR(.name = "other", .ms = 1, .left = 5);
    begin(&platform, &busy.task);
    begin(&app.loop, &other.task);
    yoke_app_start(&app);
    world_run_ms(6);
    assert_non_null(strstr(trace_text(), "1000 other\n2000 other\n3000 other\n4000 other\n"));
}

static void test_a_loop_that_never_rests_does_not_stop_the_clock(void **state)
{
    (void)state;
    actor busy = ACTOR(.name = "x", .left = 1000000000);
    actor other = ACTOR(.name = "y", .left = 1000000000);
    begin(&platform, &busy.task);
    begin(&app.loop, &other.task);
    yoke_app_start(&app);
    world_run_ms(2);
    assert_true(busy.left < 1000000000 - 1000);
    assert_true(other.left < 1000000000 - 1000);
}

static void take_twice(void *arg)
{
    (void)arg;
    (void)yoke_port_lock();
    (void)yoke_port_lock();
}

static void keep_lock(void *arg)
{
    (void)arg;
    (void)yoke_port_lock();
}

static void wait_in_interrupt(void *arg)
{
    (void)arg;
    delay_us(1);
}

static void wait_under_the_lock(void *arg)
{
    keep_lock(arg);
    delay_us(1);
}

static void test_wrong_use_of_the_lock_and_the_delay_fails(void **state)
{
    (void)state;
    yoke_job twice = {.run = take_twice}, kept = {.run = keep_lock},
             late = {.run = wait_under_the_lock};
    assert_check_fails("sim", 901, take_twice(NULL));
    world_open();
    assert_check_fails("sim", 902, yoke_port_unlock(0));
    world_open();
    yoke_post(&platform, &twice);
    assert_check_fails("sim", 901, world_run_ms(1));
    world_open();
    yoke_post(&platform, &kept);
    assert_check_fails("sim", 901, world_run_ms(1)); /* the kernel's own next lock */
    world_open();
    yoke_post(&platform, &late);
    assert_check_fails("sim", 904, world_run_ms(1));
    world_open();
    assert_check_fails("sim", 904, wait_in_interrupt(NULL));
    world_open();
    sim_interrupt_at(world_config.start_us, wait_in_interrupt, NULL);
    assert_check_fails("sim", 904, world_run_ms(1));
}

typedef struct {
    yoke_task task;
    yoke_signal never;
} forever;

static int forever_body(yoke_task *t)
{
    forever *me = YOKE_FRAME(forever, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_signal_wait(t, &me->never, NULL));
    YOKE_FINALLY(t);
    note_at("ends with %d", t->rc);
    YOKE_END(t);
}

static void test_nothing_left_to_happen_fails_907(void **state)
{
    (void)state;
    forever f = {.task = YOKE_TASK(forever_body)};
    assert_check_fails("sim", 907, world_run(&f.task));
}

static void test_at_the_end_time_the_root_is_cancelled(void **state)
{
    (void)state;
    world_config.end_us = world_config.start_us + 12345;
    world_open_again();
    forever f = {.task = YOKE_TASK(forever_body)};
    assert_int_equal(world_run(&f.task), YOKE_ECANCELED);
    assert_trace("12345 ends with -3\n");
}

static void where(void *arg)
{
    const yoke_loop *here = yoke_port_here();
    note("%s: %s", (const char *)arg,
         !here               ? "nowhere"
         : here == &platform ? "platform"
                             : "app loop");
}

static char in_turn[] = "turn", in_interrupt[] = "interrupt";

static void test_here_is_the_loop_that_steps(void **state)
{
    (void)state;
    assert_null(yoke_port_here());
    yoke_job a = {.run = where, .arg = in_turn}, b = {.run = where, .arg = in_turn};
    yoke_post(&platform, &a);
    yoke_app_start(&app);
    world_run_ms(1);
    yoke_post(&app.loop, &b);
    world_run_ms(1);
    sim_interrupt_at(world_config.start_us + 2500, where, in_interrupt);
    world_run_ms(1);
    assert_trace("turn: platform\nturn: app loop\ninterrupt: nowhere\n");
}

static void test_second_launch_is_busy(void **state)
{
    (void)state;
    assert_int_equal(yoke_port_launch(&app.loop), YOKE_OK);
    assert_int_equal(yoke_port_launch(&app.loop), YOKE_EBUSY);
}

/* --- console ---------------------------------------------------------- */

typedef struct {
    yoke_task task;
    char buffer[8];
    int n;
} reader;

static int reader_body(yoke_task *t)
{
    reader *me = YOKE_FRAME(reader, t);
    YOKE_BEGIN(t);
    do {
        YOKE_TRY(t, me->n = console_read(t, me->buffer, sizeof me->buffer));
        note_at("%d %.*s", me->n, me->n, me->buffer);
    } while (me->n > 0);
    YOKE_AWAIT(t, console_write(t, "over\n", 5));
    note_at("write answers %d", t->status);
    YOKE_AWAIT(t, console_write(t, output, CONSOLE_WRITE_MAX + 1));
    note_at("write answers %d", t->status);
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void test_the_console_reads_its_script(void **state)
{
    (void)state;
    const sim_input input[] = {{0, "abc"},
                               {world_config.start_us + 2000, "0123456789"},
                               {world_config.start_us + 5000, "end"},
                               {0, NULL}};
    world_config.input = input;
    world_config.output = output;
    world_config.output_size = sizeof output;
    world_open_again();
    reader r = {.task = YOKE_TASK(reader_body)};
    assert_int_equal(world_run(&r.task), YOKE_OK);
    assert_trace("0 3 abc\n2000 8 01234567\n2000 2 89\n5000 3 end\n5000 0 \n"
                 "5000 write answers 5\n5000 write answers -6\n");
    assert_int_equal(sim_output_length(), 5);
    assert_memory_equal(output, "over\n", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_each_core_has_its_own_clock),
        in_world(test_a_delay_on_core_0_does_not_hold_up_core_1),
        in_world(test_a_loop_that_never_rests_does_not_stop_the_clock),
        in_world(test_wrong_use_of_the_lock_and_the_delay_fails),
        in_world(test_nothing_left_to_happen_fails_907),
        in_world(test_at_the_end_time_the_root_is_cancelled),
        in_world(test_here_is_the_loop_that_steps),
        in_world(test_second_launch_is_busy),
        in_world(test_the_console_reads_its_script),
    };
    return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
