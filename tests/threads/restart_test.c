/* The app thread ended from outside: by the supervisor, in each way that it can go wrong, and by a
 * test that ends it at any instruction, again and again. */
#define _GNU_SOURCE
#include "threads.h"

#include "yoke/core.h"
#include "yoke/lifecycle.h"
#include "yoke/port.h"

#include <string.h>
#include <unistd.h>

static lifecycle life;
static atomic_uint good_steps;
static yoke_signal fault_told;
static char fault_name[CORE_NAME_MAX + 1];
static uint32_t fault_kind;

static int good_step(void *arg)
{
    (void)arg;
    atomic_fetch_add(&good_steps, 1);
    return YOKE_OK;
}

static void told(const core_fault *f, yoke_worker *w)
{
    expect(w != NULL);
    memcpy(fault_name, f->name, sizeof fault_name);
    fault_kind = f->kind;
    yoke_signal_set(&fault_told, 0);
}

/* --- one death each --------------------------------------------------- */

typedef struct {
    yoke_task task;
    yoke_worker *bad, *good;
    uint32_t before, i;
} player;

static int see_restart_body(yoke_task *t)
{
    player *me = YOKE_FRAME(player, t);
    YOKE_BEGIN(t);
    yoke_start(&platform, &life.task);
    yoke_worker_add(&app, me->good);
    yoke_app_start(&app);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 5));
    yoke_worker_add(&app, me->bad);
    YOKE_AWAIT(t, yoke_signal_wait(t, &fault_told, NULL));
    me->before = atomic_load(&good_steps);
    while (atomic_load(&good_steps) < me->before + 10) {
        YOKE_AWAIT(t, yoke_sleep_ms(t, 1));
    }
    expect(yoke_worker_read(me->bad).state == YOKE_WORKER_OFF);
    expect(yoke_app_state(&app) == YOKE_APP_RUNNING && core_state() == CORE_RUNNING);
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    yoke_cancel(&life.task);
    YOKE_AWAIT(t, yoke_join(t, &life.task));
    YOKE_END(t);
}

static void see_restart(yoke_step *harm, uint32_t kind)
{
    yoke_worker good = {.name = "good", .step = good_step, .period_us = 500};
    yoke_worker bad = {.name = "bad", .step = harm, .period_us = 1000};
    player root = {.task = YOKE_TASK(see_restart_body), .bad = &bad, .good = &good};
    fault_told = (yoke_signal){0};
    life = (lifecycle){.task = YOKE_TASK(lifecycle_body), .stall_ms = 300, .told = told};
    posix_tune.lock_limit_us = 300000;
    lifecycle_open(&life, &platform, &app);
    run(&root.task);
    assert_int_equal(life.restarts, 1);
    assert_string_equal(fault_name, "bad");
    assert_int_equal(fault_kind, kind);
}

/* It looks at the clock: under ThreadSanitizer a signal comes through in calls only. */
static int spin(void *arg)
{
    (void)arg;
    while (yoke_port_now_us()) {
    }
    return YOKE_OK;
}

static int block(void *arg)
{
    (void)arg;
    while (pause() < 0) {
    }
    return YOKE_OK;
}

static int spin_with_lock(void *arg)
{
    (void)yoke_port_lock();
    return spin(arg);
}

static int trap(void *arg)
{
    (void)arg;
    __builtin_trap();
}

static int trap_with_lock(void *arg)
{
    (void)yoke_port_lock();
    return trap(arg);
}

static void test_a_step_that_never_ends(void **state)
{
    (void)state;
    see_restart(spin, CORE_STALL);
}

static void test_a_step_that_blocks(void **state)
{
    (void)state;
    see_restart(block, CORE_STALL);
}

static void test_a_step_that_keeps_the_lock(void **state)
{
    (void)state;
    see_restart(spin_with_lock, CORE_STALL);
}

static void test_a_step_with_a_deadly_signal(void **state)
{
    (void)state;
    see_restart(trap, CORE_EXCEPTION);
}

static void test_a_deadly_signal_under_the_lock(void **state)
{
    (void)state;
    see_restart(trap_with_lock, CORE_EXCEPTION);
}

/* --- restarts without end ---------------------------------------------- */

static yoke_worker dying;

static void add_again(const core_fault *f, yoke_worker *w)
{
    fault_kind = f->kind;
    yoke_worker_add(&app, &dying);
    if (f->left_off) {
        expect(w == &dying);
        yoke_signal_set(&fault_told, 0);
    }
}

static int see_end_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    yoke_start(&platform, &life.task);
    yoke_worker_add(&app, &dying);
    yoke_app_start(&app);
    YOKE_AWAIT(t, yoke_signal_wait(t, &fault_told, NULL));
    expect(yoke_app_state(&app) == YOKE_APP_OFF && core_state() == CORE_OFF);
    expect(life.state == LIFECYCLE_LEFT_OFF);
    yoke_cancel(&life.task);
    YOKE_AWAIT(t, yoke_join(t, &life.task));
    YOKE_END(t);
}

static void test_a_worker_that_dies_at_each_start(void **state)
{
    (void)state;
    yoke_task root = YOKE_TASK(see_end_body);
    dying = (yoke_worker){.name = "dying", .step = trap, .period_us = 1000};
    fault_told = (yoke_signal){0};
    life = (lifecycle){
        .task = YOKE_TASK(lifecycle_body), .stall_ms = 300, .restarts_max = 3, .told = add_again};
    lifecycle_open(&life, &platform, &app);
    run(&root);
    assert_int_equal(life.restarts, 3);
    assert_int_equal(fault_kind, CORE_EXCEPTION);
}

/* --- any instruction --------------------------------------------------- */

static yoke_witness witness_0, witness_1;
static yoke_signal ping, pong;
static uint32_t ring[8];
static yoke_queue items;

typedef struct {
    yoke_task task;
    uint32_t value;
} echoer;

static int echo_body(yoke_task *t)
{
    echoer *me = YOKE_FRAME(echoer, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_signal_wait(t, &ping, &me->value));
        yoke_signal_set(&pong, me->value);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

typedef struct {
    yoke_task task;
    atomic_uint count;
} napper;

static int nap_body(yoke_task *t)
{
    napper *me = YOKE_FRAME(napper, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, 1));
        YOKE_TRY(t, yoke_yield(t));
        atomic_fetch_add(&me->count, 1);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static echoer echo = {.task = YOKE_TASK(echo_body)};
static napper naps[3] = {
    {.task = YOKE_TASK(nap_body)}, {.task = YOKE_TASK(nap_body)}, {.task = YOKE_TASK(nap_body)}};
static atomic_uint pushed;
static uint32_t taken;

static int push_step(void *arg)
{
    uint32_t n = atomic_load(&pushed);
    (void)arg;
    if (yoke_queue_push(&items, &n) == YOKE_OK) {
        atomic_store(&pushed, n + 1);
    }
    return YOKE_OK;
}

/* What was pushed comes in order; an item may come twice if core 1 ended before it was counted. */
static int take_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        uint32_t item;
        YOKE_TRY(t, yoke_queue_get(t, &items, &item));
        expect(item == taken || item == taken - 1);
        taken = item + 1;
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task taker = YOKE_TASK(take_body);
static yoke_worker pusher, idler;

typedef struct {
    yoke_task task;
    uint32_t i, n, value, drawn, lost, before, waited;
} killer;

static void spin_for_a_moment(killer *me)
{
    me->drawn = me->drawn * 1664525u + 1013904223u;
    for (volatile uint32_t i = (me->drawn >> 8) % 20000; i; i--) {
    }
}

static void start_app_tasks(killer *me)
{
    me->lost += yoke_start(&app.loop, &echo.task) == YOKE_OK;
    for (unsigned i = 0; i < 3; i++) {
        me->lost += yoke_start(&app.loop, &naps[i].task) == YOKE_OK;
    }
}

static void end_and_start_again(killer *me)
{
    expect(core_reset() == CORE_ENDED_CLEAN);
    expect(core_state() == CORE_OFF);
    yoke_app_rescue(&witness_1);
    yoke_platform_rescue(&witness_0);
    expect(yoke_app_state(&app) == YOKE_APP_OFF);
    expect(yoke_app_start(&app) == YOKE_OK);
    start_app_tasks(me); /* the one that was lost, if any */
}

/* The fewest naps that any of them had. */
static uint32_t nap_counts(void)
{
    uint32_t fewest = UINT32_MAX;
    for (unsigned i = 0; i < 3; i++) {
        uint32_t n = atomic_load(&naps[i].count);
        fewest = n < fewest ? n : fewest;
    }
    return fewest;
}

static int killer_body(yoke_task *t)
{
    killer *me = YOKE_FRAME(killer, t);
    YOKE_BEGIN(t);
    yoke_start(&platform, &taker);
    yoke_app_start(&app);
    start_app_tasks(me);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 20)); /* each has run: it is known */
    me->lost = 0;
    for (me->i = 1; me->i <= me->n; me->i++) {
        yoke_signal_set(&ping, me->i);
        spin_for_a_moment(me);
        end_and_start_again(me);
        me->before = yoke_worker_read(&pusher).runs;
        do { /* the ping may have been taken by the task that was lost */
            yoke_signal_set(&ping, me->i);
            YOKE_AWAIT(t, yoke_within(t, 5000, yoke_signal_wait(t, &pong, &me->value)));
            expect(t->status == YOKE_OK);
        } while (t->status == YOKE_OK && me->value != me->i);
        if (atomic_load(&mistakes)) {
            break;
        }
        while (yoke_worker_read(&pusher).runs == me->before) {
            YOKE_AWAIT(t, yoke_yield(t));
        }
        me->before = nap_counts();
        for (me->waited = 0; me->i % 10 == 0 && nap_counts() == me->before; me->waited++) {
            YOKE_AWAIT(t, yoke_sleep_ms(t, 1));
            expect(me->waited < 5000);
            if (atomic_load(&mistakes)) {
                break;
            }
        }
    }
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    for (me->i = 0; me->i < 5; me->i++) {
        yoke_task *child = me->i == 4 ? &taker : me->i == 3 ? &echo.task : &naps[me->i].task;
        yoke_cancel(child);
    }
    YOKE_AWAIT(t, yoke_join(t, &taker));
    YOKE_END(t);
}

static void test_ended_at_any_instruction(void **state)
{
    (void)state;
    items = (yoke_queue)YOKE_QUEUE(ring);
    witness_0 = witness_1 = (yoke_witness){0};
    yoke_witness_platform(&witness_0, &platform);
    yoke_witness_app(&witness_1, &app);
    core_guard();
    pusher = (yoke_worker){.name = "pusher", .step = push_step, .period_us = 20};
    idler = (yoke_worker){.name = "idler", .step = good_step};
    yoke_worker_add(&app, &pusher);
    yoke_worker_add(&app, &idler);
    killer root = {.task = YOKE_TASK(killer_body), .n = rounds(1000), .drawn = 1};
    run(&root.task);
    assert_true(taken > root.n / 2);
    assert_true(root.lost < root.n);
    assert_int_equal(atomic_load(&witness_1.refused), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_threads(test_a_step_that_never_ends),
        on_threads(test_a_step_that_blocks),
        on_threads(test_a_step_that_keeps_the_lock),
        on_threads(test_a_step_with_a_deadly_signal),
        on_threads(test_a_deadly_signal_under_the_lock),
        on_threads(test_a_worker_that_dies_at_each_start),
        on_threads(test_ended_at_any_instruction),
    };
    return cmocka_run_group_tests_name("restart", tests, NULL, NULL);
}
