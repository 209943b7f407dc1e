/* The app loop started and stopped again and again, and tasks that live across both threads. */
#include "threads.h"

typedef struct {
    yoke_task task;
    uint32_t i, n;
} actor;

static int count_step(void *arg)
{
    atomic_fetch_add((atomic_uint *)arg, 1);
    return YOKE_OK;
}

/* --- 200 lives -------------------------------------------------------- */

static atomic_uint steps;
static yoke_signal born;

static int born_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    yoke_signal_set(&born, 0);
    YOKE_END(t);
}

static yoke_task born_task = YOKE_TASK(born_body);

static int lives_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    for (me->i = 0; me->i < me->n; me->i++) {
        expect(yoke_app_state(&app) == YOKE_APP_OFF);
        expect(yoke_start(&app.loop, &born_task) == YOKE_OK);
        expect(yoke_app_start(&app) == YOKE_OK);
        expect(yoke_app_start(&app) == YOKE_EBUSY);
        if (me->i % 2) { /* every other life ends before it has well begun */
            YOKE_AWAIT(t, yoke_signal_wait(t, &born, NULL));
        }
        yoke_app_stop(&app);
        YOKE_AWAIT(t, yoke_app_join(t, &app));
        expect(yoke_done(&born_task)); /* the first turn is always done */
        yoke_signal_take(&born, NULL);
    }
    YOKE_END(t);
}

static void test_start_stop_and_start_again(void **state)
{
    (void)state;
    atomic_store(&steps, 0);
    yoke_worker w = {
        .name = "w", .step = count_step, .arg = (void *)(uintptr_t)&steps, .period_us = 100};
    yoke_worker_add(&app, &w);
    actor root = {.task = YOKE_TASK(lives_body), .n = 200};
    run(&root.task);
    assert_int_equal(root.i, 200);
    assert_int_equal(yoke_worker_read(&w).runs, atomic_load(&steps));
}

/* --- children on the other thread ------------------------------------- */

static int child_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    for (me->i = 0; me->i < me->n; me->i++) {
        YOKE_TRY(t, yoke_yield(t));
    }
    t->rc = 7;
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static actor children[4];
static yoke_task *const child_tasks[] = {&children[0].task, &children[1].task, &children[2].task,
                                         &children[3].task};

static int parent_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    yoke_app_start(&app);
    for (me->i = 0; me->i < me->n; me->i++) {
        for (unsigned c = 0; c < 4; c++) {
            children[c].n = c == 3 ? UINT32_MAX : me->i % 5;
            expect(yoke_start(c % 2 ? &app.loop : &platform, child_tasks[c]) == YOKE_OK);
        }
        yoke_wake(child_tasks[1]);
        yoke_cancel(child_tasks[3]); /* runs for ever otherwise */
        YOKE_AWAIT(t, yoke_gather(t, child_tasks, 4));
        expect(t->status < 0);
        for (unsigned c = 0; c < 4; c++) {
            int rc = children[c].task.rc;
            expect(yoke_done(child_tasks[c]));
            expect(c == 3 ? rc == YOKE_ECANCELED : rc == 7 || rc == YOKE_ECANCELED);
        }
    }
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    YOKE_END(t);
}

static void test_gather_and_cancel_across_the_threads(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 4; c++) {
        children[c] = (actor){.task = YOKE_TASK(child_body)};
    }
    actor root = {.task = YOKE_TASK(parent_body), .n = rounds(5000)};
    run(&root.task);
}

static int sleeper_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_ms(t, 3600000));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* Cancelled while it is about to sleep, asleep, or not even begun. */
static int canceller_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    yoke_app_start(&app);
    for (me->i = 0; me->i < me->n; me->i++) {
        expect(yoke_start(&app.loop, child_tasks[0]) == YOKE_OK);
        if (me->i % 3 == 1) {
            YOKE_AWAIT(t, yoke_yield(t));
        }
        yoke_cancel(child_tasks[0]);
        YOKE_AWAIT(t, yoke_join(t, child_tasks[0]));
        expect(t->status == YOKE_ECANCELED);
    }
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    YOKE_END(t);
}

static void test_a_cancel_is_never_lost(void **state)
{
    (void)state;
    children[0] = (actor){.task = YOKE_TASK(sleeper_body)};
    actor root = {.task = YOKE_TASK(canceller_body), .n = rounds(20000)};
    run(&root.task);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_threads(test_start_stop_and_start_again),
        on_threads(test_gather_and_cancel_across_the_threads),
        on_threads(test_a_cancel_is_never_lost),
    };
    return cmocka_run_group_tests_name("app", tests, NULL, NULL);
}
