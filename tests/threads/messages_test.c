/* What crosses over between two threads: signals, queues, snapshots, posts. */
#define _GNU_SOURCE
#include "threads.h"

#include "yoke/port.h"

#include <pthread.h>
#include <sched.h>

/* --- there and back --------------------------------------------------- */

static yoke_signal ping, pong;
static uint32_t ping_ring[4], pong_ring[4];
static yoke_queue pings, pongs;

typedef struct {
    yoke_task task;
    uint32_t i, n, value;
} actor;

static int signal_echo_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    for (me->i = 1; me->i <= me->n; me->i++) {
        YOKE_AWAIT(t, yoke_signal_wait(t, &ping, &me->value));
        expect(me->value == me->i);
        yoke_signal_set(&pong, me->value);
    }
    YOKE_END(t);
}

static actor echo;

static int signal_root_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    yoke_start(&app.loop, &echo.task);
    yoke_app_start(&app);
    for (me->i = 1; me->i <= me->n; me->i++) {
        yoke_signal_set(&ping, me->i);
        YOKE_AWAIT(t, yoke_signal_wait(t, &pong, &me->value));
        expect(me->value == me->i);
    }
    YOKE_AWAIT(t, yoke_join(t, &echo.task));
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    YOKE_END(t);
}

static void test_ping_pong_over_signals(void **state)
{
    (void)state;
    ping = pong = (yoke_signal){0};
    echo = (actor){.task = YOKE_TASK(signal_echo_body), .n = rounds(20000)};
    actor root = {.task = YOKE_TASK(signal_root_body), .n = rounds(20000)};
    run(&root.task);
    assert_int_equal(root.i, root.n + 1);
}

static int queue_echo_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    for (me->i = 1; me->i <= me->n; me->i++) {
        YOKE_AWAIT(t, yoke_queue_get(t, &pings, &me->value));
        expect(me->value == me->i);
        while (yoke_queue_push(&pongs, &me->value) == YOKE_EFULL) {
            YOKE_AWAIT(t, yoke_yield(t));
        }
    }
    YOKE_END(t);
}

/* Pushes as many as there is room for, so both rings run full now and then. */
static int queue_root_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    yoke_start(&app.loop, &echo.task);
    yoke_app_start(&app);
    me->i = 1;
    while (me->value < me->n) {
        while (me->i <= me->n && yoke_queue_push(&pings, &me->i) == YOKE_OK) {
            me->i++;
        }
        YOKE_AWAIT(t, yoke_queue_get(t, &pongs, &me->value)); /* in order: also the count */
    }
    YOKE_AWAIT(t, yoke_join(t, &echo.task));
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    YOKE_END(t);
}

static void test_ping_pong_over_queues(void **state)
{
    (void)state;
    pings = (yoke_queue)YOKE_QUEUE(ping_ring);
    pongs = (yoke_queue)YOKE_QUEUE(pong_ring);
    echo = (actor){.task = YOKE_TASK(queue_echo_body), .n = rounds(20000)};
    actor root = {.task = YOKE_TASK(queue_root_body), .n = rounds(20000)};
    run(&root.task);
    assert_int_equal(root.value, root.n);
    assert_int_equal(yoke_queue_used(&pings) + yoke_queue_used(&pongs), 0);
}

/* --- snapshots -------------------------------------------------------- */

typedef struct {
    uint32_t words[16];
} sample;

static sample slots[4];
static yoke_share shared;

static int write_step(void *arg)
{
    uint32_t *n = arg;
    for (int burst = 0; burst < 20; burst++) {
        sample s;
        (*n)++;
        for (unsigned i = 0; i < 16; i++) {
            s.words[i] = *n * (i + 1);
        }
        yoke_share_write(&shared, &s);
    }
    return YOKE_OK;
}

static int reader_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    yoke_app_start(&app);
    for (me->i = 0; me->i<me->n; me->i += me->value> 0) { /* so often, once there is a first */
        sample s;
        yoke_share_read(&shared, &s);
        for (unsigned i = 0; i < 16; i++) {
            expect(s.words[i] == s.words[0] * (i + 1));
        }
        expect(s.words[0] >= me->value); /* never older than the one before */
        me->value = s.words[0];
        YOKE_AWAIT(t, yoke_yield(t));
    }
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    YOKE_END(t);
}

static void test_snapshots_are_never_torn(void **state)
{
    (void)state;
    shared = (yoke_share)YOKE_SHARE(slots);
    uint32_t n = 0;
    yoke_worker w = {.name = "writer", .step = write_step, .arg = &n};
    yoke_worker_add(&app, &w);
    actor root = {.task = YOKE_TASK(reader_body), .n = rounds(200000)};
    run(&root.task);
    assert_in_range(root.value, 1, n);
}

/* --- a thread that is no loop ----------------------------------------- */

#define JOBS 8u

static atomic_uint ran[YOKE_CORES];
static uint32_t posts_each;
static yoke_signal finished;

static void count_run(void *arg)
{
    atomic_uint *counter = arg;
    const yoke_loop *here = yoke_port_here();
    expect(here && &ran[here->core] == counter);
    atomic_fetch_add(counter, 1);
}

static void *post_all(void *arg)
{
    static yoke_job jobs[YOKE_CORES][JOBS];
    (void)arg;
    expect(yoke_port_here() == NULL);
    for (unsigned i = 0; i < YOKE_CORES * JOBS; i++) {
        jobs[i % YOKE_CORES][i / YOKE_CORES] =
            (yoke_job){.run = count_run, .arg = &ran[i % YOKE_CORES]};
    }
    for (uint32_t i = 0; i < posts_each * YOKE_CORES; i++) {
        unsigned core = i % YOKE_CORES;
        yoke_job *job = &jobs[core][i / YOKE_CORES % JOBS];
        while (yoke_post(core ? &app.loop : &platform, job) == YOKE_EBUSY) {
            sched_yield();
        }
    }
    for (unsigned core = 0; core < YOKE_CORES; core++) {
        while (atomic_load(&ran[core]) < posts_each) {
            sched_yield();
        }
    }
    yoke_signal_set(&finished, 0);
    return NULL;
}

static pthread_t poster;

static int posts_root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    yoke_app_start(&app);
    expect(pthread_create(&poster, NULL, post_all, NULL) == 0);
    YOKE_AWAIT(t, yoke_signal_wait(t, &finished, NULL));
    pthread_join(poster, NULL);
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    YOKE_END(t);
}

static void test_posts_from_a_thread_that_is_no_loop(void **state)
{
    (void)state;
    posts_each = rounds(5000);
    atomic_store(&ran[0], 0);
    atomic_store(&ran[1], 0);
    yoke_task root = YOKE_TASK(posts_root_body);
    run(&root);
    assert_int_equal(atomic_load(&ran[0]), posts_each);
    assert_int_equal(atomic_load(&ran[1]), posts_each);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_threads(test_ping_pong_over_signals),
        on_threads(test_ping_pong_over_queues),
        on_threads(test_snapshots_are_never_torn),
        on_threads(test_posts_from_a_thread_that_is_no_loop),
    };
    return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
