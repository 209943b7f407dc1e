/* The scope: spans of both cores, as events. Nothing is recorded unless somebody watches. */
#include "world.h"

#include "yoke/delay.h"
#include "yoke/metrics.h"
#include "yoke/scope.h"

#include <stdio.h>

static scope_reader reader;
static char text[65536];

static int scope_setup(void **state)
{
    world_setup(state);
    world_without_strays(); /* runs are counted */
    world_open_again();
    scope_open(&platform, &app);
    metrics_open(&app);
    return 0;
}

static int work(void *arg)
{
    delay_us(*(uint32_t *)arg);
    return YOKE_OK;
}

/* Everything of one update. */
static const char *update(void)
{
    size_t n, length = 0;
    while ((n = scope_update(&reader, text + length, SCOPE_PIECE_MAX)) > 0) {
        assert_true(n <= SCOPE_PIECE_MAX);
        length += n;
        assert_true(length < sizeof text - SCOPE_PIECE_MAX);
    }
    text[length] = '\0';
    assert_true(length > 0); /* a sign of life, at least */
    return text;
}

/* Names of lanes may be known from the tests before. */
static unsigned lane_of(const char *name)
{
    char wanted[64];
    unsigned id = 99;
    snprintf(wanted, sizeof wanted, "\"name\":\"%s\"}", name);
    for (const char *at = text; (at = strstr(at, "data: {\"id\":")); at++) {
        const char *end = strstr(at, "\n");
        const char *found = strstr(at, wanted);
        if (found && found < end) {
            sscanf(at, "data: {\"id\":%u", &id);
        }
    }
    return id;
}

typedef struct {
    unsigned count, busy_us, length_us;
} sums;

/* Of all spans of lane `id` in the text. */
static sums spans_of(unsigned id)
{
    sums s = {0};
    for (const char *at = text; (at = strstr(at, "\"spans\":[")); at++) {
        unsigned lane, ago_us, length_us, busy_us;
        const char *rest = at + 8;
        int n;
        while (sscanf(rest + 1, "%u,%u,%u,%u%n", &lane, &ago_us, &length_us, &busy_us, &n) == 4) {
            rest += 1 + n;
            assert_true(length_us >= busy_us && ago_us >= length_us);
            if (lane == id) {
                s.count++;
                s.busy_us += busy_us;
                s.length_us += length_us;
            }
        }
        assert_int_equal(*(rest + (rest == at + 8)), ']');
    }
    return s;
}

static void test_a_step_is_a_span(void **state)
{
    (void)state;
    static uint32_t run_us = 300;
    static scope_seat seat = {.step = work, .arg = &run_us, .name = "beat \"1\""};
    static yoke_worker beat = {
        .name = "beat \"1\"", .step = scope_step, .arg = &seat, .period_us = 10000};
    yoke_worker_add(&app, &beat);
    yoke_app_start(&app);
    world_run_ms(25); /* nobody watches: these are not told */
    scope_begin(&reader);
    world_run_ms(80);
    update();
    unsigned lane = lane_of("beat \\\"1\\\"");
    sums s = spans_of(lane);
    assert_int_equal(s.count, 8);
    assert_int_equal(s.busy_us, 8 * 300);
    assert_int_equal(s.length_us, 8 * 300);
    assert_non_null(strstr(text, "event: worker\ndata: {\"name\":\"beat \\\"1\\\"\",\"state\":"
                                 "\"active\",\"period_us\":10000,"));
    world_run_ms(50);
    update();
    assert_int_equal(spans_of(lane).count, 5);
    assert_null(strstr(text, "event: lane")); /* these are told now and then */
    assert_null(strstr(text, "event: worker"));
    scope_end(&reader);
    world_run_ms(50);
    update();
    assert_int_equal(spans_of(lane).count, 0);
    yoke_app_stop(&app);
    world_run_ms(20);
}

/* 100 us in each 200 us: one span until it is long enough, half of it busy. */
static void test_short_pauses_do_not_end_a_span(void **state)
{
    (void)state;
    static uint32_t run_us = 100;
    static scope_seat seat = {.step = work, .arg = &run_us, .name = "dense"};
    static yoke_worker dense = {
        .name = "dense", .step = scope_step, .arg = &seat, .period_us = 200};
    yoke_worker_add(&app, &dense);
    scope_begin(&reader);
    yoke_app_start(&app);
    world_run_ms(200);
    update();
    sums s = spans_of(lane_of("dense"));
    assert_in_range(s.count, 4, 5);
    assert_in_range(s.length_us, 4 * SCOPE_SPAN_US - 1000, 200000);
    assert_in_range(s.busy_us * 2, s.length_us, s.length_us + s.count * 100);
    scope_end(&reader);
    yoke_app_stop(&app);
    world_run_ms(20);
}

/* The platform looks while core 1 is in the step: on the simulator, from the step itself. */
static int look(void *arg)
{
    (void)arg;
    delay_us(700);
    update();
    return YOKE_OK;
}

static void test_a_step_under_way_is_told(void **state)
{
    (void)state;
    static scope_seat seat = {.step = look, .name = "long"};
    static yoke_worker w = {.name = "long", .step = scope_step, .arg = &seat, .period_us = 1000000};
    yoke_worker_add(&app, &w);
    scope_begin(&reader);
    update();
    assert_non_null(strstr(text, "\"running\":[],\"spans\":[]"));
    yoke_app_start(&app);
    world_run_ms(10);
    assert_non_null(strstr(text, ",700],\"spans\":["));
    update();
    assert_non_null(strstr(text, "\"running\":[]"));
    scope_end(&reader);
    yoke_app_stop(&app);
    world_run_ms(20);
}

/* --- tasks ----------------------------------------------------------- */

typedef struct {
    yoke_task task;
    uint32_t run_us, pause_ms;
} actor;

static int actor_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    for (;;) {
        delay_us(me->run_us);
        YOKE_TRY(t, yoke_sleep_ms(t, me->pause_ms));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void test_tasks_of_one_body_share_a_lane(void **state)
{
    (void)state;
    actor a = {.task = YOKE_TASK(actor_body), .run_us = 1000, .pause_ms = 20};
    actor b = a;
    begin(&platform, &a.task);
    world_run_ms(10);
    begin(&platform, &b.task);
    scope_begin(&reader);
    world_run_ms(100);
    update();
    sums s = spans_of(lane_of("actor_body"));
    assert_int_equal(s.count, 10);
    assert_int_equal(s.busy_us, 10000);
    scope_end(&reader);
    yoke_cancel(&a.task);
    yoke_cancel(&b.task);
    world_run_ms(1);
}

/* More than the ring keeps: the newest are told, the others counted. */
static void test_who_comes_too_late_has_lost_some(void **state)
{
    (void)state;
    actor a = {.task = YOKE_TASK(actor_body), .run_us = 10, .pause_ms = 5};
    begin(&platform, &a.task);
    scope_begin(&reader);
    world_run_ms(5 * 300 - 1);
    update();
    sums s = spans_of(lane_of("actor_body"));
    assert_in_range(s.count + reader.lost, 300, 302); /* the test itself is a task, too */
    assert_in_range(s.count, SCOPE_SPANS - 2, SCOPE_SPANS - 1);
    scope_end(&reader);
    yoke_cancel(&a.task);
    world_run_ms(1);
}

/* Two readers, each with its own place. */
static void test_readers_do_not_disturb_each_other(void **state)
{
    (void)state;
    actor a = {.task = YOKE_TASK(actor_body), .run_us = 10, .pause_ms = 10};
    scope_reader other;
    begin(&platform, &a.task);
    scope_begin(&reader);
    scope_begin(&other);
    world_run_ms(95);
    update();
    unsigned lane = lane_of("actor_body");
    assert_int_equal(spans_of(lane).count, 10);
    scope_end(&reader);
    world_run_ms(100); /* still watched by the other */
    reader = other;
    update();
    assert_int_equal(spans_of(lane).count, 20);
    scope_end(&other);
    yoke_cancel(&a.task);
    world_run_ms(1);
}

/* --- more lanes than there are ---------------------------------------- */

static void test_too_many_lanes_share_the_last(void **state)
{
    (void)state;
    static uint32_t run_us = 10;
    static scope_seat seats[SCOPE_LANES + 4];
    static yoke_worker workers[SCOPE_LANES + 4];
    for (unsigned i = 0; i < SCOPE_LANES + 4; i++) {
        seats[i] = (scope_seat){.step = work, .arg = &run_us, .name = "many"};
        workers[i] = (yoke_worker){
            .name = "many", .step = scope_step, .arg = &seats[i], .period_us = 100000};
        yoke_worker_add(&app, &workers[i]);
    }
    scope_begin(&reader);
    yoke_app_start(&app);
    world_run_ms(50);
    update();
    unsigned others = lane_of("others");
    assert_int_equal(others, 2 * SCOPE_LANES - 1);
    assert_in_range(spans_of(others).busy_us, 5 * run_us, (SCOPE_LANES + 4) * run_us);
    assert_int_equal(lane_of("nobody"), 99);
    scope_end(&reader);
    yoke_app_stop(&app);
    world_run_ms(20);
}

#define with_scope(test) cmocka_unit_test_setup(test, scope_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_scope(test_a_step_is_a_span),
        with_scope(test_short_pauses_do_not_end_a_span),
        with_scope(test_a_step_under_way_is_told),
        with_scope(test_tasks_of_one_body_share_a_lane),
        with_scope(test_who_comes_too_late_has_lost_some),
        with_scope(test_readers_do_not_disturb_each_other),
        with_scope(test_too_many_lanes_share_the_last),
    };
    return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
