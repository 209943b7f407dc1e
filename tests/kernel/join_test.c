/* Parents and children: join and gather. */
#include "world.h"

typedef struct {
    yoke_task task;
    const char *name;
    uint32_t ms;
    int rc;
} child;

static int child_body(yoke_task *t)
{
    child *me = YOKE_FRAME(child, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_ms(t, me->ms));
    t->rc = me->rc;
    YOKE_FINALLY(t);
    note_at("%s ends with %d", me->name, t->rc);
    YOKE_END(t);
}

#define CHILD(name_, ms_, ...)                                                   \
    {                                                                            \
        .task = YOKE_TASK(child_body), .name = (name_), .ms = (ms_), __VA_ARGS__ \
    }

typedef struct {
    yoke_task task;
    yoke_task *other;
    uint32_t limit_ms;
} joiner;

static int joiner_body(yoke_task *t)
{
    joiner *me = YOKE_FRAME(joiner, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_join(t, me->other));
    note_at("join answers %d", t->status);
    YOKE_END(t);
}

static int limited_joiner_body(yoke_task *t)
{
    joiner *me = YOKE_FRAME(joiner, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_within(t, me->limit_ms, yoke_join(t, me->other)));
    note_at("join answers %d", t->status);
    YOKE_END(t);
}

static void test_join_answers_the_result(void **state)
{
    (void)state;
    child c = CHILD("c", 5, .rc = 9);
    joiner j = {.task = YOKE_TASK(joiner_body), .other = &c.task};
    begin(&platform, &c.task);
    begin(&platform, &j.task);
    world_run_ms(10);
    assert_trace("5000 c ends with 9\n5000 join answers 9\n");
}

static void test_join_of_a_child_that_has_ended_answers_at_once(void **state)
{
    (void)state;
    child c = CHILD("c", 5, .rc = -8);
    joiner j = {.task = YOKE_TASK(joiner_body), .other = &c.task};
    begin(&platform, &c.task);
    world_run_ms(6);
    begin(&platform, &j.task);
    world_run_ms(1);
    assert_trace("5000 c ends with -8\n6000 join answers -8\n");
}

static void test_join_across_the_loops_both_ways(void **state)
{
    (void)state;
    child c = CHILD("c", 5, .rc = 1);
    child d = CHILD("d", 7, .rc = 2);
    joiner of_c = {.task = YOKE_TASK(joiner_body), .other = &c.task};
    joiner of_d = {.task = YOKE_TASK(joiner_body), .other = &d.task};
    begin(&app.loop, &c.task);
    begin(&platform, &of_c.task);
    begin(&platform, &d.task);
    begin(&app.loop, &of_d.task);
    yoke_app_start(&app);
    world_run_ms(10);
    assert_trace("5000 c ends with 1\n5000 join answers 1\n"
                 "7000 d ends with 2\n7000 join answers 2\n");
}

static void test_cancelled_child_answers_canceled(void **state)
{
    (void)state;
    child c = CHILD("c", 5, .rc = 0);
    joiner j = {.task = YOKE_TASK(joiner_body), .other = &c.task};
    begin(&platform, &c.task);
    begin(&platform, &j.task);
    world_run_ms(1);
    yoke_cancel(&c.task);
    world_run_ms(1);
    assert_trace("1000 c ends with -3\n1000 join answers -3\n");
}

static void test_second_joiner_fails_102(void **state)
{
    (void)state;
    child c = CHILD("c", 5, .rc = 0);
    joiner j = {.task = YOKE_TASK(joiner_body), .other = &c.task};
    joiner k = {.task = YOKE_TASK(joiner_body), .other = &c.task};
    begin(&platform, &c.task);
    begin(&platform, &j.task);
    begin(&platform, &k.task);
    assert_check_fails("task", 102, world_run_ms(10));
}

static void test_joiner_that_gives_up_makes_room_for_another(void **state)
{
    (void)state;
    child c = CHILD("c", 5, .rc = 4);
    joiner j = {.task = YOKE_TASK(limited_joiner_body), .other = &c.task, .limit_ms = 2};
    joiner k = {.task = YOKE_TASK(joiner_body), .other = &c.task};
    begin(&platform, &c.task);
    begin(&platform, &j.task);
    world_run_ms(3);
    begin(&platform, &k.task);
    world_run_ms(1);
    yoke_cancel(&k.task);
    world_run_ms(0);
    begin(&platform, &j.task);
    world_run_ms(3);
    assert_trace("2000 join answers -2\n"
                 "4000 join answers -3\n"
                 "5000 c ends with 4\n"
                 "5000 join answers 4\n");
}

/* --- gather --------------------------------------------------------------------------------------
 */

typedef struct {
    yoke_task task;
    yoke_task *children[3];
    size_t count;
} parent;

static int parent_body(yoke_task *t)
{
    parent *me = YOKE_FRAME(parent, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_gather(t, me->children, me->count));
    YOKE_FINALLY(t);
    note_at("gather answers %d", t->status);
    for (size_t i = 0; i < me->count; i++) {
        yoke_cancel(me->children[i]);
    }
    YOKE_AWAIT(t, yoke_gather(t, me->children, me->count));
    note_at("all ended");
    YOKE_END(t);
}

static void gather(yoke_loop *home, child *a, child *b, child *c)
{
    parent p = {
        .task = YOKE_TASK(parent_body), .children = {&a->task, &b->task, &c->task}, .count = 3};
    begin(home, &a->task);
    begin(home, &b->task);
    begin(home, &c->task);
    world_run(&p.task);
}

static void test_gather_waits_for_all(void **state)
{
    (void)state;
    child a = CHILD("a", 5, .rc = 1);
    child b = CHILD("b", 3, .rc = 0);
    child c = CHILD("c", 4, .rc = 2);
    gather(&platform, &a, &b, &c);
    assert_trace("3000 b ends with 0\n4000 c ends with 2\n5000 a ends with 1\n"
                 "5000 gather answers 0\n5000 all ended\n");
}

static void test_gather_cancels_the_rest_after_the_first_error(void **state)
{
    (void)state;
    child a = CHILD("a", 5, .rc = 0);
    child b = CHILD("b", 3, .rc = -8);
    child c = CHILD("c", 2, .rc = 0);
    gather(&platform, &a, &b, &c);
    assert_trace("2000 c ends with 0\n3000 b ends with -8\n3000 a ends with -3\n"
                 "3000 gather answers -8\n3000 all ended\n");
}

static void cancel(void *task)
{
    yoke_cancel(task);
}

static void test_gather_answers_canceled_only_if_there_is_no_other_error(void **state)
{
    (void)state;
    child a = CHILD("a", 5, .rc = 0);
    child b = CHILD("b", 6, .rc = 0);
    child c = CHILD("c", 7, .rc = 0);
    sim_interrupt_at(world_config.start_us + 2000, cancel, &b.task);
    gather(&platform, &a, &b, &c);
    assert_true(trace_count("2000 gather answers -3") == 1);
    assert_int_equal(trace_count("2000 a ends with -3"), 1);
    assert_int_equal(trace_count("2000 c ends with -3"), 1);
}

static void test_gather_across_the_loops(void **state)
{
    (void)state;
    child a = CHILD("a", 3, .rc = -8);
    child b = CHILD("b", 5, .rc = 0);
    child c = CHILD("c", 2, .rc = 0);
    yoke_app_start(&app);
    gather(&app.loop, &a, &b, &c);
    assert_trace("2000 c ends with 0\n3000 a ends with -8\n3000 b ends with -3\n"
                 "3000 gather answers -8\n3000 all ended\n");
}

static void test_gather_of_children_that_have_ended(void **state)
{
    (void)state;
    child a = CHILD("a", 1, .rc = 0);
    child b = CHILD("b", 2, .rc = -7);
    child c = CHILD("c", 3, .rc = -8);
    begin(&platform, &a.task);
    begin(&platform, &b.task);
    begin(&platform, &c.task);
    world_run_ms(5);
    parent p = {
        .task = YOKE_TASK(parent_body), .children = {&a.task, &c.task, &b.task}, .count = 3};
    assert_int_equal(world_run(&p.task), YOKE_EIO);
}

static void test_gather_of_none_answers_at_once(void **state)
{
    (void)state;
    parent p = {.task = YOKE_TASK(parent_body), .count = 0};
    assert_int_equal(world_run(&p.task), YOKE_OK);
    assert_trace("0 gather answers 0\n0 all ended\n");
}

static void test_cancelled_parent_takes_its_children_along(void **state)
{
    (void)state;
    child a = CHILD("a", 5, .rc = 0);
    child b = CHILD("b", 6, .rc = 0);
    parent p = {.task = YOKE_TASK(parent_body), .children = {&a.task, &b.task}, .count = 2};
    begin(&platform, &a.task);
    begin(&platform, &b.task);
    sim_interrupt_at(world_config.start_us + 2000, cancel, &p.task);
    assert_int_equal(world_run(&p.task), YOKE_ECANCELED);
    assert_trace("2000 gather answers -3\n2000 a ends with -3\n2000 b ends with -3\n"
                 "2000 all ended\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_join_answers_the_result),
        in_world(test_join_of_a_child_that_has_ended_answers_at_once),
        in_world(test_join_across_the_loops_both_ways),
        in_world(test_cancelled_child_answers_canceled),
        in_world(test_second_joiner_fails_102),
        in_world(test_joiner_that_gives_up_makes_room_for_another),
        in_world(test_gather_waits_for_all),
        in_world(test_gather_cancels_the_rest_after_the_first_error),
        in_world(test_gather_answers_canceled_only_if_there_is_no_other_error),
        in_world(test_gather_across_the_loops),
        in_world(test_gather_of_children_that_have_ended),
        in_world(test_gather_of_none_answers_at_once),
        in_world(test_cancelled_parent_takes_its_children_along),
    };
    return cmocka_run_group_tests_name("join", tests, NULL, NULL);
}
