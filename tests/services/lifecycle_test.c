/* The supervisor: core 1 stalls, faults or dies with the lock, and comes back without the culprit.
 */
#include "world.h"

#include <stdio.h>

#include "yoke/delay.h"
#include "yoke/lifecycle.h"
#include "yoke/watchdog.h"

static lifecycle life;

static void told(const core_fault *f, yoke_worker *w)
{
    note_at("kind %u in %s, restart %u", (unsigned)f->kind, f->name[0] ? f->name : "-",
            (unsigned)f->restarts);
    if (w) {
        note("removed %s", w->name);
    }
}

static void open_life(void)
{
    life = (lifecycle){.task = YOKE_TASK(lifecycle_body), .stall_ms = 80, .told = told};
    lifecycle_open(&life, &platform, &app);
    begin(&platform, &life.task);
}

static int life_setup(void **state)
{
    world_setup(state);
    open_life();
    return 0;
}

#define in_life(test) cmocka_unit_test_setup(test, life_setup)

/* --- workers that do harm in one of their steps ---------------------- */

typedef struct {
    yoke_worker worker;
    int good;             /* steps before it does harm */
    void (*harm)(void *); /* NULL: none */
    void *arg;
    uint32_t count;
} actor;

static int act(void *arg)
{
    actor *me = arg;
    me->count++;
    if (me->harm && me->good-- == 0) {
        me->harm(me->arg);
    }
    return YOKE_OK;
}

#define BAD(name_, period_ms, ...)                                                            \
    {                                                                                         \
        .worker = {.name = (name_), .step = act, .period_us = (period_ms)*1000u}, __VA_ARGS__ \
    }

#define GOOD(name_, period_ms) BAD(name_, period_ms, .harm = NULL)

static void add(actor *a)
{
    a->worker.arg = a;
    assert_int_equal(yoke_worker_add(&app, &a->worker), YOKE_OK);
}

static void stand_still(void *unused)
{
    (void)unused;
    sim_stall();
}

static void take_long(void *unused)
{
    (void)unused;
    delay_us(3600u * 1000000u);
}

static void take_lock_and_stand_still(void *unused)
{
    (void)unused;
    (void)yoke_port_lock();
    sim_stall();
}

static void crash(void *unused)
{
    (void)unused;
    sim_fault(CORE_EXCEPTION);
}

static void overflow_under_the_lock(void *unused)
{
    (void)unused;
    (void)yoke_port_lock();
    sim_fault(CORE_STACK);
}

/* Steps that a worker of this period has made in `ms`, give or take the time of the restart. */
static void assert_goes_on(const actor *a, uint32_t before, uint32_t after)
{
    assert_in_range(a->count, before, after);
    uint32_t runs = a->count;
    world_run_ms(100);
    uint32_t period_ms = a->worker.period_us / 1000;
    assert_in_range(a->count - runs, 100 / period_ms - 1, 100 / period_ms + 1);
}

static enum yoke_worker_state state_of(const actor *a)
{
    return (enum yoke_worker_state)yoke_worker_read(&a->worker).state;
}

/* Of two workers one does harm in its third step, at 20 ms. */
static void harm_and_see(void (*harm)(void *), uint32_t kind, uint32_t by_ms)
{
    actor good = GOOD("good", 5), bad = BAD("bad", 10, .harm = harm, .good = 2);
    add(&good);
    add(&bad);
    yoke_app_start(&app);
    world_run_ms(by_ms);
    assert_int_equal(life.restarts, 1);
    assert_int_equal(bad.count, 3);
    assert_int_equal(state_of(&bad), YOKE_WORKER_OFF);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_RUNNING);
    assert_goes_on(&good, 5, 40);
    char line[64];
    snprintf(line, sizeof line, "kind %u in bad, restart 1\nremoved bad\n", (unsigned)kind);
    assert_non_null(strstr(trace_text(), line));
    assert_int_equal(life.restarts, 1);
    assert_int_equal(yoke_worker_add(&app, &bad.worker), YOKE_OK); /* it may come back */
    world_run_ms(15);
    assert_in_range(bad.count, 4, 5);
}

static void test_a_worker_that_stalls_is_removed(void **state)
{
    (void)state;
    harm_and_see(stand_still, CORE_STALL, 150);
}

static void test_a_worker_that_takes_too_long_is_ended(void **state)
{
    (void)state;
    harm_and_see(take_long, CORE_STALL, 150);
}

static void test_a_stall_with_the_lock(void **state)
{
    (void)state;
    harm_and_see(take_lock_and_stand_still, CORE_STALL, 150);
}

static void test_a_fault_is_seen_at_the_next_look(void **state)
{
    (void)state;
    harm_and_see(crash, CORE_EXCEPTION, 40);
}

static void test_a_fault_with_the_lock(void **state)
{
    (void)state;
    harm_and_see(overflow_under_the_lock, CORE_STACK, 40);
}

static void test_a_background_worker_is_named_too(void **state)
{
    (void)state;
    actor a = GOOD("a", 0), b = BAD("b", 0, .harm = stand_still, .good = 7), c = GOOD("c", 0);
    add(&a);
    add(&b);
    add(&c);
    yoke_app_start(&app);
    world_run_ms(150);
    assert_non_null(strstr(trace_text(), "kind 1 in b, restart 1\nremoved b\n"));
    assert_int_equal(b.count, 8);
    uint32_t before = c.count;
    world_run_ms(10);
    assert_true(a.count > 8 && c.count > before);
}

static void test_two_bad_workers_one_after_the_other(void **state)
{
    (void)state;
    actor a = BAD("a", 10, .harm = stand_still), b = BAD("b", 10, .harm = crash, .good = 3),
          c = GOOD("c", 10);
    add(&a);
    add(&b);
    add(&c);
    yoke_app_start(&app);
    world_run_ms(400);
    assert_int_equal(life.restarts, 2);
    assert_ptr_equal(yoke_worker_next(&app, NULL), &c.worker);
    assert_null(yoke_worker_next(&app, &c.worker));
    assert_goes_on(&c, 5, 45);
}

/* --- what is no stall ------------------------------------------------- */

static void take_50_ms(void *unused)
{
    (void)unused;
    delay_us(50000);
}

static int busy(void *arg)
{
    take_50_ms(arg);
    return YOKE_OK;
}

static void test_a_round_of_long_steps_is_no_stall(void **state)
{
    (void)state;
    yoke_worker w[4];
    for (unsigned i = 0; i < 4; i++) { /* 200 ms a round, which is one turn */
        w[i] = (yoke_worker){.name = "w", .step = busy};
        yoke_worker_add(&app, &w[i]);
    }
    yoke_app_start(&app);
    world_run_ms(2000);
    assert_trace("");
    assert_in_range(yoke_worker_read(&w[0]).runs, 8, 12);
}

static void test_an_app_loop_that_rests_is_no_stall(void **state)
{
    (void)state;
    world_run_ms(1000); /* not started */
    yoke_app_start(&app);
    world_run_ms(1000); /* nothing to do */
    yoke_app_stop(&app);
    world_run_ms(1000);
    assert_int_equal(yoke_app_state(&app), YOKE_APP_OFF);
    assert_trace("");
}

/* --- what core 1 was in the middle of --------------------------------- */

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
    actor busy = BAD("busy", 200, .harm = take_50_ms);
    yoke_signal_set(&behind.signal, 0);
    yoke_signal_set(&next.signal, 0);
    add(&busy);
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
    atomic_fetch_add(&w->writing, 1);
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

/* --- the record, and the watchdog -------------------------------------- */

static void test_the_fault_is_told_after_a_reset_once(void **state)
{
    (void)state;
    char text[LIFECYCLE_TEXT_MAX];
    actor bad = BAD("bad", 10, .harm = crash, .good = 1);
    add(&bad);
    yoke_app_start(&app);
    world_run_ms(200);
    assert_int_equal(life.before.kind, CORE_NO_FAULT);
    sim_reset(&world_config);
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    open_life();
    assert_int_equal(life.before.kind, CORE_EXCEPTION);
    assert_string_equal(lifecycle_text(&life.before, text),
                        "core 1 stopped in bad, which caused an exception; restart 1");
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    life.task = (yoke_task)YOKE_TASK(lifecycle_body);
    open_life();
    assert_int_equal(life.before.kind, CORE_NO_FAULT);
}

static jmp_buf restarted;

static void on_restart(void)
{
    longjmp(restarted, 1);
}

static void hang(void *unused)
{
    (void)unused;
    delay_us(10000000);
}

static void test_a_platform_loop_that_hangs_restarts_the_device(void **state)
{
    (void)state;
    yoke_job job = {.run = hang};
    sim_on_restart(on_restart);
    life.watchdog_ms = 500;
    world_run_ms(3000); /* it is fed */
    yoke_post(&platform, &job);
    if (setjmp(restarted) == 0) {
        world_run_ms(3000);
        fail_msg("no restart");
    }
    assert_in_range(yoke_port_now_us(), world_config.start_us + 3400000,
                    world_config.start_us + 3500000);
    sim_reset(&world_config);
    assert_int_equal(watchdog_boot_reason(), BOOT_WATCHDOG);
    sim_open(&world_config);
    assert_int_equal(watchdog_boot_reason(), BOOT_POWER_ON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_life(test_a_worker_that_stalls_is_removed),
        in_life(test_a_worker_that_takes_too_long_is_ended),
        in_life(test_a_stall_with_the_lock),
        in_life(test_a_fault_is_seen_at_the_next_look),
        in_life(test_a_fault_with_the_lock),
        in_life(test_a_background_worker_is_named_too),
        in_life(test_two_bad_workers_one_after_the_other),
        in_life(test_a_round_of_long_steps_is_no_stall),
        in_life(test_an_app_loop_that_rests_is_no_stall),
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
        in_life(test_the_fault_is_told_after_a_reset_once),
        in_life(test_a_platform_loop_that_hangs_restarts_the_device),
    };
    return cmocka_run_group_tests_name("lifecycle", tests, NULL, NULL);
}
