/* What core 1 was in the middle of when it was ended, and what becomes of it. */
#include "life.h"

typedef struct {
    yoke_task task;
    yoke_task *child;
    yoke_worker *worker;
    yoke_signal signal;
    uint32_t ms, left;
    const char *name;
} player;

static int sleeper_body(yoke_task *t)
{
    player *me = YOKE_FRAME(player, t);
    YOKE_BEGIN(t);
    while (me->left-- > 0) {
        YOKE_TRY(t, yoke_sleep_ms(t, me->ms));
        note_at("%s", me->name);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void test_tasks_of_the_app_loop_keep_their_times(void **state)
{
    (void)state;
    actor bad = BAD("bad", 0, .harm = stand_still);
    player early = {.task = YOKE_TASK(sleeper_body), .ms = 40, .left = 1, .name = "early"};
    player late = {.task = YOKE_TASK(sleeper_body), .ms = 150, .left = 2, .name = "late"};
    begin(&app.loop, &early.task);
    begin(&app.loop, &late.task);
    yoke_app_start(&app);
    world_run_ms(1);
    add(&bad); /* stands still from 1 ms on */
    world_run_ms(400);
    assert_non_null(strstr(trace_text(), "removed bad\n"));
    assert_int_equal(trace_count("40000 early"), 0); /* its time came while nothing ran */
    const char *rest = strstr(trace_text(), "early\n");
    assert_non_null(rest);
    assert_string_equal(rest, "early\n150000 late\n300000 late\n");
}

static int waiter_body(yoke_task *t)
{
    player *me = YOKE_FRAME(player, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_signal_wait(t, &me->signal, NULL));
    note("%s goes on", me->name);
    YOKE_END(t);
}

static int bad_task_body(yoke_task *t)
{
    player *me = YOKE_FRAME(player, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 10));
    note("bad");
    if (me->child) {
        yoke_start(&app.loop, me->child);
    }
    sim_stall();
    YOKE_END(t);
}

static int joiner_body(yoke_task *t)
{
    player *me = YOKE_FRAME(player, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_join(t, me->child));
    note("join answers %d", t->status);
    YOKE_END(t);
}

static void test_a_task_that_stalls_ends_and_its_parent_hears(void **state)
{
    (void)state;
    player bad = {.task = YOKE_TASK(bad_task_body)};
    player joiner = {.task = YOKE_TASK(joiner_body), .child = &bad.task};
    player waiter = {.task = YOKE_TASK(waiter_body), .name = "waiter"};
    player newcomer = {.task = YOKE_TASK(sleeper_body), .ms = 1, .left = 1, .name = "newcomer"};
    actor good = GOOD("good", 5);
    add(&good);
    begin(&app.loop, &bad.task);
    begin(&app.loop, &waiter.task);
    begin(&platform, &joiner.task);
    yoke_app_start(&app);
    world_run_ms(20);
    begin(&app.loop, &newcomer.task); /* stays in the inbox of the dead loop */
    world_run_ms(130);
    assert_non_null(strstr(trace_text(), "kind 1 in bad_task_body, restart 1\n"));
    assert_int_equal(trace_count("join answers -8"), 1);
    assert_true(yoke_done(&bad.task));
    yoke_signal_set(&waiter.signal, 0);
    world_run_ms(5);
    assert_int_equal(trace_count("waiter goes on"), 1);
    assert_true(yoke_done(&newcomer.task));
    begin(&app.loop, &bad.task); /* its frame is its owner's again */
    world_run_ms(150);
    assert_int_equal(life.restarts, 2);
}

/* Behind the one that never comes back in the same turn, or woken by it, and never run before. */
static void test_tasks_that_were_to_run_next_still_run(void **state)
{
    (void)state;
    player behind = {.task = YOKE_TASK(waiter_body), .name = "behind"};
    player next = {.task = YOKE_TASK(waiter_body), .name = "next"};
    player bad = {.task = YOKE_TASK(bad_task_body), .child = &next.task};
    actor slow = BAD("slow", 200, .harm = take_50_ms);
    yoke_signal_set(&behind.signal, 0);
    yoke_signal_set(&next.signal, 0);
    add(&slow);
    begin(&app.loop, &bad.task); /* it is due at 10 ms, in the midst of the long step */
    yoke_app_start(&app);
    world_run_ms(20);
    begin(&app.loop, &behind.task);
    world_run_ms(25);
    assert_int_equal(trace_count("bad"), 0);
    world_run_ms(150);
    assert_int_equal(life.restarts, 1);
    assert_int_equal(trace_count("behind goes on"), 1);
    assert_int_equal(trace_count("next goes on"), 1);
}

static int leaver_body(yoke_task *t)
{
    player *me = YOKE_FRAME(player, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 30));
    yoke_worker_remove(&app, me->worker);
    YOKE_AWAIT(t, yoke_worker_join(t, me->worker));
    note("%s has left", me->worker->name);
    YOKE_END(t);
}

static void test_who_was_to_leave_has_left(void **state)
{
    (void)state;
    actor other = GOOD("other", 10), good = GOOD("good", 10);
    player leaver = {.task = YOKE_TASK(leaver_body), .worker = &other.worker};
    player bad = {.task = YOKE_TASK(bad_task_body)};
    add(&other);
    add(&good);
    begin(&app.loop, &bad.task);
    begin(&platform, &leaver.task);
    yoke_app_start(&app);
    world_run_ms(200);
    assert_int_equal(trace_count("other has left"), 1);
    assert_ptr_equal(yoke_worker_next(&app, NULL), &good.worker);
    assert_null(yoke_worker_next(&app, &good.worker));
    add(&other);
    assert_ptr_equal(yoke_worker_next(&app, &good.worker), &other.worker);
}

static int stopper_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 30));
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    note("stopped");
    YOKE_END(t);
}

static void test_a_loop_that_is_to_stop_is_not_started_again(void **state)
{
    (void)state;
    actor bad = BAD("bad", 10, .harm = stand_still, .good = 1), good = GOOD("good", 10);
    player stopper = {.task = YOKE_TASK(stopper_body)};
    add(&bad);
    add(&good);
    begin(&platform, &stopper.task);
    yoke_app_start(&app);
    world_run_ms(300);
    assert_int_equal(trace_count("stopped"), 1);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_OFF);
    uint32_t before = good.count;
    world_run_ms(100);
    assert_int_equal(good.count, before);
    assert_int_equal(yoke_app_start(&app), YOKE_OK);
    player again = {.task = YOKE_TASK(stopper_body)}; /* finds the place of the joiner empty */
    begin(&platform, &again.task);
    world_run_ms(100);
    assert_true(good.count > before);
    assert_int_equal(state_of(&bad), YOKE_WORKER_OFF);
    assert_int_equal(trace_count("stopped"), 2);
}

/* As if it had died in the middle of its account. */
static void leave_account_open(void *worker)
{
    yoke_worker *w = worker;
    atomic_fetch_add(&w->begun, 1);
    sim_stall();
}

static void test_an_account_that_was_being_written_can_be_read(void **state)
{
    (void)state;
    actor bad = BAD("bad", 10, .harm = leave_account_open, .good = 1);
    bad.arg = &bad.worker;
    add(&bad);
    yoke_app_start(&app);
    world_run_ms(200);
    assert_int_equal(life.restarts, 1);
    assert_int_equal(yoke_worker_read(&bad.worker).runs, 1);
}

/* As if it had died between the mark and the link: the kernel's own bit of the mark, by hand. */
static void leave_task_half_posted(void *task)
{
    yoke_task *t = task;
    (void)yoke_port_lock();
    atomic_store(&t->mark, 1);
    sim_stall();
}

static void leave_inbox_half_linked(void *task)
{
    yoke_task *t = task;
    (void)yoke_port_lock();
    atomic_store(&t->mark, 1);
    t->next_in_inbox = NULL;
    *platform.inbox.tail = t;
    atomic_store(&life.task.mark, 1); /* and another, that had not come so far */
    sim_stall();
}

static void die_while_waking(void (*harm)(void *))
{
    player waiter = {.task = YOKE_TASK(waiter_body), .name = "waiter"};
    actor bad = BAD("bad", 10, .harm = harm, .good = 1, .arg = &waiter.task);
    begin(&platform, &waiter.task);
    add(&bad);
    yoke_app_start(&app);
    world_run_ms(200);
    assert_int_equal(life.restarts, 1);
    assert_int_equal(trace_count("waiter goes on"), 0);
    sim_interrupt_at(world_config.start_us + 201000, (void (*)(void *))yoke_wake, &life.task);
    world_run_ms(5); /* somebody else goes through the same inbox */
    sim_interrupt_at(world_config.start_us + 206000, (void (*)(void *))yoke_wake, &waiter.task);
    yoke_signal_set(&waiter.signal, 0);
    world_run_ms(5);
    assert_int_equal(trace_count("waiter goes on"), 1);
}

static void test_death_while_it_woke_a_task_of_the_platform(void **state)
{
    (void)state;
    die_while_waking(leave_task_half_posted);
}

static void test_death_while_it_linked_a_task_of_the_platform(void **state)
{
    (void)state;
    die_while_waking(leave_inbox_half_linked);
}

/* A wake that got lost with core 1: the item is there, and nobody was told. */
static uint32_t ring[4];
static yoke_queue queue;

static void push_without_a_wake(void *unused)
{
    uint32_t one = 1;
    yoke_task *waiter = queue.waiter;
    (void)unused;
    queue.waiter = NULL;
    yoke_queue_push(&queue, &one);
    queue.waiter = waiter;
    sim_stall();
}

static int taker_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    uint32_t item;
    YOKE_AWAIT(t, yoke_queue_get(t, &queue, &item));
    note("taken");
    YOKE_END(t);
}

static void test_a_wake_that_got_lost_is_made_good(void **state)
{
    (void)state;
    queue = (yoke_queue)YOKE_QUEUE(ring);
    player taker = {.task = YOKE_TASK(taker_body)};
    actor bad = BAD("bad", 10, .harm = push_without_a_wake, .good = 1);
    begin(&platform, &taker.task);
    add(&bad);
    yoke_app_start(&app);
    world_run_ms(200);
    assert_int_equal(trace_count("taken"), 1);
}

/* A step task waits in its worker; the loop must not run it. */
static int stages_body(yoke_task *t)
{
    player *me = YOKE_FRAME(player, t);
    YOKE_BEGIN(t);
    for (;;) {
        me->left++;
        YOKE_AWAIT(t, yoke_yield(t));
    }
    YOKE_END(t);
}

static void test_a_step_task_goes_on_in_its_worker(void **state)
{
    (void)state;
    player stages = {.task = YOKE_TASK(stages_body)};
    yoke_worker w = {.name = "w", .step = yoke_step_task, .arg = &stages.task, .period_us = 10000};
    actor bad = BAD("bad", 10, .harm = stand_still, .good = 3);
    yoke_worker_add(&app, &w);
    add(&bad);
    yoke_app_start(&app);
    world_run_ms(300);
    assert_int_equal(life.restarts, 1);
    assert_int_equal(stages.left, yoke_worker_read(&w).runs);
    assert_in_range(stages.left, 15, 27);
}

static int bad_stages_body(yoke_task *t)
{
    player *me = YOKE_FRAME(player, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_yield(t));
    if (me->left++ == 0) {
        sim_stall();
    }
    YOKE_END(t);
}

static void test_a_step_task_that_stalls_is_its_worker(void **state)
{
    (void)state;
    player stages = {.task = YOKE_TASK(bad_stages_body)};
    yoke_worker w = {
        .name = "stages", .step = yoke_step_task, .arg = &stages.task, .period_us = 10000};
    yoke_worker_add(&app, &w);
    yoke_app_start(&app);
    world_run_ms(200);
    assert_non_null(strstr(trace_text(), "kind 1 in stages, restart 1\nremoved stages\n"));
    yoke_worker_add(&app, &w);
    world_run_ms(100);
    assert_int_equal(life.restarts, 1);
    assert_true(stages.left > 3); /* from its beginning, again and again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_life(test_tasks_of_the_app_loop_keep_their_times),
        in_life(test_a_task_that_stalls_ends_and_its_parent_hears),
        in_life(test_tasks_that_were_to_run_next_still_run),
        in_life(test_who_was_to_leave_has_left),
        in_life(test_a_loop_that_is_to_stop_is_not_started_again),
        in_life(test_an_account_that_was_being_written_can_be_read),
        in_life(test_death_while_it_woke_a_task_of_the_platform),
        in_life(test_death_while_it_linked_a_task_of_the_platform),
        in_life(test_a_wake_that_got_lost_is_made_good),
        in_life(test_a_step_task_goes_on_in_its_worker),
        in_life(test_a_step_task_that_stalls_is_its_worker),
    };
    return cmocka_run_group_tests_name("rescue", tests, NULL, NULL);
}
