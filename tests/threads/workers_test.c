/* Workers added, removed, set and read from both threads while they run. */
#include "threads.h"

typedef struct {
    yoke_task task;
    uint32_t i, n, drawn;
} actor;

static uint32_t draw(uint32_t *drawn, uint32_t limit)
{
    *drawn = *drawn * 1664525u + 1013904223u;
    return (*drawn >> 8) % limit;
}

/* --- a crowd ---------------------------------------------------------- */

#define CROWD 6u

static yoke_worker crowd[CROWD];
static int args[2];

/* A step must only ever see the argument it was set with. */
static int even_step(void *arg)
{
    expect(arg == &args[0]);
    return YOKE_OK;
}

static int odd_step(void *arg)
{
    expect(arg == &args[1]);
    return YOKE_OK;
}

static void change_one(uint32_t *drawn)
{
    yoke_worker *w = &crowd[draw(drawn, CROWD)];
    int answer = YOKE_OK;
    switch (draw(drawn, 3)) {
    case 0:
        answer = yoke_worker_add(&app, w);
        expect(answer == YOKE_OK || answer == YOKE_EBUSY);
        break;
    case 1:
        answer = yoke_worker_remove(&app, w);
        expect(answer == YOKE_OK || answer == YOKE_ENOENT);
        break;
    default:
        if (draw(drawn, 2)) {
            yoke_worker_set(&app, w, even_step, &args[0]);
        } else {
            yoke_worker_set(&app, w, odd_step, &args[1]);
        }
    }
}

/* On the app loop: makes changes in its own step, also to itself. */
static int meddling_step(void *drawn)
{
    change_one(drawn);
    return YOKE_OK;
}

static uint32_t drawn_by_meddler = 99;
static yoke_worker meddler = {.name = "meddler", .step = meddling_step, .arg = &drawn_by_meddler};

static int crowd_root_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    yoke_app_start(&app);
    for (me->i = 0; me->i < me->n; me->i++) {
        change_one(&me->drawn);
        if (me->i % 16 == 0) {
            YOKE_AWAIT(t, yoke_yield(t));
        }
        if (me->i % 512 == 0) { /* also across a stop, with changes while it is off */
            yoke_app_stop(&app);
            YOKE_AWAIT(t, yoke_app_join(t, &app));
            change_one(&me->drawn);
            expect(yoke_app_start(&app) == YOKE_OK);
        }
    }
    yoke_worker_remove(&app, &meddler);
    YOKE_AWAIT(t, yoke_worker_join(t, &meddler));
    for (me->i = 0; me->i < CROWD; me->i++) {
        yoke_worker_remove(&app, &crowd[me->i]);
        YOKE_AWAIT(t, yoke_worker_join(t, &crowd[me->i]));
        expect(yoke_worker_read(&crowd[me->i]).state == YOKE_WORKER_OFF);
    }
    expect(yoke_worker_next(&app, NULL) == NULL);
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    YOKE_END(t);
}

static void test_changes_at_random_from_both_threads(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CROWD; i++) {
        crowd[i] = (yoke_worker){.name = "one of many",
                                 .step = even_step,
                                 .arg = &args[0],
                                 .period_us = i * 50}; /* the first is a background worker */
    }
    yoke_worker_add(&app, &meddler);
    actor root = {.task = YOKE_TASK(crowd_root_body), .n = rounds(300000), .drawn = 1};
    run(&root.task);
}

/* --- one account ------------------------------------------------------ */

static int failing_step(void *arg)
{
    uint32_t *n = arg;
    return ++*n % 2 ? YOKE_EIO : YOKE_OK; /* never two errors in a row */
}

static uint32_t sum_of_late(const yoke_worker_stats *s)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < YOKE_LATE_BUCKETS; i++) {
        sum += s->late[i];
    }
    return sum;
}

static uint32_t counted;
static yoke_worker watched;

/* One look; answers how many runs it saw, which must not be fewer than `before`. */
static uint32_t check_account(uint32_t before)
{
    yoke_worker_stats s = yoke_worker_read(&watched);
    expect(sum_of_late(&s) == s.runs);
    expect(s.errors == (s.runs + 1) / 2);
    expect(s.runs == 0 || s.error_last == YOKE_EIO);
    expect(s.run_us_last <= s.run_us_longest && s.run_us_longest <= s.run_us_total);
    expect(s.runs >= before);
    return s.runs;
}

static int account_root_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    yoke_app_start(&app);
    for (me->i = 0; me->i < me->n || me->drawn < 1000; me->i++) {
        me->drawn = check_account(me->drawn);
        YOKE_AWAIT(t, yoke_yield(t));
    }
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    YOKE_END(t);
}

static void test_an_account_is_always_consistent(void **state)
{
    (void)state;
    counted = 0;
    watched =
        (yoke_worker){.name = "watched", .step = failing_step, .arg = &counted, .period_us = 1};
    yoke_worker_add(&app, &watched);
    actor root = {.task = YOKE_TASK(account_root_body), .n = rounds(2000000)};
    run(&root.task);
    assert_int_equal(yoke_worker_read(&watched).runs, counted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_threads(test_changes_at_random_from_both_threads),
        on_threads(test_an_account_is_always_consistent),
    };
    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
