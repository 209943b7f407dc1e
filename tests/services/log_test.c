/* The log: order, the count of lost lines, and what is left when it ends.
 *
 * The rings live as long as the program, so each test empties them at its end. */
#include "world.h"

#include "yoke/delay.h"
#include "yoke/log.h"

#include <stdio.h>

static char output[65536];

static int log_setup(void **state)
{
    world_setup(state);
    world_config.output = output;
    world_config.output_size = sizeof output;
    world_open_again();
    log_task = (yoke_task){.body = log_task.body};
    return 0;
}

static const char *printed(void)
{
    output[sim_output_length()] = '\0';
    return output;
}

static int stop_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    yoke_cancel(&log_task);
    YOKE_AWAIT(t, yoke_join(t, &log_task));
    YOKE_END(t);
}

static void stop_log(void)
{
    yoke_task t = YOKE_TASK(stop_body);
    assert_int_equal(world_run(&t), YOKE_OK);
    assert_int_equal(log_task.rc, YOKE_ECANCELED);
}

typedef struct {
    yoke_task task;
    const char *format;
    uint32_t period_ms;
    uint32_t left;
    uint32_t at_once;
} talker;

static int talker_body(yoke_task *t)
{
    talker *me = YOKE_FRAME(talker, t);
    YOKE_BEGIN(t);
    while (me->left > 0) {
        for (uint32_t i = 0; (i == 0 || i < me->at_once) && me->left > 0; i++) {
            log_line(me->format, me->left, 0, 0, 0);
            me->left--;
        }
        YOKE_AWAIT(t, yoke_sleep_ms(t, me->period_ms));
    }
    YOKE_END(t);
}

#define TALKER(...)                                 \
    {                                               \
        .task = YOKE_TASK(talker_body), __VA_ARGS__ \
    }

static void test_lines_of_one_loop_keep_their_order(void **state)
{
    (void)state;
    talker a = TALKER(.format = "a%u", .period_ms = 1, .left = 3, .at_once = 3);
    begin(&platform, &log_task);
    begin(&platform, &a.task);
    world_run_ms(5);
    assert_string_equal(printed(), "a3\na2\na1\n");
    stop_log();
}

static void test_between_the_loops_the_time_decides(void **state)
{
    (void)state;
    talker a = TALKER(.format = "a%u", .period_ms = 2, .left = 3);
    talker b = TALKER(.format = "b%u", .period_ms = 3, .left = 3);
    begin(&platform, &a.task);
    begin(&app.loop, &b.task);
    yoke_app_start(&app);
    world_run_ms(1); /* both have written at 0: equal times, any order; let these out */
    begin(&platform, &log_task);
    world_run_ms(9);
    const char *all = printed();
    assert_true(strcmp(all, "a3\nb3\na2\nb2\na1\nb1\n") == 0 ||
                strcmp(all, "b3\na3\na2\nb2\na1\nb1\n") == 0);
    stop_log();
}

/* A worker writes in the middle of a step that takes its time; the platform meanwhile. */
static int writes_between(void *arg)
{
    (void)arg;
    delay_us(1500);
    log_line("core 1 at 1500", 0, 0, 0, 0);
    delay_us(2000);
    log_line("core 1 at 3500", 0, 0, 0, 0);
    return YOKE_OK;
}

static void test_lines_written_during_a_long_step(void **state)
{
    (void)state;
    yoke_worker w = {.name = "w", .step = writes_between, .period_us = 1000000};
    talker a = TALKER(.format = "core 0, %u left", .period_ms = 1, .left = 5);
    begin(&platform, &log_task);
    begin(&platform, &a.task);
    yoke_worker_add(&app, &w);
    yoke_app_start(&app);
    world_run_ms(9);
    assert_string_equal(printed(), "core 0, 5 left\ncore 0, 4 left\ncore 1 at 1500\n"
                                   "core 0, 3 left\ncore 0, 2 left\ncore 1 at 3500\n"
                                   "core 0, 1 left\n");
    stop_log();
}

static unsigned count_lines(const char *text)
{
    unsigned n = 0;
    for (; *text; text++) {
        n += *text == '\n';
    }
    return n;
}

static void test_lost_lines_are_counted_and_told(void **state)
{
    (void)state;
    for (unsigned core = 0; core < YOKE_CORES; core++) {
        log_setup(state);
        uint32_t before = log_dropped(core);
        talker a = TALKER(.format = "a%u", .left = LOG_RING + 7, .at_once = LOG_RING + 7);
        begin(core ? &app.loop : &platform, &a.task);
        yoke_app_start(&app);
        world_run_ms(1);
        assert_int_equal(log_dropped(core) - before, 7);
        begin(&platform, &log_task);
        world_run_ms(1);
        const char *all = printed();
        char told[100];
        snprintf(told, sizeof told, "a8\nlog: 7 lines of core %u lost, its ring of %u was full\n",
                 core, LOG_RING);
        assert_non_null(strstr(all, told)); /* behind the last line that was kept */
        assert_int_equal(count_lines(all), LOG_RING + 1);
        assert_int_equal(log_waited_most(core), LOG_RING);
        stop_log();
    }
}

static void test_nothing_is_lost_while_the_ring_is_just_full(void **state)
{
    (void)state;
    uint32_t before = log_dropped(0);
    talker a = TALKER(.format = "a%u", .left = LOG_RING, .at_once = LOG_RING);
    begin(&platform, &a.task);
    begin(&platform, &log_task);
    world_run_ms(2);
    assert_int_equal(log_dropped(0), before);
    assert_int_equal(count_lines(printed()), LOG_RING);
    stop_log();
}

/* The console is slow; the log is cancelled in the middle of a write. */
static void test_cancelled_it_prints_what_is_left(void **state)
{
    (void)state;
    world_config.write_us = 10000;
    world_open_again();
    talker a = TALKER(.format = "a%u", .left = 5, .at_once = 5);
    begin(&platform, &log_task);
    begin(&platform, &a.task);
    world_run_ms(15);
    assert_int_equal(count_lines(printed()), 2);
    stop_log();
    assert_string_equal(printed(), "a5\na4\na3\na2\na1\n");
}

static void post_line(void *arg)
{
    (void)arg;
    log_line("no loop is calling", 0, 0, 0, 0);
}

static void test_from_an_interrupt_fails_601(void **state)
{
    (void)state;
    sim_interrupt_at(world_config.start_us, post_line, NULL);
    assert_check_fails("log", 601, world_run_ms(1));
}

#define with_log(test) cmocka_unit_test_setup(test, log_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_log(test_lines_of_one_loop_keep_their_order),
        with_log(test_between_the_loops_the_time_decides),
        with_log(test_lines_written_during_a_long_step),
        with_log(test_lost_lines_are_counted_and_told),
        with_log(test_nothing_is_lost_while_the_ring_is_just_full),
        with_log(test_cancelled_it_prints_what_is_left),
        with_log(test_from_an_interrupt_fails_601),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
