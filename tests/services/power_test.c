/* The supply: figures, hysteresis, and the radio that shares the pin. */
#include "world.h"

#include "yoke/adc.h"
#include "yoke/power.h"
#include "yoke/virtual.h"

static const power_limits quick = {.period_ms = 10, .low_mv = 3300, .normal_mv = 3500};
static power supply;

typedef struct {
    yoke_task task;
    enum power_state state;
} reader;

static reader r;

static int reader_body(yoke_task *t)
{
    reader *me = YOKE_FRAME(reader, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, power_changed(t, &supply, &me->state));
        note("%s", power_state_text(me->state));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void set_mv(uint32_t mv)
{
    virtual_adc_set(ADC_VSYS, (uint16_t)(mv * ADC_MAX / 9900));
}

static int setup(void **state)
{
    world_setup(state);
    adc_guard_vsys(NULL);
    supply = (power){.task = YOKE_TASK(power_body), .limits = &quick};
    r = (reader){.task = YOKE_TASK(reader_body)};
    begin(&platform, &r.task);
    begin(&platform, &supply.task);
    return 0;
}

static void test_what_a_sample_means(void **state)
{
    (void)state;
    assert_int_equal(power_mv_of(0), 0);
    assert_int_equal(power_mv_of(ADC_MAX), 9900);
    assert_in_range(power_mv_of(2068), 4998, 5001);
}

static void test_usb_is_normal_and_told_once(void **state)
{
    (void)state;
    assert_int_equal(supply.state, POWER_UNKNOWN);
    world_run_ms(1000);
    assert_trace("normal\n");
    assert_in_range(supply.mv, 4990, 5001);
    assert_in_range(supply.samples, 99, 101);
    assert_int_equal(supply.refused, 0);
}

static void test_low_and_back_with_hysteresis(void **state)
{
    (void)state;
    set_mv(3400); /* between the two: normal, since it was not low */
    world_run_ms(500);
    assert_trace("normal\n");
    set_mv(3200);
    world_run_ms(500);
    assert_trace("normal\nlow\n");
    set_mv(3400); /* still */
    world_run_ms(500);
    assert_trace("normal\nlow\n");
    set_mv(3600);
    world_run_ms(500);
    assert_trace("normal\nlow\nnormal\n");
}

static void test_low_from_the_beginning(void **state)
{
    (void)state;
    set_mv(2000);
    world_run_ms(500);
    assert_trace("low\n");
    assert_in_range(supply.mv, 1995, 2000);
}

/* A sample that is off, as when a relay switches: the filter lets a quarter of it through. */
static void test_a_dip_of_one_sample_is_not_low(void **state)
{
    (void)state;
    set_mv(4000);
    world_run_ms(1000);
    set_mv(2000);
    uint32_t before = supply.samples;
    while (supply.samples == before) {
        world_run_ms(1);
    }
    set_mv(4000);
    assert_in_range(supply.mv, 3400, 3600);
    world_run_ms(1000);
    assert_trace("normal\n");
}

/* --- the radio ------------------------------------------------------------------- */

static unsigned bus_is_busy; /* for so many questions more */
static int guarded;

static bool enter(void)
{
    if (bus_is_busy) {
        bus_is_busy--;
        return false;
    }
    guarded++;
    return true;
}

static void leave(void)
{
    guarded--;
}

static void test_a_sample_waits_for_the_radio(void **state)
{
    (void)state;
    static const adc_guard radio = {enter, leave};
    adc_guard_vsys(&radio);
    bus_is_busy = 50;
    world_run_ms(90);
    assert_int_equal(supply.samples, 0);
    assert_int_equal(supply.state, POWER_UNKNOWN);
    world_run_ms(50);
    assert_int_equal(supply.refused, 50);
    assert_in_range(supply.samples, 2, 6);
    assert_trace("normal\n");
    assert_int_equal(guarded, 0);
}

/* --- mistakes -------------------------------------------------------------------- */

static int run_with(const power_limits *limits)
{
    power p = {.task = YOKE_TASK(power_body), .limits = limits};
    begin(&platform, &p.task);
    world_run_ms(5);
    int answer = yoke_done(&p.task) ? p.task.rc : YOKE_PENDING;
    yoke_cancel(&p.task);
    world_run_ms(1);
    return answer;
}

static void test_limits_that_are_not_in_order(void **state)
{
    (void)state;
    assert_int_equal(run_with(&(power_limits){.period_ms = 0}), YOKE_EINVAL);
    assert_int_equal(run_with(&(power_limits){.period_ms = 9, .low_mv = 3000, .normal_mv = 3000}),
                     YOKE_EINVAL);
    assert_int_equal(run_with(&(power_limits){.period_ms = 9}), YOKE_PENDING); /* never low */
    assert_int_equal(run_with(NULL), YOKE_PENDING);
}

#define with_supply(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_sample_means),
        with_supply(test_usb_is_normal_and_told_once),
        with_supply(test_low_and_back_with_hysteresis),
        with_supply(test_low_from_the_beginning),
        with_supply(test_a_dip_of_one_sample_is_not_low),
        with_supply(test_a_sample_waits_for_the_radio),
        with_supply(test_limits_that_are_not_in_order),
    };
    return cmocka_run_group_tests_name("power", tests, NULL, NULL);
}
