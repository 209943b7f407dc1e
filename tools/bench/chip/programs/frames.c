#include "frames.h"

#include "yoke/strip.h"

#define LEDS 16u

static strip_pixel pixels[LEDS];
static uint8_t wire[STRIP_WIRE_BYTES(1u, LEDS, 3u)];
static strip leds = {.chip = STRIP_WS2812,
                     .order = "GRB",
                     .first_pin = 2,
                     .lanes = 1,
                     .pixels_a_lane = LEDS,
                     .pixels = pixels,
                     .wire = wire};
static uint32_t number;

/* Read by the bench. */
volatile uint32_t frames_refused;

void frames_open(void)
{
    frames_refused += strip_open(&leds) != YOKE_OK;
}

/* The first LED is the number; measure.js knows. */
void frames_show(void)
{
    for (uint32_t i = 0; i < LEDS; i++) {
        uint32_t n = number + i * 0x10203u;
        pixels[i] = (strip_pixel){(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), 0};
    }
    number++;
    frames_refused += strip_show(&leds) != YOKE_OK;
}
