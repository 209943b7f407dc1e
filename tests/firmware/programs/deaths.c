/* Core 1 dies in one of several ways, by its number in `how`, and is brought back alone. */
#include "yoke/lifecycle.h"
#include "yoke/port.h"
#include "yoke/strip.h"
#include "yoke/watchdog.h"
#include "yoke/yoke.h"

#include <stdio.h>

/* The test writes it before the start; neither a reset nor the start-up code touches it. */
volatile uint32_t __attribute__((section(".uninitialized_data.how"))) how;

enum {
    NOTHING,
    STALL,
    STALL_WITH_LOCK,
    EXCEPTION,
    EXCEPTION_WITH_LOCK,
    STACK,
    IN_SHOW,
    AT_EACH_START
};

#define PIXELS 30u

static yoke_loop platform;
static yoke_app app;
static strip_pixel pixels[PIXELS];
static uint8_t wire[STRIP_WIRE_BYTES(1u, PIXELS, 3u)];
static strip leds = {.chip = STRIP_WS2812,
                     .order = "GRB",
                     .first_pin = 2,
                     .lanes = 1,
                     .pixels_a_lane = PIXELS,
                     .pixels = pixels,
                     .wire = wire};
uint32_t frames, steps_of_bad, beats;

static volatile uintptr_t odd = 0x20000001u;
static volatile uint32_t deep = 2;

static uint32_t sink(uint32_t depth)
{
    volatile uint32_t here[16];
    here[0] = depth;
    return depth ? sink(depth * deep) + here[0] : 0;
}

int frame_step(void *unused);
int frame_step(void *unused)
{
    (void)unused;
    for (uint32_t i = 0; i < PIXELS; i++) {
        pixels[i] = (strip_pixel){(uint8_t)frames, (uint8_t)i, 7, 0};
    }
    frames += strip_show(&leds) == YOKE_OK;
    return YOKE_OK;
}

static void die(void)
{
    switch (how) {
    case STALL_WITH_LOCK:
        (void)yoke_port_lock();
        for (;;) {
        }
    case STALL:
        for (;;) {
        }
    case EXCEPTION_WITH_LOCK:
        (void)yoke_port_lock();
        *(volatile int *)odd = 1;
        break;
    case AT_EACH_START:
    case EXCEPTION: /* a frame is on its way just now */
        *(volatile int *)odd = 1;
        break;
    case STACK:
        (void)sink(1);
        break;
    case IN_SHOW:
        leds.showing = true;
        for (;;) {
        }
    default:
        break;
    }
}

static int bad_step(void *unused)
{
    (void)unused;
    if (++steps_of_bad == 5 || how == AT_EACH_START) {
        die();
    }
    return YOKE_OK;
}

static yoke_worker good = {.name = "good", .step = frame_step, .period_us = 5000};
static yoke_worker bad = {.name = "bad", .step = bad_step, .period_us = 5000};

static core_fault fault;
static const char *removed = "nobody";

/* Nothing is printed here: core 1 waits. */
static void told(const core_fault *f, yoke_worker *w)
{
    fault = *f;
    removed = w ? w->name : "nobody";
    if (how == AT_EACH_START) {
        yoke_worker_add(&app, &bad);
    }
}

static lifecycle life = {
    .task = YOKE_TASK(lifecycle_body), .stall_ms = 40, .watchdog_ms = 1000, .told = told};

static int beat_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, 1));
        beats++;
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task beat = YOKE_TASK(beat_body);

static void tell(void)
{
    char text[LIFECYCLE_TEXT_MAX];
    printf("%s; removed %s\n", lifecycle_text(&fault, text), removed);
    printf("alive: %u restarts, bad made %u steps\n", (unsigned)life.restarts,
           (unsigned)steps_of_bad);
}

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    if (life.before.kind != CORE_NO_FAULT) {
        char text[LIFECYCLE_TEXT_MAX];
        printf("before: %s\n", lifecycle_text(&life.before, text));
    }
    printf("started, strip %d\n", strip_open(&leds));
    yoke_start(&platform, &life.task);
    yoke_start(&platform, &beat);
    yoke_worker_add(&app, &good);
    yoke_worker_add(&app, &bad);
    yoke_app_start(&app);
    YOKE_TRY(t, yoke_sleep_ms(t, 300));
    tell();
    how = NOTHING;
    yoke_worker_add(&app, &bad);
    yoke_app_start(&app); /* if it was left off */
    YOKE_TRY(t, yoke_sleep_ms(t, 50));
    printf("bad may come back: %u steps\n", (unsigned)steps_of_bad);
    watchdog_restart();
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(void)
{
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    lifecycle_open(&life, &platform, &app);
    return yoke_run(&platform, &root);
}
