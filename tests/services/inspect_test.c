/* The account of every task. The tables live as long as the program; each test ends its tasks. */
#include "world.h"

#include "yoke/delay.h"
#include "yoke/inspect.h"

static int inspect_setup(void **state)
{
    world_setup(state);
    world_without_strays(); /* runs are counted */
    world_open_again();
    inspect_open(&platform);
    inspect_open(&app.loop);
    return 0;
}

typedef struct {
    yoke_task task;
    uint32_t run_us;
} actor;

static int actor_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    for (;;) {
        delay_us(me->run_us);
        YOKE_TRY(t, yoke_sleep_ms(t, 10));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static bool find(const yoke_task *t, inspect_row *row)
{
    for (unsigned n = 0; inspect_task(n, row); n++) {
        if (row->task == t) {
            return true;
        }
    }
    return false;
}

static unsigned count_rows(void)
{
    inspect_row row;
    unsigned n = 0;
    while (inspect_task(n, &row)) {
        n++;
    }
    return n;
}

static void end_all(actor *actors, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        yoke_cancel(&actors[i].task);
    }
    world_run_ms(1);
}

static void test_runs_and_times_of_a_task(void **state)
{
    (void)state;
    actor a = {.task = YOKE_TASK(actor_body), .run_us = 2000};
    begin(&platform, &a.task);
    world_run_ms(25);
    inspect_row row;
    assert_true(find(&a.task, &row));
    assert_string_equal(row.name, "actor_body");
    assert_string_equal(row.file, __FILE__);
    assert_int_equal(row.line, a.task.line);
    assert_int_equal(row.core, 0);
    assert_int_equal(row.runs, 3);
    assert_int_equal(row.run_us_longest, 2000);
    assert_int_equal(row.run_us_total, 6000);
    end_all(&a, 1);
}

static void test_a_task_that_has_ended_has_no_row(void **state)
{
    (void)state;
    actor a = {.task = YOKE_TASK(actor_body)};
    begin(&platform, &a.task);
    world_run_ms(1);
    unsigned rows = count_rows();
    end_all(&a, 1);
    inspect_row row;
    assert_false(find(&a.task, &row));
    assert_int_equal(count_rows(), rows - 1);
    begin(&platform, &a.task); /* a new life, a new account */
    world_run_ms(1);
    assert_true(find(&a.task, &row));
    assert_int_equal(row.runs, 1);
    end_all(&a, 1);
}

static void test_rows_of_both_loops_core_0_first(void **state)
{
    (void)state;
    actor a = {.task = YOKE_TASK(actor_body)}, b = {.task = YOKE_TASK(actor_body), .run_us = 10};
    begin(&app.loop, &b.task);
    begin(&platform, &a.task);
    yoke_app_start(&app);
    world_run_ms(1);
    inspect_row row;
    unsigned core = 0;
    for (unsigned n = 0; inspect_task(n, &row); n++) {
        assert_true(row.core >= core);
        core = row.core;
    }
    assert_int_equal(core, 1);
    assert_true(find(&b.task, &row));
    assert_int_equal(row.run_us_longest, 10);
    yoke_cancel(&a.task);
    end_all(&b, 1);
}

static void test_a_full_table_refuses_and_counts(void **state)
{
    (void)state;
    static actor actors[INSPECT_TASKS + 3];
    uint32_t before = inspect_refused();
    for (unsigned i = 0; i < INSPECT_TASKS + 3; i++) {
        actors[i] = (actor){.task = YOKE_TASK(actor_body)};
        begin(&app.loop, &actors[i].task);
    }
    yoke_app_start(&app);
    world_run_ms(1);
    assert_int_equal(inspect_refused() - before, 3);
    end_all(actors, INSPECT_TASKS + 3);
    assert_int_equal(count_rows(), 0);
}

#define with_inspect(test) cmocka_unit_test_setup(test, inspect_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_inspect(test_runs_and_times_of_a_task),
        with_inspect(test_a_task_that_has_ended_has_no_row),
        with_inspect(test_rows_of_both_loops_core_0_first),
        with_inspect(test_a_full_table_refuses_and_counts),
    };
    return cmocka_run_group_tests_name("inspect", tests, NULL, NULL);
}
