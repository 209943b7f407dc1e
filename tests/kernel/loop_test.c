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

static void test_a_turn_takes_timers_then_inbox_and_what_was_ready_first(void **state)
{
    (void)state;
    actor timed = ACTOR(.name = "timer", .ms = 1);
    actor queued = ACTOR(.name = "inbox");
    actor ready = ACTOR(.name = "ready");
    actor first = ACTOR(.name = "first", .starts = &ready.task);
    begin(&platform, &timed.task);
    yoke_loop_step(&platform); /* outside of any loop: all starts go through the inbox */
    begin(&platform, &first.task);
    world_run_ms(0);
    world_run_ms(2);
    begin(&platform, &queued.task);
    world_run_ms(0);
    assert_trace("0 first\n0 ready\n1000 timer\n2000 inbox\n");
}

/* Both are due in the same turn: the one queued from outside, and the one whose timer is due. */
typedef struct {
    yoke_task task;
    actor *other;
} starter;

static void start_from_interrupt(void *task)
{
    begin(&platform, task);
}

static void test_timers_come_before_the_inbox(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        world_config.seed = seed;
        world_open_again();
        actor timed = ACTOR(.name = "timer", .ms = 5);
        actor queued = ACTOR(.name = "inbox");
        begin(&platform, &timed.task);
        begin(&platform, &queued.task);
        world_run_ms(4); /* `queued` has ended; begin it anew, just before the turn at 5 ms */
        sim_interrupt_at(world_config.start_us + 5000, start_from_interrupt, &queued.task);
        world_run_ms(2);
        assert_int_equal(trace_count("5000 timer"), 1);
        assert_int_equal(trace_count("5000 inbox"), 1);
        assert_string_not_equal(trace_text(), "0 inbox\n5000 inbox\n5000 timer\n");
    }
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

/* --- what a turn answers; the loop is stepped by hand here
 * ---------------------------------------- */

static void test_a_turn_answers_when_the_next_is_due(void **state)
{
    (void)state;
    uint64_t start_us = yoke_port_now_us();
    assert_true(yoke_loop_step(&platform) == YOKE_NEVER);
    actor timed = ACTOR(.name = "timer", .ms = 7);
    begin(&platform, &timed.task);
    assert_true(yoke_loop_step(&platform) == start_us + 7000);
    yoke_wake(&timed.task);
    assert_true(yoke_loop_step(&platform) == start_us + 7000);
}

static int busy_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_yield(t));
    YOKE_END(t);
}

static void test_a_turn_that_leaves_something_ready_answers_at_once(void **state)
{
    (void)state;
    yoke_task t = YOKE_TASK(busy_body);
    begin(&platform, &t);
    assert_true(yoke_loop_step(&platform) == YOKE_AT_ONCE);
    assert_true(yoke_loop_step(&platform) == YOKE_NEVER);
    assert_true(yoke_done(&t));
}

static void test_a_core_that_does_not_exist_fails_201(void **state)
{
    (void)state;
    yoke_loop l;
    yoke_loop_init(&l, 1);
    assert_check_fails("loop", 201, yoke_loop_init(&l, YOKE_CORES));
}

/* --- observers
 * ------------------------------------------------------------------------------------- */

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
        in_world(test_a_turn_takes_timers_then_inbox_and_what_was_ready_first),
        in_world(test_timers_come_before_the_inbox),
        in_world(test_what_becomes_ready_in_a_turn_waits_for_the_next),
        in_world(test_a_turn_answers_when_the_next_is_due),
        in_world(test_a_turn_that_leaves_something_ready_answers_at_once),
        in_world(test_a_core_that_does_not_exist_fails_201),
        in_world(test_observers_see_each_run),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
