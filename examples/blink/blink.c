/* Blinks from the app loop on core 1, while the platform loop on core 0 counts. */
#include "yoke/gpio.h"
#include "yoke/yoke.h"

#include <stdio.h>

#define LED 25 /* the green one of a Pico */

static yoke_loop platform;
static yoke_app app;

/* Core 1, every 250 ms, to the microsecond. */
static int toggle(void *arg)
{
    (void)arg;
    gpio_write(LED, !gpio_read(LED));
    return YOKE_OK;
}

static yoke_worker blinker = {.name = "blinker", .step = toggle, .period_us = 250000};

/* Core 0: takes its time, and disturbs nobody. */
static int count_body(yoke_task *t)
{
    static int n;
    YOKE_BEGIN(t);
    gpio_output(LED, false);
    yoke_worker_add(&app, &blinker);
    yoke_app_start(&app);
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, 1000));
        printf("%d\n", ++n);
        fflush(stdout);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task count = YOKE_TASK(count_body);

int main(void)
{
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    return yoke_run(&platform, &count);
}
