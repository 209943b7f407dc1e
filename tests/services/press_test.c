/* What a press is: edges at times, and the events that must come of them. */
#include "press.h"
#include "world.h"

#include <stdlib.h>

static const button_timing usual = BUTTON_TIMING;

/* Edges at these times in ms: down, up, down …; ends with 0. Asked every `step_ms`, until `end_ms`.
 * Notes each event. */
static void play_with(const button_timing *c, const uint32_t *edges, uint32_t step_ms,
                      uint32_t end_ms)
{
    button_press p;
    button_event e;
    bool level = false;
    trace_begin(0);
    press_begin(&p, level, 0);
    for (uint32_t ms = 0; ms <= end_ms; ms++) {
        while (*edges && *edges == ms) {
            level = !level;
            press_edge(&p, level, (uint64_t)ms * 1000);
            edges++;
        }
        while (ms % step_ms == 0 && press_next(&p, c, (uint64_t)ms * 1000, &e)) {
            note("%s %u", button_kind_text(e.kind), (unsigned)(e.count ? e.count : e.held_ms));
        }
    }
}

#define TIMES(...) ((const uint32_t[]){__VA_ARGS__, 0})

static void play(const uint32_t *edges)
{
    play_with(&usual, edges, 1, 30000);
}

static void test_short(void **state)
{
    (void)state;
    play(TIMES(100, 200));
    assert_trace("short 100\n");
    play(TIMES(100, 151));
    assert_trace("short 51\n");
    play(TIMES(100, 699));
    assert_trace("short 599\n");
}

static void test_double(void **state)
{
    (void)state;
    play(TIMES(100, 200, 300, 420));
    assert_trace("double 120\n");
    play(TIMES(100, 200, 549, 600));
    assert_trace("double 51\n");
    play(TIMES(100, 200, 550, 601)); /* too late */
    assert_trace("short 100\nshort 51\n");
    play(TIMES(100, 200, 300, 400, 500, 610)); /* three are two and one */
    assert_trace("double 100\nshort 110\n");
    play(TIMES(100, 200, 300, 400, 500, 600, 700, 810));
    assert_trace("double 100\ndouble 110\n");
}

static void test_long(void **state)
{
    (void)state;
    play(TIMES(100, 700));
    assert_trace("long 600\nreleased 600\n");
    play(TIMES(100, 1500));
    assert_trace("long 600\nrepeat 1\nrepeat 2\nreleased 1400\n");
    play(TIMES(100, 200, 300, 950)); /* a short one was before it */
    assert_trace("short 100\nlong 600\nreleased 650\n");
}

static void test_very_long(void **state)
{
    (void)state;
    static const button_timing quiet = {
        .debounce_ms = 50, .long_ms = 600, .access_point_ms = 5000, .factory_reset_ms = 10000};
    play_with(&quiet, TIMES(100, 5099), 1, 30000);
    assert_trace("long 600\nreleased 4999\n");
    play_with(&quiet, TIMES(100, 5100), 1, 30000);
    assert_trace("long 600\naccess point 5000\n");
    play_with(&quiet, TIMES(100, 10099), 1, 30000);
    assert_trace("long 600\naccess point 9999\n");
    play_with(&quiet, TIMES(100, 10100), 1, 30000);
    assert_trace("long 600\nfactory reset 10000\n");
}

static void test_each_kind_can_be_switched_off(void **state)
{
    (void)state;
    play_with(&(button_timing){0}, TIMES(100, 101, 200, 20000), 1, 30000);
    assert_trace("short 1\nshort 19800\n");
    play_with(&(button_timing){.long_ms = 600}, TIMES(100, 20000), 1, 30000);
    assert_trace("long 600\nreleased 19900\n");
    play_with(&(button_timing){.double_ms = 350, .access_point_ms = 5000},
              TIMES(100, 200, 300, 6000), 1, 30000);
    assert_trace("short 100\naccess point 5700\n");
}

static void test_what_is_not_steady_is_nothing(void **state)
{
    (void)state;
    play(TIMES(100, 149, 200, 201, 1000, 1049));
    assert_trace("");
    play(TIMES(100, 300, 349, 500)); /* up for 49 ms */
    assert_trace("short 400\n");
    play(TIMES(100, 690, 720, 900)); /* at 600 ms it is up: it may be the end */
    assert_trace("long 620\nreleased 800\n");
}

/* Whoever asks late is told the same, only later. */
static void test_asked_late(void **state)
{
    (void)state;
    static const char all[] = "short 100\nlong 6";
    for (uint32_t step = 1; step < 40; step++) {
        play_with(&usual, TIMES(80, 180, 1000, 1640), step, 30000);
        assert_memory_equal(trace_text(), all, sizeof all - 1);
        assert_non_null(strstr(trace_text(), "\nreleased 640\n"));
    }
}

static void test_down_from_the_beginning_is_no_press(void **state)
{
    (void)state;
    button_press p;
    button_event e;
    press_begin(&p, true, 0);
    assert_false(press_next(&p, &usual, 20000000, &e));
    assert_true(press_due_us(&p, &usual) == YOKE_NEVER);
    press_edge(&p, false, 20000000);
    assert_false(press_next(&p, &usual, 20100000, &e));
    press_edge(&p, true, 21000000);
    assert_false(press_next(&p, &usual, 21100000, &e));
    press_edge(&p, false, 21200000);
    assert_false(press_next(&p, &usual, 21300000, &e));
    assert_true(press_next(&p, &usual, 22000000, &e));
    assert_int_equal(e.kind, BUTTON_SHORT);
}

/* --- storms: each edge of a clean press, with bounce around it, gives the same events --- */

#define PRESSES 40u

static uint32_t between(uint32_t from, uint32_t to)
{
    return from + (uint32_t)rand() % (to - from + 1);
}

static unsigned bounce(uint32_t *edges, uint32_t *ms)
{
    unsigned n = between(0, 8) * 2 + 1;
    for (unsigned i = 0; i < n; i++) {
        edges[i] = *ms;
        *ms += i + 1 < n ? between(0, 9) : 0;
    }
    return n;
}

static void test_storms_of_bounce(void **state)
{
    (void)state;
    static char expected[8192];
    static uint32_t edges[PRESSES * 40];
    static const button_timing simple = {.debounce_ms = 50, .long_ms = 600};
    for (unsigned seed = 1; seed <= 200; seed++) {
        uint32_t ms = 100, *at = edges;
        srand(seed);
        trace_begin(0);
        for (unsigned i = 0; i < PRESSES; i++) {
            at += bounce(at, &ms);
            uint32_t began = ms, held = between(0, 1) ? between(60, 400) : between(800, 1500);
            ms += held;
            at += bounce(at, &ms);
            if (held >= 600) {
                note("long 600");
            }
            note("%s %u", held >= 600 ? "released" : "short", (unsigned)(ms - began));
            ms += between(60, 900);
        }
        *at = 0;
        memcpy(expected, trace_text(), strlen(trace_text()) + 1);
        play_with(&simple, edges, 1, ms + 100);
        assert_string_equal(trace_text(), expected);
    }
}

/* press_due_us() never sleeps past an event. */
static void test_it_is_due_when_it_says(void **state)
{
    (void)state;
    button_press p;
    button_event e;
    static const uint32_t edges[] = {100, 200, 300, 400, 1000, 1020, 1040, 7500, 0};
    press_begin(&p, false, 0);
    for (unsigned n = 0, ms = 0; ms < 9000; ms++) {
        uint64_t now_us = (uint64_t)ms * 1000, due_us = press_due_us(&p, &usual);
        if (edges[n] == ms && ms) {
            press_edge(&p, ++n % 2, now_us);
        }
        bool was_down = p.down;
        bool any = press_next(&p, &usual, now_us, &e);
        assert_true(due_us <= now_us || (!any && p.down == was_down));
        assert_true(any || p.down != was_down || due_us > now_us || p.since_us == now_us);
        while (any) {
            any = press_next(&p, &usual, now_us, &e);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short),
        cmocka_unit_test(test_double),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_very_long),
        cmocka_unit_test(test_each_kind_can_be_switched_off),
        cmocka_unit_test(test_what_is_not_steady_is_nothing),
        cmocka_unit_test(test_asked_late),
        cmocka_unit_test(test_down_from_the_beginning_is_no_press),
        cmocka_unit_test(test_storms_of_bounce),
        cmocka_unit_test(test_it_is_due_when_it_says),
    };
    return cmocka_run_group_tests_name("press", tests, NULL, NULL);
}
