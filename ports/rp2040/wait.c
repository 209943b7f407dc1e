/* How a loop sleeps and is woken.
 *
 * A bell for each core: who pends a loop stores `rung`, and a SEV sets the event latch of both
 * cores. A loop that sleeps is in WFE; every event, also one that was for the other core, makes it
 * look at its bell and at the time again. If the latch is set already, WFE comes back at once: so
 * nothing is missed between the look and the sleep.
 *
 * Each core has a hardware alarm of its own, of its own number, enabled in its own interrupt
 * controller only. The interrupt has nothing to do: that it returns is the event. */
#include "internal.h"

#include "hardware/irq.h"
#include "hardware/structs/nvic.h"
#include "hardware/sync.h"
#include "hardware/timer.h"

/* An alarm compares 32 bits; a time that is further away is approached in such steps. */
#define STEP_US (UINT32_C(1) << 31)

/* The app loop is awake so long before it must be, and watches the clock for the rest. */
#define AHEAD_US 3u

/* It looks for released workers some time after it has come back (2.1 us at 125 MHz), so it may
 * come back earlier by LEAD_US, less so many cycles as are needed: the first 8 are enough in the
 * emulator, and more are taken whenever it turns out to have been too early. */
#define LEAD_US     2u
#define CYCLES_MIN  8u
#define CYCLES_STEP 8u
#define CYCLES_MAX  120u /* about 1 us */
#define MISSES_MAX  8u

chip_core cores[YOKE_CORES];

/* --- bells ----------------------------------------------------------- */

/* A loop that pends itself makes one turn more than it has to: cheaper than asking who calls. */
void yoke_port_pend(yoke_loop *l)
{
    atomic_store_explicit(&cores[l->core].rung, true, memory_order_release);
    __dsb(); /* the store is done before the event */
    __sev();
}

static bool is_rung(const chip_core *c)
{
    return atomic_load_explicit(&c->rung, memory_order_relaxed);
}

/* What was stored before the bell was rung is seen by the turn that follows. */
static void answer(chip_core *c)
{
    atomic_store_explicit(&c->rung, false, memory_order_relaxed);
    __dmb();
}

/* --- alarms ---------------------------------------------------------- */

static void on_alarm(void)
{
    timer_hw->intr = 1u << get_core_num();
}

void wait_open(void)
{
    for (uint number = 0; number < YOKE_CORES; number++) {
        hardware_alarm_claim(number);
        irq_set_exclusive_handler(hardware_alarm_get_irq_num(number), on_alarm);
    }
}

/* Written by hand: core 1 must not run the SDK's functions, which are in flash. */
void wait_begin(void)
{
    uint number = get_core_num();
    hw_set_bits(&timer_hw->inte, 1u << number);
    *(io_rw_32 *)&nvic_hw->iser = 1u << TIMER_ALARM_IRQ_NUM(timer_hw, number);
}

/* Set the alarm of this core. False: that time has come. A function of its own, so that the way
 * out of the sleep restores few registers. */
static __attribute__((noinline)) bool arm(uint64_t until_us)
{
    uint64_t now_us = yoke_port_now_us();
    if (now_us >= until_us) {
        return false;
    }
    uint64_t ahead_us = until_us - now_us;
    uint32_t step_us = ahead_us < STEP_US ? (uint32_t)ahead_us : STEP_US;
    uint32_t alarm_us = (uint32_t)now_us + step_us;
    timer_hw->alarm[get_core_num()] = alarm_us;
    /* An interrupt may have held us up here, and an alarm in the past comes 72 minutes later. */
    return (int32_t)(timer_hw->timerawl - alarm_us) < 0;
}

/* --- sleep ----------------------------------------------------------- */

static void sleep(const chip_core *c, uint64_t until_us)
{
    while (!is_rung(c) && (until_us == YOKE_NEVER || arm(until_us))) {
        __wfe();
    }
}

static void watch_clock(const chip_core *c, uint32_t until_us)
{
    while (!is_rung(c) && (int32_t)(timer_hw->timerawl - until_us) < 0) {
    }
}

void wait_platform(uint64_t due_us)
{
    chip_core *c = &cores[0];
    sleep(c, due_us);
    answer(c);
}

/* --- the app loop: a little earlier, if that is not too early --------- */

static struct {
    uint64_t due_us; /* it came back for this time, earlier by the lead */
    uint32_t us;     /* the lead, */
    uint32_t cycles; /* of which so many are not used */
    uint32_t misses; /* in a row, when no more cycles helped */
    bool missed;
} lead = {.us = LEAD_US, .cycles = CYCLES_MIN};

/* It was too early by some cycles; or by far, since the chip is a fast one, or the time is a
 * task's, for which the loop looks at once. If that goes on, never again. */
static void miss(void)
{
    lead.missed = true;
    if (lead.cycles < CYCLES_MAX) {
        lead.cycles += CYCLES_STEP;
    } else if (++lead.misses == MISSES_MAX) {
        lead.us = 0;
    }
}

/* Asked to wait for the same time again, it was too early. */
static uint32_t lead_for(uint64_t due_us)
{
    if (due_us == lead.due_us) {
        miss();
        return 0;
    }
    if (!lead.missed) {
        lead.misses = 0;
    }
    lead.missed = false;
    return lead.us;
}

static void wait_release(chip_core *c, uint64_t due_us)
{
    uint32_t lead_us = lead_for(due_us);
    sleep(c, due_us - lead_us - AHEAD_US);
    watch_clock(c, (uint32_t)due_us - lead_us);
    if (lead_us) {
        busy_wait_at_least_cycles(lead.cycles);
    }
    lead.due_us = is_rung(c) ? 0 : due_us;
}

void wait_app(uint64_t due_us)
{
    chip_core *c = &cores[1];
    if (due_us == YOKE_NEVER) {
        sleep(c, due_us);
    } else {
        wait_release(c, due_us);
    }
    answer(c);
}
