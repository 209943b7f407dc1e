/* The supply: a sample now and then, and two thresholds. */
#include "yoke/power.h"

#include "yoke/adc.h"

#define REFERENCE_MV 3300u /* of the converter */
#define DIVIDER      3u    /* the Pico's 200k and 100k */

static const power_limits usual = POWER_LIMITS;

static const power_limits *limits_of(const power *p)
{
    return p->limits ? p->limits : &usual;
}

uint32_t power_mv_of(uint32_t sample)
{
    return (sample * REFERENCE_MV * DIVIDER + ADC_MAX / 2) / ADC_MAX;
}

const char *power_state_text(enum power_state state)
{
    static const char *const texts[] = {"unknown", "normal", "low"};
    return texts[state];
}

/* A first-order low pass; the first figure is taken as it is. */
static void take_in(power *p, uint32_t mv)
{
    if (p->mv == 0) {
        p->filtered = mv << POWER_FILTER;
    }
    p->filtered += mv - (p->filtered >> POWER_FILTER);
    p->mv = p->filtered >> POWER_FILTER;
}

static enum power_state judge(const power *p)
{
    const power_limits *l = limits_of(p);
    if (p->mv < l->low_mv) {
        return POWER_LOW;
    }
    return p->state == POWER_LOW && p->mv < l->normal_mv ? POWER_LOW : POWER_NORMAL;
}

static void measure(power *p)
{
    p->answer = adc_sample(ADC_VSYS);
    if (p->answer < 0) {
        p->refused++;
        return;
    }
    p->samples++;
    take_in(p, power_mv_of((uint32_t)p->answer));
    enum power_state state = judge(p);
    if (state != p->state) {
        p->state = state;
        yoke_signal_set(&p->changed, state);
    }
}

static int check_limits(const power *p)
{
    const power_limits *l = limits_of(p);
    return l->period_ms && (!l->low_mv || l->normal_mv > l->low_mv) ? YOKE_OK : YOKE_EINVAL;
}

int power_body(yoke_task *t)
{
    power *me = YOKE_FRAME(power, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, check_limits(me));
    for (;;) {
        measure(me);
        YOKE_TRY(t, yoke_sleep_ms(t, me->answer < 0 ? POWER_AGAIN_MS : limits_of(me)->period_ms));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

int power_changed(yoke_task *t, power *p, enum power_state *state)
{
    uint32_t value;
    int answer = yoke_signal_wait(t, &p->changed, &value);
    if (answer == YOKE_OK) {
        *state = (enum power_state)value;
    }
    return answer;
}
