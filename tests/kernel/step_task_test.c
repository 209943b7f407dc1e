/* A task as a worker's step: one stage a period. */
#include "world.h"

typedef struct {
    yoke_task task;
    yoke_signal signal;
    uint32_t value;
    int rc;
    int i;
} job;

static yoke_worker make(yoke_task *t, uint32_t period_ms)
{
    return (yoke_worker){
        .name = "job", .step = yoke_step_task, .arg = t, .period_us = period_ms * 1000};
}

static void run(yoke_worker *w, uint32_t ms)
{
    assert_int_equal(yoke_worker_add(&app, w), YOKE_OK);
    yoke_app_start(&app);
    world_run_ms(ms);
}

static int stages_body(yoke_task *t)
{
    job *me = YOKE_FRAME(job, t);
    YOKE_BEGIN(t);
    for (me->i = 0; me->i < 3; me->i++) {
        note_at("stage %d", me->i);
        YOKE_AWAIT(t, yoke_yield(t));
    }
    note_at("end");
    YOKE_END(t);
}

static void test_each_step_does_one_stage_and_the_end_begins_anew(void **state)
{
    (void)state;
    job j = {.task = YOKE_TASK(stages_body)};
    yoke_worker w = make(&j.task, 10);
    run(&w, 55);
    assert_trace("0 stage 0\n10000 stage 1\n20000 stage 2\n30000 end\n40000 stage 0\n"
                 "50000 stage 1\n");
    yoke_worker_stats s = yoke_worker_read(&w);
    assert_int_equal(s.runs, 6);
    assert_int_equal(s.errors, 0);
}

static int waits_body(yoke_task *t)
{
    job *me = YOKE_FRAME(job, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_signal_wait(t, &me->signal, &me->value));
    note_at("heard %u", me->value);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 25));
    note_at("slept");
    YOKE_AWAIT(t, yoke_within(t, 12, yoke_signal_wait(t, &me->signal, &me->value)));
    note_at("%d", t->status);
    YOKE_END(t);
}

/* Whoever wakes it, and whenever its time comes: it goes on in the next step. */
static void test_its_waits_are_looked_at_in_each_step(void **state)
{
    (void)state;
    job j = {.task = YOKE_TASK(waits_body)};
    yoke_worker w = make(&j.task, 10);
    run(&w, 12);
    yoke_signal_set(&j.signal, 5);
    world_run_ms(63); /* to 75 ms */
    assert_trace("20000 heard 5\n50000 slept\n70000 -2\n");
    assert_int_equal(yoke_worker_read(&w).runs, 8);
}

static int fails_body(yoke_task *t)
{
    job *me = YOKE_FRAME(job, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_yield(t));
    YOKE_TRY(t, me->rc);
    YOKE_FINALLY(t);
    note_at("ends with %d", t->rc);
    YOKE_END(t);
}

static void test_a_body_that_fails_is_an_error_of_the_worker(void **state)
{
    (void)state;
    job j = {.task = YOKE_TASK(fails_body), .rc = -8};
    yoke_worker w = make(&j.task, 10);
    run(&w, 45);
    assert_trace("10000 ends with -8\n30000 ends with -8\n");
    yoke_worker_stats s = yoke_worker_read(&w);
    assert_int_equal(s.errors, 2);
    assert_int_equal(s.error_last, -8);
}

static int sleeps_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_ms(t, 1000));
    YOKE_FINALLY(t);
    note_at("ends with %d", t->rc);
    YOKE_END(t);
}

static void test_it_can_be_cancelled_from_the_other_core(void **state)
{
    (void)state;
    job j = {.task = YOKE_TASK(sleeps_body)};
    yoke_worker w = make(&j.task, 10);
    run(&w, 15);
    yoke_cancel(&j.task);
    yoke_wake(&j.task);
    world_run_ms(10);
    assert_trace("20000 ends with -3\n");
}

typedef struct {
    yoke_task task;
    yoke_task *other;
} joiner;

static int joiner_body(yoke_task *t)
{
    joiner *me = YOKE_FRAME(joiner, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 5));
    YOKE_AWAIT(t, yoke_join(t, me->other));
    note_at("join answers %d", t->status);
    YOKE_END(t);
}

static void test_a_task_can_join_it(void **state)
{
    (void)state;
    for (int core = 0; core < 2; core++) {
        world_open();
        job j = {.task = YOKE_TASK(fails_body), .rc = 0};
        yoke_worker w = make(&j.task, 10);
        joiner k = {.task = YOKE_TASK(joiner_body), .other = &j.task};
        begin(core ? &app.loop : &platform, &k.task);
        run(&w, 15);
        assert_trace("10000 ends with 0\n10000 join answers 0\n");
    }
}

static int parent_body(yoke_task *t)
{
    joiner *me = YOKE_FRAME(joiner, t);
    YOKE_BEGIN(t);
    begin(&app.loop, me->other);
    YOKE_AWAIT(t, yoke_join(t, me->other));
    note_at("child answered %d", t->status);
    YOKE_END(t);
}

static int child_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 3));
    t->rc = 6;
    note_at("child ends");
    YOKE_END(t);
}

static void test_it_can_have_children_on_the_loop(void **state)
{
    (void)state;
    yoke_task child = YOKE_TASK(child_body);
    joiner p = {.task = YOKE_TASK(parent_body), .other = &child};
    yoke_worker w = make(&p.task, 10);
    run(&w, 15);
    assert_trace("3000 child ends\n10000 child answered 6\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_each_step_does_one_stage_and_the_end_begins_anew),
        in_world(test_its_waits_are_looked_at_in_each_step),
        in_world(test_a_body_that_fails_is_an_error_of_the_worker),
        in_world(test_it_can_be_cancelled_from_the_other_core),
        in_world(test_a_task_can_join_it),
        in_world(test_it_can_have_children_on_the_loop),
    };
    return cmocka_run_group_tests_name("step_task", tests, NULL, NULL);
}
