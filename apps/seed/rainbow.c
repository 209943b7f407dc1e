/* The rainbow: 60 LEDs, a frame every 10 ms, from a step on the app loop. */
#include "seed.h"
#include "yoke/strip.h"

#define LEDS      60u
#define FIRST_PIN 2u
#define PERIOD_US 10000u

static strip_pixel pixels[LEDS];
static uint8_t wire[STRIP_WIRE_BYTES(1, LEDS, 3)];
static strip leds = {.order = "GRB",
                     .pixels = pixels,
                     .wire = wire,
                     .chip = STRIP_WS2812,
                     .first_pin = FIRST_PIN,
                     .lanes = 1,
                     .pixels_a_lane = LEDS};

/* The colour at `hue`, 0 to 767: red to green to blue, and back to red. */
static strip_pixel colour(unsigned hue)
{
    uint8_t up = (uint8_t)(hue % 256), down = (uint8_t)(255 - up);
    return hue < 256   ? (strip_pixel){down, up, 0, 0}
           : hue < 512 ? (strip_pixel){0, down, up, 0}
                       : (strip_pixel){up, 0, down, 0};
}

static atomic_uint speed = 4; /* hues a frame: once around in two seconds */

void seed_set_speed(unsigned hues_a_frame)
{
    atomic_store_explicit(&speed, hues_a_frame, memory_order_relaxed);
}

static int step(void *arg)
{
    static unsigned first;
    (void)arg;
    first = (first + atomic_load_explicit(&speed, memory_order_relaxed)) % 768;
    for (unsigned i = 0; i < LEDS; i++) {
        pixels[i] = colour((first + i * 768 / LEDS) % 768);
    }
    int answer = strip_show(&leds);
    return answer == YOKE_EBUSY ? YOKE_OK
                                : answer; /* the frame before was late: this one is left out */
}

static scope_seat seat = {.step = step, .name = "rainbow"};
static yoke_worker rainbow = {.name = "rainbow",
                              .step = scope_step,
                              .arg = &seat,
                              .period_us = PERIOD_US,
                              .budget_us = PERIOD_US};

int seed_add_rainbow(void)
{
    int answer = strip_open(&leds);
    return answer < 0 ? answer : yoke_worker_add(&seed_app, &rainbow);
}

const yoke_worker *seed_rainbow(void)
{
    return &rainbow;
}
