/* The loop: the order within a turn, the clock of a turn, and observers. */
#include "world.h"

typedef struct {
    yoke_task task;
    const char *name;
    uint32_t ms;
    yoke_task *starts; /* this one, in its last run */
} actor;

static int actor_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    if (me->ms) {
        YOKE_AWAIT(t, yoke_sleep_ms(t, me->ms));
    }
    note_at("%s", me->name);
    if (me->starts) {
        begin(&platform, me->starts);
    }
    YOKE_END(t);
}

#define ACTOR(...)                                 \
    {                                              \
        .task = YOKE_TASK(actor_body), __VA_ARGS__ \
    }

static void start_from_interrupt(void *task)
{
    begin(&platform, task);
}

/* Both are due at 5 ms: a timer, and a task that an interrupt starts just then. If they come in one
 * turn, the timer is first. */
static void test_timers_come_before_the_inbox(void **state)
{
    (void)state;
    unsigned timer_first = 0;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        world_config.seed = seed;
        world_open_again();
        actor timed = ACTOR(.name = "timer", .ms = 5);
        actor queued = ACTOR(.name = "inbox");
        begin(&platform, &timed.task);
        sim_interrupt_at(world_config.start_us + 5000, start_from_interrupt, &queued.task);
        world_run_ms(7);
        timer_first += strcmp(trace_text(), "5000 timer\n5000 inbox\n") == 0;
    }
    assert_int_equal(timer_first, 40);
}

static void test_what_becomes_ready_in_a_turn_waits_for_the_next(void **state)
{
    (void)state;
    actor third = ACTOR(.name = "third");
    actor first = ACTOR(.name = "first", .starts = &third.task);
    actor second = ACTOR(.name = "second");
    begin(&platform, &first.task);
    begin(&platform, &second.task);
    world_run_ms(1);
    assert_trace("0 first\n0 second\n0 third\n");
}

/* --- what a turn answers ---------------------------------------------- */

static uint64_t noting_step(yoke_loop *l)
{
    uint64_t due_us = yoke_loop_step(l);
    if (due_us == YOKE_AT_ONCE || due_us == YOKE_NEVER) {
        note_at(due_us == YOKE_NEVER ? "never" : "at once");
    } else {
        note_at("at %u", (unsigned)(due_us - world_config.start_us));
    }
    return due_us;
}

static void exact_world(void)
{
    world_without_strays();
    world_open_again();
}

static void test_a_turn_answers_when_the_next_is_due(void **state)
{
    (void)state;
    exact_world();
    actor a = ACTOR(.name = "a", .ms = 7);
    actor b = ACTOR(.name = "b", .ms = 9);
    app.loop.step = noting_step; /* as a plain loop */
    begin(&app.loop, &b.task);
    begin(&app.loop, &a.task);
    yoke_port_launch(&app.loop);
    world_run_ms(8);
    yoke_wake(&b.task);
    world_run_ms(8);
    assert_trace("0 at 7000\n7000 a\n7000 at 9000\n8000 at 9000\n9000 b\n9000 never\n");
}

typedef struct {
    yoke_task task;
    int left;
} yielder;

static int yielder_body(yoke_task *t)
{
    yielder *me = YOKE_FRAME(yielder, t);
    YOKE_BEGIN(t);
    while (me->left-- > 0) {
        YOKE_AWAIT(t, yoke_yield(t));
    }
    YOKE_END(t);
}

/* It comes back to the port now and then although there is always something to do. */
static void test_a_turn_that_leaves_something_ready_answers_at_once(void **state)
{
    (void)state;
    exact_world();
    yielder y = {.task = YOKE_TASK(yielder_body), .left = 200};
    app.loop.step = noting_step;
    begin(&app.loop, &y.task);
    yoke_port_launch(&app.loop);
    world_run_ms(8);
    assert_true(yoke_done(&y.task));
    assert_true(strncmp(trace_text(), "0 at once\n0 at once\n", 20) == 0);
    assert_non_null(strstr(trace_text(), "never\n"));
}

/* --- observers -------------------------------------------------------- */

typedef struct {
    yoke_observer observer;
    const char *name;
} witness;

static void see(yoke_observer *o, yoke_task *t, enum yoke_event event)
{
    static const char *const names[] = {"runs", "pauses", "ends"};
    const witness *me = (const witness *)(void *)o;
    if (t->body == actor_body) {
        note("%s: %s, %d", me->name, names[event], event == YOKE_ENDS ? t->rc : 0);
    }
}

static void test_observers_see_each_run(void **state)
{
    (void)state;
    world_without_strays();
    world_open_again();
    witness a = {.observer.see = see, .name = "a"};
    witness b = {.observer.see = see, .name = "b"};
    witness other_loop = {.observer.see = see, .name = "c"};
    yoke_observe(&platform, &a.observer);
    yoke_observe(&platform, &b.observer);
    yoke_observe(&app.loop, &other_loop.observer);
    actor timed = ACTOR(.name = "x", .ms = 1);
    begin(&platform, &timed.task);
    world_run_ms(2);
    assert_int_equal(trace_count("a: runs, 0"), 2);
    assert_int_equal(trace_count("b: runs, 0"), 2);
    assert_int_equal(trace_count("a: pauses, 0"), 1);
    assert_int_equal(trace_count("b: ends, 0"), 1);
    assert_int_equal(trace_count("c: runs, 0"), 0);
    assert_non_null(strstr(trace_text(), "1000 x\nb: ends, 0\na: ends, 0\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_timers_come_before_the_inbox),
        in_world(test_what_becomes_ready_in_a_turn_waits_for_the_next),
        in_world(test_a_turn_answers_when_the_next_is_due),
        in_world(test_a_turn_that_leaves_something_ready_answers_at_once),
        in_world(test_observers_see_each_run),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
