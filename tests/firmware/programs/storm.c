/* A storm of edges on pin 20 interrupts core 0 while a worker keeps a beat of 1 ms on core 1. Each
 * edge wakes a task by a signal; the program says every 100 ms how it stands. */
#include "yoke/yoke.h"

#include "hardware/gpio.h"

#include <stdio.h>

#define PIN 20

static yoke_loop platform;
static yoke_app app;
static yoke_signal pressed;
static volatile uint32_t edges;
static uint32_t wakes, last_seen;

static void on_edge(uint pin, uint32_t events)
{
    (void)pin;
    (void)events;
    edges++;
    yoke_signal_set(&pressed, edges);
}

static int press_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_signal_wait(t, &pressed, &last_seen));
        wakes++;
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task press = YOKE_TASK(press_body);

/* The test looks at when this is entered. */
int storm_step(void *arg);
int storm_step(void *arg)
{
    (void)arg;
    return YOKE_OK;
}

static yoke_worker beat = {.name = "beat", .step = storm_step, .period_us = 1000};

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    gpio_init(PIN);
    gpio_pull_up(PIN);
    gpio_set_irq_enabled_with_callback(PIN, GPIO_IRQ_EDGE_FALL | GPIO_IRQ_EDGE_RISE, true, on_edge);
    yoke_start(&platform, &press);
    yoke_worker_add(&app, &beat);
    yoke_app_start(&app);
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, 100));
        printf("%u edges, seen to %u, %s\n", (unsigned)edges, (unsigned)last_seen,
               wakes <= edges ? "fine" : "too many wakes");
    }
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
