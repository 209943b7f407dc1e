/* Functions posted to a loop: from either loop and from interrupts. */
#include "world.h"

static void tell(void *arg)
{
    const yoke_loop *here = yoke_port_here();
    note_at("%s on core %d", (const char *)arg, here ? here->core : -1);
}

#define JOB(text)                                     \
    {                                                 \
        .run = tell, .arg = (void *)(uintptr_t)(text) \
    }

static void test_jobs_run_in_the_order_of_their_posts(void **state)
{
    (void)state;
    yoke_job a = JOB("a"), b = JOB("b"), c = JOB("c");
    assert_int_equal(yoke_post(&platform, &b), YOKE_OK);
    assert_int_equal(yoke_post(&platform, &a), YOKE_OK);
    assert_int_equal(yoke_post(&platform, &c), YOKE_OK);
    assert_trace("");
    world_run_ms(1);
    assert_trace("0 b on core 0\n0 a on core 0\n0 c on core 0\n");
}

static void test_a_job_that_has_not_run_is_busy(void **state)
{
    (void)state;
    yoke_job a = JOB("a");
    assert_int_equal(yoke_post(&platform, &a), YOKE_OK);
    assert_int_equal(yoke_post(&platform, &a), YOKE_EBUSY);
    assert_int_equal(yoke_post(&app.loop, &a), YOKE_EBUSY);
    world_run_ms(1);
    assert_int_equal(yoke_post(&platform, &a), YOKE_OK);
    world_run_ms(1);
    assert_trace("0 a on core 0\n1000 a on core 0\n");
}

typedef struct {
    yoke_task task;
    yoke_job *jobs[2];
} poster;

static int poster_body(yoke_task *t)
{
    poster *me = YOKE_FRAME(poster, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 2));
    yoke_post(&app.loop, me->jobs[0]);
    yoke_post(&app.loop, me->jobs[1]);
    YOKE_END(t);
}

static void test_to_the_other_loop(void **state)
{
    (void)state;
    yoke_job a = JOB("a"), b = JOB("b");
    poster p = {.task = YOKE_TASK(poster_body), .jobs = {&a, &b}};
    yoke_app_start(&app);
    begin(&platform, &p.task);
    world_run_ms(4);
    assert_trace("2000 a on core 1\n2000 b on core 1\n");
}

static void test_to_an_app_loop_that_is_off_it_waits(void **state)
{
    (void)state;
    yoke_job a = JOB("a");
    yoke_post(&app.loop, &a);
    world_run_ms(3);
    assert_trace("");
    yoke_app_start(&app);
    world_run_ms(1);
    assert_trace("3000 a on core 1\n");
}

static yoke_job from_interrupt;

static void post_both(void *arg)
{
    yoke_post(&app.loop, arg);
    yoke_post(&platform, &from_interrupt);
}

static void test_from_an_interrupt(void **state)
{
    (void)state;
    yoke_job a = JOB("a");
    from_interrupt = (yoke_job)JOB("b");
    yoke_app_start(&app);
    sim_interrupt_at(world_config.start_us + 777, post_both, &a);
    world_run_ms(2);
    assert_int_equal(trace_count("777 a on core 1"), 1);
    assert_int_equal(trace_count("777 b on core 0"), 1);
}

/* A job may post itself again: it has not ended yet, so that is busy; from a second job it works.
 */
static void post_again(void *job)
{
    note("%d", yoke_post(&platform, job));
}

static void test_a_job_cannot_post_itself(void **state)
{
    (void)state;
    yoke_job a = {.run = post_again};
    a.arg = &a;
    yoke_post(&platform, &a);
    world_run_ms(1);
    assert_trace("-4\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_jobs_run_in_the_order_of_their_posts),
        in_world(test_a_job_that_has_not_run_is_busy),
        in_world(test_to_the_other_loop),
        in_world(test_to_an_app_loop_that_is_off_it_waits),
        in_world(test_from_an_interrupt),
        in_world(test_a_job_cannot_post_itself),
    };
    return cmocka_run_group_tests_name("post", tests, NULL, NULL);
}
