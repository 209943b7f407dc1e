/* Pins, analogue inputs, random bytes. */
#include "world.h"

#include "yoke/adc.h"
#include "yoke/entropy.h"
#include "yoke/gpio.h"
#include "yoke/virtual.h"

/* --- levels ---------------------------------------------------------------------- */

static void test_an_input_has_the_level_of_its_pull(void **state)
{
    (void)state;
    assert_int_equal(gpio_input(3, GPIO_PULLED_UP), YOKE_OK);
    assert_true(gpio_read(3));
    virtual_gpio_set(3, false);
    assert_false(gpio_read(3));
    virtual_gpio_release(3);
    assert_true(gpio_read(3));
    assert_int_equal(gpio_input(3, GPIO_PULLED_DOWN), YOKE_OK);
    assert_false(gpio_read(3));
    gpio_write(3, true); /* it is no output */
    assert_false(gpio_read(3));
}

static void test_an_output_keeps_its_level(void **state)
{
    (void)state;
    assert_int_equal(gpio_output(4, true), YOKE_OK);
    virtual_gpio_set(4, false);
    assert_true(gpio_read(4));
    gpio_write(4, false);
    assert_false(gpio_read(4));
    assert_int_equal(gpio_input(4, GPIO_PULLED_UP), YOKE_OK);
    assert_false(gpio_read(4)); /* the other side still pulls */
}

static void test_there_are_30_pins(void **state)
{
    (void)state;
    gpio_watcher w = {.changed = NULL};
    assert_int_equal(gpio_input(GPIO_PINS - 1, GPIO_FLOATS), YOKE_OK);
    assert_int_equal(gpio_input(GPIO_PINS, GPIO_FLOATS), YOKE_EINVAL);
    assert_int_equal(gpio_output(GPIO_PINS, true), YOKE_EINVAL);
    assert_int_equal(gpio_watch(GPIO_PINS, &w), YOKE_EINVAL);
    gpio_write(GPIO_PINS, true);
    assert_false(gpio_read(GPIO_PINS));
}

/* --- a button, pressed at times of the virtual clock ------------------------------- */

typedef struct {
    gpio_watcher watcher;
    yoke_signal changed;
    yoke_task task;
} button;

static void on_edge(gpio_watcher *w)
{
    button *b = (button *)(void *)w;
    assert_null(yoke_port_here()); /* an interrupt */
    yoke_signal_set(&b->changed, 0);
}

static int button_body(yoke_task *t)
{
    button *me = YOKE_FRAME(button, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_signal_wait(t, &me->changed, NULL));
        note_at("%s", gpio_read(5) ? "up" : "down");
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void press(void *unused)
{
    (void)unused;
    virtual_gpio_set(5, false);
}

static void let_go(void *unused)
{
    (void)unused;
    virtual_gpio_release(5);
}

static void test_a_button_wakes_a_task(void **state)
{
    (void)state;
    button b = {.watcher.changed = on_edge, .task = YOKE_TASK(button_body)};
    gpio_watcher other = {.changed = on_edge};
    gpio_input(5, GPIO_PULLED_UP);
    assert_int_equal(gpio_watch(5, &b.watcher), YOKE_OK);
    assert_int_equal(gpio_watch(5, &other), YOKE_EBUSY);
    begin(&platform, &b.task);
    sim_interrupt_at(world_config.start_us + 1000, press, NULL);
    sim_interrupt_at(world_config.start_us + 1500, press, NULL); /* no edge */
    sim_interrupt_at(world_config.start_us + 2000, let_go, NULL);
    world_run_ms(5);
    assert_trace("1000 down\n2000 up\n");
    gpio_unwatch(&b.watcher);
    sim_interrupt_at(world_config.start_us + 6000, press, NULL);
    world_run_ms(5);
    assert_trace("1000 down\n2000 up\n");
    assert_int_equal(gpio_watch(5, &other), YOKE_OK);
}

/* --- analogue inputs ------------------------------------------------------------------ */

static bool quiet;
static int guards;

static bool enter(void)
{
    guards += quiet;
    return quiet;
}

static void leave(void)
{
    guards--;
}

static const adc_guard radio = {enter, leave};

static void test_an_input_has_the_value_that_was_set(void **state)
{
    (void)state;
    virtual_adc_set(ADC_GPIO27, ADC_MAX);
    assert_int_equal(adc_sample(ADC_GPIO27), ADC_MAX);
    assert_int_equal(adc_sample(ADC_GPIO26), 0);
    assert_int_equal(adc_sample(ADC_TEMPERATURE), 876);
    assert_int_equal(adc_sample(ADC_INPUTS), YOKE_EINVAL);
}

static void test_vsys_only_while_the_radio_is_quiet(void **state)
{
    (void)state;
    virtual_adc_set(ADC_VSYS, 2000);
    assert_int_equal(adc_sample(ADC_VSYS), 2000);
    adc_guard_vsys(&radio);
    quiet = false;
    assert_int_equal(adc_sample(ADC_VSYS), YOKE_EBUSY);
    assert_int_equal(adc_sample(ADC_GPIO28), 0); /* the others do not care */
    quiet = true;
    assert_int_equal(adc_sample(ADC_VSYS), 2000);
    assert_int_equal(guards, 0);
    adc_guard_vsys(NULL);
    quiet = false;
    assert_int_equal(adc_sample(ADC_VSYS), 2000);
}

/* --- random bytes ----------------------------------------------------------------------- */

static void test_random_bytes_come_again_with_their_seed(void **state)
{
    (void)state;
    uint8_t a[32] = {0}, b[32] = {0}, c[32] = {0};
    entropy_fill(a, 31);
    entropy_fill(c, 32);
    assert_int_equal(a[31], 0);
    assert_memory_not_equal(a, c, 31);
    world_open_again();
    entropy_fill(b, 31);
    assert_memory_equal(a, b, 32);
    world_config.seed++;
    world_open_again();
    entropy_fill(c, 31);
    assert_memory_not_equal(a, c, 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_an_input_has_the_level_of_its_pull),
        in_world(test_an_output_keeps_its_level),
        in_world(test_there_are_30_pins),
        in_world(test_a_button_wakes_a_task),
        in_world(test_an_input_has_the_value_that_was_set),
        in_world(test_vsys_only_while_the_radio_is_quiet),
        in_world(test_random_bytes_come_again_with_their_seed),
    };
    return cmocka_run_group_tests_name("pins", tests, NULL, NULL);
}
