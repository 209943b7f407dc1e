/* A program for devices_test.sh: does one thing with the devices, named by its argument. */
#include "yoke/core.h"
#include "yoke/entropy.h"
#include "yoke/flash.h"
#include "yoke/gpio.h"
#include "yoke/port.h"
#include "yoke/strip.h"
#include "yoke/watchdog.h"
#include "yoke/yoke.h"

#include <stdio.h>
#include <string.h>

static yoke_loop platform;
static yoke_app app;

/* --- flash ------------------------------------------------------------------ */

static const char text[] = "kept for ever";

static int write_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, flash_erase(t, 0));
    YOKE_TRY(t, flash_program(t, 0, text, sizeof text));
    puts("written");
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int read_body(yoke_task *t)
{
    char found[sizeof text + 1] = "";
    YOKE_BEGIN(t);
    flash_read(0, found, sizeof text);
    for (size_t i = 0; found[i]; i++) {
        putchar(found[i] >= ' ' && found[i] <= '~' ? found[i] : '?');
    }
    putchar('\n');
    YOKE_END(t);
}

/* --- why it began ------------------------------------------------------------- */

static int tell_body(yoke_task *t)
{
    core_fault f;
    YOKE_BEGIN(t);
    printf("boot %d, word %x\n", (int)watchdog_boot_reason(), (unsigned)watchdog_word());
    if (core_fault_read(&f)) {
        printf("fault %u: %s %u on core %u\n", (unsigned)f.kind, f.name, (unsigned)f.number,
               (unsigned)f.core);
    }
    YOKE_END(t);
}

static int hang_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    watchdog_word_set(0xcafe);
    watchdog_start(100);
    YOKE_TRY(t, yoke_sleep_ms(t, 50));
    watchdog_feed();
    YOKE_TRY(t, yoke_sleep_ms(t, 50));
    puts("hangs");
    fflush(stdout);
    while (yoke_port_now_us()) { /* a call: ThreadSanitizer lets a signal through */
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int restart_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    watchdog_restart();
    YOKE_END(t);
}

static int check_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    yoke_check(t->line != 0, "test", 7);
    YOKE_END(t);
}

/* --- pins ---------------------------------------------------------------------- */

static yoke_signal changed;

static void on_edge(gpio_watcher *w)
{
    (void)w;
    yoke_signal_set(&changed, 0);
}

static gpio_watcher watcher = {.changed = on_edge};

static int pins_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    gpio_input(12, GPIO_PULLED_UP);
    gpio_watch(12, &watcher);
    puts("ready");
    do {
        fflush(stdout);
        YOKE_TRY(t, yoke_signal_wait(t, &changed, NULL));
        puts(gpio_read(12) ? "up" : "down");
    } while (!gpio_read(12));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* --- strip ---------------------------------------------------------------------- */

#define PIXELS 20u

static strip_pixel pixels[PIXELS];
static uint8_t wire[STRIP_WIRE_BYTES(1u, PIXELS, 3u)];
static strip leds = {.chip = STRIP_WS2812,
                     .order = "GRB",
                     .lanes = 1,
                     .pixels_a_lane = PIXELS,
                     .pixels = pixels,
                     .wire = wire};

static int frame_step(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < PIXELS; i++) {
        pixels[i] = (strip_pixel){1, 22, 133, 0};
    }
    strip_show(&leds);
    return YOKE_OK;
}

static yoke_worker worker = {.name = "frame", .step = frame_step, .period_us = 5000};

static int strip_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    strip_open(&leds);
    yoke_worker_add(&app, &worker);
    yoke_app_start(&app);
    YOKE_TRY(t, yoke_sleep_ms(t, 300));
    YOKE_FINALLY(t);
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    strip_close(&leds);
    YOKE_END(t);
}

static int entropy_body(yoke_task *t)
{
    unsigned char bytes[16];
    YOKE_BEGIN(t);
    entropy_fill(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        printf("%02x", bytes[i]);
    }
    putchar('\n');
    YOKE_END(t);
}

static const struct {
    const char *name;
    yoke_body *body;
} commands[] = {{"write", write_body},     {"read", read_body},   {"tell", tell_body},
                {"hang", hang_body},       {"check", check_body}, {"pins", pins_body},
                {"restart", restart_body}, {"strip", strip_body}, {"entropy", entropy_body}};

int main(int count, char *words[])
{
    yoke_task root = {0};
    for (size_t i = 0; count == 2 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(words[1], commands[i].name) == 0) {
            root.body = commands[i].body;
        }
    }
    if (!root.body) {
        fprintf(stderr, "usage: devices write|read|tell|hang|restart|check|pins|strip|entropy\n");
        return 2;
    }
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    return yoke_run(&platform, &root) == YOKE_OK ? 0 : 1;
}
