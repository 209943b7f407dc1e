/* Steps go up in order and down in reverse, whatever one of them does. */
#include "world.h"

#include "yoke/startup.h"

#include <stdio.h>

static startup s;

/* --- steps that note what is done with them -------------------------------------- */

typedef struct {
    yoke_task task;
    const char *name;
    int ends; /* at once, with this answer; 0: when it is cancelled */
    bool stubborn;
} part;

static int part_body(yoke_task *t)
{
    part *me = YOKE_FRAME(part, t);
    YOKE_BEGIN(t);
    note("%s runs", me->name);
    if (me->ends) {
        t->rc = me->ends;
        goto yoke_finally_;
    }
    YOKE_TRY(t, yoke_sleep_ms(t, 1000000));
    YOKE_FINALLY(t);
    note("%s ends", me->name);
    while (me->stubborn) {
        YOKE_AWAIT(t, yoke_sleep_ms(t, 100000));
    }
    YOKE_END(t);
}

#define PART(name_)                                   \
    {                                                 \
        .task = YOKE_TASK(part_body), .name = (name_) \
    }

static int take_20_ms(yoke_task *t, void *arg)
{
    (void)arg;
    return yoke_sleep_ms(t, 20);
}

static int take_20_ms_and_say(yoke_task *t, void *arg)
{
    int answer = yoke_sleep_ms(t, 20);
    if (answer == YOKE_OK) {
        note("%s", (const char *)arg);
    }
    return answer;
}

static int take_for_ever(yoke_task *t, void *arg)
{
    (void)arg;
    return yoke_sleep_ms(t, 1000000);
}

static int refuse(yoke_task *t, void *arg)
{
    (void)t;
    note("refuses %s", (const char *)arg);
    return YOKE_EIO;
}

static int say(yoke_task *t, void *arg)
{
    (void)t;
    note("%s", (const char *)arg);
    return YOKE_OK;
}

static void told(const startup_step *step, enum startup_event event, int answer)
{
    note_at("%s %s", step->name, startup_text(event, answer));
}

/* --- a device --------------------------------------------------------------------- */

static part a, b, c;
static startup_step steps[3];

static void prepare(void)
{
    boot_open();
    a = (part)PART("a");
    b = (part)PART("b");
    c = (part)PART("c");
    steps[0] = (startup_step){.name = "A", .task = &a.task, .start_ms = 50, .stop_ms = 50};
    steps[1] = (startup_step){.name = "B", .task = &b.task, .start_ms = 50, .stop_ms = 50};
    steps[2] = (startup_step){.name = "C", .task = &c.task, .start_ms = 50, .stop_ms = 50};
    s = (startup){.task = YOKE_TASK(startup_body),
                  .steps = steps,
                  .count = 3,
                  .healthy_ms = 100,
                  .told = told};
}

static int setup(void **state)
{
    world_setup(state);
    prepare();
    return 0;
}

/* Time is not to be compared: the trace without the numbers at the beginning of lines. */
static const char *lines(void)
{
    static char text[4096];
    char *to = text;
    bool begins = true;
    for (const char *at = trace_text(); *at; at++) {
        if (begins && ((*at >= '0' && *at <= '9') || *at == ' ')) {
            continue;
        }
        begins = *at == '\n';
        *to++ = *at;
    }
    *to = '\0';
    return text;
}

static void run_and_stop_after(uint32_t ms)
{
    begin(&platform, &s.task);
    world_run_ms(ms);
    yoke_cancel(&s.task);
    world_run_ms(1000);
    assert_true(yoke_done(&s.task));
}

/* --- in order ----------------------------------------------------------------------- */

static const char up[] = "a runs\nA started\nb runs\nB started\nc runs\nC started\n";
static const char down[] = "c ends\nC stopped\nb ends\nB stopped\na ends\nA stopped\n";

static void assert_up_and(const char *then)
{
    char expected[1024];
    strcpy(expected, up);
    strcat(expected, then);
    assert_string_equal(lines(), expected);
}

static void test_up_in_order_and_down_in_reverse(void **state)
{
    (void)state;
    begin(&platform, &s.task);
    world_run_ms(50);
    assert_true(s.is_up);
    assert_up_and("");
    yoke_cancel(&s.task);
    world_run_ms(50);
    assert_true(yoke_done(&s.task) && !s.is_up);
    assert_int_equal(s.task.rc, YOKE_ECANCELED);
    assert_up_and(down);
}

static void test_calls_are_awaited(void **state)
{
    (void)state;
    steps[1].start = take_20_ms;
    steps[1].stop = take_20_ms;
    begin(&platform, &s.task);
    world_run_ms(15);
    assert_string_equal(lines(), "a runs\nA started\nb runs\n");
    world_run_ms(15);
    assert_up_and("");
    yoke_cancel(&s.task);
    world_run_ms(15);
    assert_up_and("c ends\nC stopped\n");
    world_run_ms(50);
    assert_up_and(down);
}

static void test_a_cancel_while_it_starts(void **state)
{
    (void)state;
    steps[1].start = take_20_ms;
    run_and_stop_after(10);
    assert_string_equal(lines(), "a runs\nA started\nb runs\nB was to start when all was stopped\n"
                                 "b ends\nB stopped\na ends\nA stopped\n");
    assert_int_equal(s.task.rc, YOKE_ECANCELED);
}

/* --- steps that fail ------------------------------------------------------------------ */

static void assert_b_fails(const char *how, int rc)
{
    char expected[1024];
    begin(&platform, &s.task);
    world_run_ms(1000);
    assert_true(yoke_done(&s.task));
    assert_int_equal(s.task.rc, rc);
    snprintf(expected, sizeof expected,
             "a runs\nA started\nb runs\n%sB %s\n%sB stopped\na ends\nA stopped\n",
             b.ends ? "b ends\n" : "", how, b.ends ? "" : "b ends\n");
    assert_string_equal(lines(), expected);
}

static void test_a_step_that_is_too_slow(void **state)
{
    (void)state;
    steps[1].start = take_for_ever;
    assert_b_fails("did not start in time", YOKE_ETIMEDOUT);
}

static void test_a_task_that_ends_at_once(void **state)
{
    (void)state;
    b.ends = YOKE_EBUSY;
    assert_b_fails("did not start", YOKE_EBUSY);
}

static void test_a_task_that_runs_already(void **state)
{
    (void)state;
    begin(&platform, &b.task);
    world_run_ms(1);
    begin(&platform, &s.task);
    world_run_ms(100);
    assert_string_equal(lines(), "b runs\na runs\nA started\nB did not start\n"
                                 "b ends\nB stopped\na ends\nA stopped\n");
}

static void test_the_stop_of_a_step_that_failed_is_called(void **state)
{
    (void)state;
    steps[1] = (startup_step){.name = "B", .start = refuse, .stop = say, .arg = (void *)"b"};
    begin(&platform, &s.task);
    world_run_ms(100);
    assert_int_equal(s.task.rc, YOKE_EIO);
    assert_string_equal(lines(), "a runs\nA started\nrefuses b\nB did not start\n"
                                 "b\nB stopped\na ends\nA stopped\n");
}

static void test_a_step_that_may_fail(void **state)
{
    (void)state;
    steps[1] = (startup_step){.name = "B", .start = refuse, .arg = (void *)"b", .may_fail = true};
    run_and_stop_after(50);
    assert_string_equal(lines(),
                        "a runs\nA started\nrefuses b\nB did not start\nc runs\nC started\n"
                        "c ends\nC stopped\nB stopped\na ends\nA stopped\n");
}

/* --- steps that do not stop --------------------------------------------------------------- */

static void test_a_task_that_does_not_end_is_left(void **state)
{
    (void)state;
    b.stubborn = true;
    run_and_stop_after(50);
    assert_up_and("c ends\nC stopped\nb ends\nB did not stop in time\na ends\nA stopped\n");
}

static void test_a_stop_that_is_too_slow_or_fails(void **state)
{
    (void)state;
    steps[2].stop = take_for_ever;
    steps[1].stop = refuse;
    steps[1].arg = (void *)"b";
    run_and_stop_after(50);
    assert_up_and("c ends\nC did not stop in time\nrefuses b\nb ends\nB did not stop\n"
                  "a ends\nA stopped\n");
}

/* The root is cancelled once more than it has asked for: in the midst of stopping after a failure.
 * The step in hand is stopped all the same. */
static void test_a_cancel_while_it_stops(void **state)
{
    (void)state;
    steps[1].stop = take_20_ms_and_say;
    steps[1].arg = (void *)"B is done";
    steps[2].start = refuse;
    steps[2].arg = (void *)"c";
    run_and_stop_after(10);
    assert_int_equal(s.task.rc, YOKE_EIO);
    assert_string_equal(
        lines(),
        "a runs\nA started\nb runs\nB started\nrefuses c\n"
        "C did not start\nc runs\nc ends\nC stopped\nB is done\nb ends\nB stopped\na ends\n"
        "A stopped\n");
}

/* --- health, safe mode, restart ------------------------------------------------------------ */

static jmp_buf restarted;

static void on_restart(void)
{
    longjmp(restarted, 1);
}

/* A fresh run of the device, without the steps' own lines. */
static void boot_again(void)
{
    sim_on_restart(on_restart);
    sim_reset(&world_config);
    yoke_loop_init(&platform, 0);
    trace_begin(world_config.start_us);
    prepare();
}

/* Run it for `ms`, when somebody presses Ctrl-C: what main() answers, or -1 if it has restarted. */
static int run_device(uint32_t ms)
{
    world_config.end_us = world_config.start_us + ms * UINT64_C(1000);
    if (setjmp(restarted)) {
        return -1;
    }
    return startup_run(&s, &platform);
}

static int restart_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_ms(t, 10));
    startup_restart(&s, RESTART_COMMAND);
    startup_restart(&s, RESTART_BUTTON); /* the first counts */
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void test_a_restart_in_order(void **state)
{
    (void)state;
    static yoke_task asks;
    asks = (yoke_task)YOKE_TASK(restart_body);
    boot_again();
    steps[2].task = &asks;
    assert_int_equal(run_device(1000), -1);
    assert_string_equal(lines(), "a runs\nA started\nb runs\nB started\nC started\n"
                                 "C stopped\nb ends\nB stopped\na ends\nA stopped\n");
    boot_again();
    assert_int_equal(boot_now()->cause, BOOT_BY_RESTART);
    assert_int_equal(boot_now()->restart, RESTART_COMMAND);
    assert_int_equal(boot_now()->failed, 1); /* setup's run; this one was in order */
}

static void test_ctrl_c_ends_in_order(void **state)
{
    (void)state;
    boot_again();
    assert_int_equal(run_device(50), 0);
    assert_up_and(down);
}

static void test_a_failed_start_ends_or_restarts(void **state)
{
    (void)state;
    boot_again();
    steps[2].start = refuse;
    steps[2].arg = (void *)"c";
    assert_int_equal(run_device(1000), 1);
    boot_again();
    steps[2].start = refuse;
    steps[2].arg = (void *)"c";
    s.restarts = true;
    assert_int_equal(boot_now()->failed, 2); /* setup's own run is one */
    assert_int_equal(run_device(1000), -1);
    boot_again();
    assert_int_equal(boot_now()->failed, 3);
    assert_int_equal(boot_now()->restart, RESTART_FAILED_START);
}

static void test_safe_mode_leaves_out_the_app_and_forgives(void **state)
{
    (void)state;
    for (unsigned i = 0; i < BOOT_FAILED_MAX; i++) {
        boot_again();
    }
    steps[1].not_in_safe_mode = true;
    steps[0].start = refuse;
    steps[0].arg = (void *)"a";
    assert_int_equal(run_device(50), 0);
    assert_string_equal(lines(), "refuses a\nA did not start\nB left out in safe mode\na runs\n"
                                 "c runs\nC started\nc ends\nC stopped\na ends\nA stopped\n");
}

static void test_healthy_after_a_while(void **state)
{
    (void)state;
    boot_again();
    boot_again();
    assert_int_equal(boot_now()->failed, 2);
    assert_int_equal(run_device(95), 0); /* not yet: 100 ms from when all were up */
    boot_again();
    assert_int_equal(boot_now()->failed, 2);
    assert_int_equal(run_device(105), 0);
    boot_again();
    assert_int_equal(boot_now()->failed, 0);
}

#define with_steps(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_steps(test_up_in_order_and_down_in_reverse),
        with_steps(test_calls_are_awaited),
        with_steps(test_a_cancel_while_it_starts),
        with_steps(test_a_step_that_is_too_slow),
        with_steps(test_a_task_that_ends_at_once),
        with_steps(test_a_task_that_runs_already),
        with_steps(test_the_stop_of_a_step_that_failed_is_called),
        with_steps(test_a_step_that_may_fail),
        with_steps(test_a_task_that_does_not_end_is_left),
        with_steps(test_a_stop_that_is_too_slow_or_fails),
        with_steps(test_a_cancel_while_it_stops),
        with_steps(test_a_restart_in_order),
        with_steps(test_ctrl_c_ends_in_order),
        with_steps(test_a_failed_start_ends_or_restarts),
        with_steps(test_safe_mode_leaves_out_the_app_and_forgives),
        with_steps(test_healthy_after_a_while),
    };
    return cmocka_run_group_tests_name("startup", tests, NULL, NULL);
}
