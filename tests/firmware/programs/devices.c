/* Frames on two strips from core 1, while core 0 writes the flash without end. */
#include "yoke/adc.h"
#include "yoke/entropy.h"
#include "yoke/flash.h"
#include "yoke/strip.h"
#include "yoke/yoke.h"

#include <stdio.h>
#include <string.h>

#define PIXELS 60u
#define LANES  8u
#define SHORT  12u

static yoke_loop platform;
static yoke_app app;

static strip_pixel pixels[PIXELS];
static uint8_t wire[STRIP_WIRE_BYTES(1u, PIXELS, 3u)];
static strip one = {.chip = STRIP_WS2812,
                    .order = "GRB",
                    .first_pin = 2,
                    .lanes = 1,
                    .pixels_a_lane = PIXELS,
                    .pixels = pixels,
                    .wire = wire};

static strip_pixel pixels_of_lanes[LANES * SHORT];
static uint8_t wire_of_lanes[STRIP_WIRE_BYTES(LANES, SHORT, 4u)];
static strip many = {.chip = STRIP_SK6812,
                     .order = "GRBW",
                     .first_pin = 6,
                     .lanes = LANES,
                     .pixels_a_lane = SHORT,
                     .pixels = pixels_of_lanes,
                     .wire = wire_of_lanes};

/* How many lanes the second strip has; the test may write it before the start. Else all. */
volatile uint32_t __attribute__((section(".uninitialized_data.lanes"))) lanes;

uint32_t frames, refused, in_windows, mistakes;
static bool stopped;

/* The n-th frame, LED i: what the test expects too. */
static strip_pixel colour(uint32_t n, uint32_t i)
{
    return (strip_pixel){(uint8_t)(n + i), (uint8_t)(n * 3 + i), (uint8_t)(i * 7 + n),
                         (uint8_t)(n ^ i)};
}

static int frame_step(void *unused)
{
    (void)unused;
    for (uint32_t i = 0; i < PIXELS; i++) {
        pixels[i] = colour(frames, i);
    }
    for (uint32_t i = 0; i < LANES * SHORT; i++) {
        pixels_of_lanes[i] = colour(frames, i);
    }
    in_windows += flash_busy();
    if (strip_show(&one) == YOKE_OK && strip_show(&many) == YOKE_OK) {
        frames++;
    } else {
        refused++;
    }
    return YOKE_OK;
}

static yoke_worker worker = {
    .name = "frame", .step = frame_step, .period_us = 5000, .budget_us = 4000};

/* --- core 0 ------------------------------------------------------------- */

static uint8_t written[FLASH_PAGE], read[FLASH_PAGE];
static uint32_t round_number;

static void check(bool ok)
{
    mistakes += !ok;
}

static void make_page(void)
{
    entropy_fill(written, sizeof written);
}

static int writer_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (round_number = 0; !stopped; round_number++) {
        YOKE_TRY(t, flash_erase(t, round_number % 4 * FLASH_SECTOR));
        flash_read(round_number % 4 * FLASH_SECTOR + 4000, read, 4);
        check(memcmp(read, "\xff\xff\xff\xff", 4) == 0);
        make_page();
        YOKE_TRY(t, flash_program(t, round_number % 4 * FLASH_SECTOR + 512, written, FLASH_PAGE));
        flash_read(round_number % 4 * FLASH_SECTOR + 512, read, sizeof read);
        check(memcmp(read, written, sizeof read) == 0);
        memset(read, 0xff, sizeof read);
        YOKE_AWAIT(t, flash_program(t, round_number % 4 * FLASH_SECTOR + 512, read, FLASH_PAGE));
        check(t->status == YOKE_EIO); /* bits would have to be set */
        YOKE_TRY(t, yoke_sleep_ms(t, 50));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task writer = YOKE_TASK(writer_body);

static void tell(void)
{
    yoke_worker_stats s = yoke_worker_read(&worker);
    flash_account f = flash_counts();
    printf("%u frames, %u refused, %u skips, %u us late at most\n", (unsigned)frames,
           (unsigned)refused, (unsigned)s.skips, (unsigned)s.late_us_longest);
    printf("%u erases, %u programs, %u us the longest window, %u mistakes\n", (unsigned)f.erases,
           (unsigned)f.programs, (unsigned)f.window_us_longest, (unsigned)mistakes);
}

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    if (lanes >= 1 && lanes < LANES) {
        many.lanes = (uint8_t)lanes;
    }
    printf("flash %u, vsys %s, strips %d %d\n", (unsigned)flash_size(),
           adc_sample(ADC_VSYS) >= 0 ? "read" : "not read", strip_open(&one), strip_open(&many));
    yoke_worker_add(&app, &worker);
    yoke_app_start(&app);
    yoke_start(&platform, &writer);
    YOKE_TRY(t, yoke_sleep_ms(t, 1000));
    stopped = true;
    YOKE_TRY(t, yoke_join(t, &writer));
    yoke_app_stop(&app);
    YOKE_TRY(t, yoke_app_join(t, &app));
    tell();
    strip_close(&one);
    printf("closed, open again %d\n", strip_open(&one));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(void)
{
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    return yoke_run(&platform, &root);
}
