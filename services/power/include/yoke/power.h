/* The supply voltage: measured now and then, filtered, and told when it gets low.
 *
 *                 below low_mv                      above normal_mv
 *   UNKNOWN ─────────────────▶ LOW ◀────────────────────────────────▶ NORMAL
 *      └──────────────────────── the first figure ────────────────────▲
 *
 * On a Pico W the pin that measures is the clock of the radio's bus too. Its driver gives a guard
 * (adc_guard_vsys), and a sample that the guard refuses is tried again, so nobody is held up. */
#ifndef YOKE_POWER_H
#define YOKE_POWER_H

#include "yoke/signal.h"

enum power_state { POWER_UNKNOWN, POWER_NORMAL, POWER_LOW };

/* Constant. All in mV at VSYS, which on a Pico is 1.8 to 5.5 V (Pico data sheet, 4.5). */
typedef struct {
    uint32_t period_ms; /* between two figures, at least 1 */
    uint16_t low_mv;    /* below: LOW; 0: never */
    uint16_t normal_mv; /* not below: NORMAL again; above low_mv, by more than it ripples */
} power_limits;

/* Three AA cells, or one of lithium, that should be changed; USB gives 4.75 V at least less the
 * diode's 0.3 V. */
#define POWER_LIMITS                                         \
    {                                                        \
        .period_ms = 1000, .low_mv = 3300, .normal_mv = 3500 \
    }

/* The frame of the task. Set what is above the line; start it on the platform loop. */
typedef struct {
    yoke_task task;             /* YOKE_TASK(power_body) */
    const power_limits *limits; /* NULL: POWER_LIMITS */
    /* --- to be read on the platform loop ----------------------------------- */
    enum power_state state;
    uint32_t mv;      /* filtered; 0: not known yet */
    uint32_t samples; /* taken, */
    uint32_t refused; /* and refused by the guard, and tried again; both modulo 2^32 */
    /* --- its own ---------------------------------------------------------- */
    yoke_signal changed;
    uint32_t filtered; /* mV by 2^POWER_FILTER */
    int answer;        /* of the last sample */
} power;

/* Half of a step of the voltage has got through after 2^POWER_FILTER * 0.7 periods. */
#define POWER_FILTER 2u

/* How soon a refused sample is tried again: a transaction of the radio takes some 100 us. */
#define POWER_AGAIN_MS 2u

/* Measures until it is cancelled; ends at once with YOKE_EINVAL if the limits are not in order. */
int power_body(yoke_task *t);

/* Wait until the state has changed since this was last asked, and take it; what changed twice
 * meanwhile is told as it is now. One waiter (check task 102). Answers YOKE_OK. Platform loop. */
YOKE_ASYNC int power_changed(yoke_task *t, power *p, enum power_state *state);

/* What a sample of ADC_VSYS (yoke/adc.h) means, in mV. Any core. */
uint32_t power_mv_of(uint32_t sample);

/* "unknown", "normal", "low". Any core. */
const char *power_state_text(enum power_state state);

#endif
