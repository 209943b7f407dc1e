/* The task of the buttons: pins pulled at times of the virtual clock, and presses by software. */
#include "world.h"

#include "yoke/buttons.h"
#include "yoke/virtual.h"

#define PIN_A 5u
#define PIN_B 6u

static button list[2];
static buttons panel;

typedef struct {
    yoke_task task;
    button_event event;
} reader;

static reader r;

static int reader_body(yoke_task *t)
{
    reader *me = YOKE_FRAME(reader, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, buttons_next(t, &panel, &me->event));
        note("%u: %s %u", me->event.button, button_kind_text(me->event.kind),
             (unsigned)me->event.count);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int setup(void **state)
{
    world_setup(state);
    memset(list, 0, sizeof list);
    list[0].pin = PIN_A;
    list[1].pin = PIN_B;
    list[1].active_high = true;
    panel = (buttons){.task = YOKE_TASK(buttons_body), .list = list, .count = 2};
    r = (reader){.task = YOKE_TASK(reader_body)};
    begin(&platform, &r.task);
    begin(&platform, &panel.task);
    return 0;
}

/* --- a person --------------------------------------------------------------- */

static void a_down(void *unused)
{
    (void)unused;
    virtual_gpio_set(PIN_A, false);
}

static void a_up(void *unused)
{
    (void)unused;
    virtual_gpio_release(PIN_A);
}

static void b_down(void *unused)
{
    (void)unused;
    virtual_gpio_set(PIN_B, true);
}

static void b_up(void *unused)
{
    (void)unused;
    virtual_gpio_release(PIN_B);
}

static void at(uint32_t ms, void (*what)(void *))
{
    sim_interrupt_at(world_config.start_us + ms * UINT64_C(1000), what, NULL);
}

/* --- tests -------------------------------------------------------------------- */

static void test_presses_of_two_buttons(void **state)
{
    (void)state;
    at(100, a_down);
    at(150, b_down);
    at(200, a_up);
    at(1200, b_up);
    at(2000, a_down);
    at(2100, a_up);
    at(2200, a_down);
    at(2300, a_up);
    world_run_ms(3000);
    assert_trace("0: short 0\n1: long 0\n1: repeat 1\n1: released 0\n0: double 0\n");
}

static void test_two_edges_at_once_are_seen(void **state)
{
    (void)state;
    at(100, a_down);
    at(140, a_up); /* the task finds the level as it was, */
    at(140, a_down);
    at(160, a_up); /* but it was not steady */
    at(160, a_down);
    at(180, a_up);
    world_run_ms(1000);
    assert_trace("");
}

static void test_a_pin_that_is_stuck_tells_nothing(void **state)
{
    (void)state;
    yoke_cancel(&panel.task);
    world_run_ms(1);
    virtual_gpio_set(PIN_A, false);
    begin(&platform, &panel.task);
    world_run_ms(20000);
    at(20100, a_up);
    at(20500, a_down);
    at(20600, a_up);
    world_run_ms(2000);
    assert_trace("0: short 0\n");
}

static void test_nothing_to_do_no_timer(void **state)
{
    (void)state;
    world_without_strays();
    world_open_again();
    panel.task = (yoke_task)YOKE_TASK(buttons_body);
    begin(&platform, &panel.task);
    world_run_ms(10);
    assert_true(world_next_us() == YOKE_NEVER);
}

static void test_presses_by_software(void **state)
{
    (void)state;
    assert_int_equal(buttons_press(&panel, 0, 100), YOKE_ENOENT); /* it does not run yet */
    world_run_ms(100);
    assert_int_equal(buttons_press(&panel, 2, 100), YOKE_ENOENT);
    assert_int_equal(buttons_press(&panel, 0, 49), YOKE_EINVAL);
    assert_int_equal(buttons_press(&panel, 0, BUTTONS_PRESS_MS_MAX + 1), YOKE_EINVAL);
    assert_int_equal(buttons_press(&panel, 0, 100), YOKE_OK);
    assert_int_equal(buttons_press(&panel, 0, 100), YOKE_EBUSY);
    assert_int_equal(buttons_press(&panel, 1, 700), YOKE_OK);
    world_run_ms(200);
    assert_int_equal(buttons_press(&panel, 0, 50), YOKE_OK);
    world_run_ms(2000);
    assert_trace("0: double 0\n1: long 0\n1: released 0\n");
    assert_int_equal(buttons_press(&panel, 0, 50), YOKE_OK);
    world_run_ms(1000);
    assert_int_equal(trace_count("0: short 0"), 1);
}

static void test_a_pin_that_somebody_watches(void **state)
{
    (void)state;
    world_run_ms(1);
    button other = {.pin = PIN_B}, free_pin = {.pin = 9};
    button both[2] = {free_pin, other};
    buttons second = {.task = YOKE_TASK(buttons_body), .list = both, .count = 2};
    assert_int_equal(world_run(&second.task), YOKE_EBUSY);
    gpio_watcher w = {.changed = NULL};
    assert_int_equal(gpio_watch(9, &w), YOKE_OK); /* it has been let go */
    gpio_unwatch(&w);
    button none = {.pin = GPIO_PINS};
    buttons third = {.task = YOKE_TASK(buttons_body), .list = &none, .count = 1};
    assert_int_equal(world_run(&third.task), YOKE_EINVAL);
}

static void test_events_that_nobody_takes_are_counted(void **state)
{
    (void)state;
    static const button_timing quick = {.debounce_ms = 1};
    yoke_cancel(&r.task);
    world_run_ms(1);
    list[0].timing = &quick;
    for (unsigned i = 0; i < BUTTONS_WAITING + 3; i++) {
        assert_int_equal(buttons_press(&panel, 0, 5), YOKE_OK);
        world_run_ms(20);
    }
    assert_int_equal(panel.events.refused, 3);
    assert_int_equal(yoke_queue_used(&panel.events), BUTTONS_WAITING);
    begin(&platform, &r.task);
    world_run_ms(1);
    assert_int_equal(trace_count("0: short 0"), BUTTONS_WAITING);
}

static void test_cancelled_it_lets_go_of_its_pins(void **state)
{
    (void)state;
    world_run_ms(1);
    yoke_cancel(&panel.task);
    world_run_ms(1);
    assert_true(yoke_done(&panel.task));
    assert_int_equal(panel.task.rc, YOKE_ECANCELED);
    assert_int_equal(buttons_press(&panel, 0, 100), YOKE_ENOENT);
    at(100, a_down);
    at(300, a_up);
    world_run_ms(1000);
    assert_trace("");
    begin(&platform, &panel.task); /* and again */
    at(1100, a_down);
    at(1300, a_up);
    world_run_ms(1000);
    assert_trace("0: short 0\n");
}

#define with_panel(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_panel(test_presses_of_two_buttons),
        with_panel(test_two_edges_at_once_are_seen),
        with_panel(test_a_pin_that_is_stuck_tells_nothing),
        with_panel(test_nothing_to_do_no_timer),
        with_panel(test_presses_by_software),
        with_panel(test_a_pin_that_somebody_watches),
        with_panel(test_events_that_nobody_takes_are_counted),
        with_panel(test_cancelled_it_lets_go_of_its_pins),
    };
    return cmocka_run_group_tests_name("buttons", tests, NULL, NULL);
}
