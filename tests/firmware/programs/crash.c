/* Core 1 does one forbidden thing, by its number in `what`; the next run tells of the last. */
#include "yoke/yoke.h"

#include <stdio.h>

/* The test writes it before the start; neither a reset nor the start-up code touches it. */
volatile uint32_t __attribute__((section(".uninitialized_data.what"))) what;

enum { NOTHING, READ_FLASH, RUN_FLASH, UNALIGNED, STACK, CHECK };

static yoke_loop platform;
static yoke_app app;
static volatile uintptr_t odd = 0x20000001u;
static volatile uint32_t deep = 2;

static uint32_t sink(uint32_t depth)
{
    volatile uint32_t here[16];
    here[0] = depth;
    return depth ? sink(depth * deep) + here[0] : 0;
}

int crash_step(void *arg);
int crash_step(void *arg)
{
    (void)arg;
    switch (what) {
    case READ_FLASH:
        return *(volatile int *)0x10000100u;
    case RUN_FLASH:
        return ((int (*)(void))0x10000201u)();
    case UNALIGNED:
        return *(volatile int *)odd;
    case STACK:
        return (int)sink(1);
    case CHECK:
        yoke_check(what != CHECK, "crash", 5);
        break;
    default:
        break;
    }
    return YOKE_OK;
}

static yoke_worker worker = {.name = "crash", .step = crash_step, .period_us = 1000};

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    puts("started");
    YOKE_TRY(t, yoke_sleep_ms(t, 5));
    yoke_worker_add(&app, &worker);
    yoke_app_start(&app);
    YOKE_TRY(t, yoke_sleep_ms(t, 20));
    puts("alive");
    YOKE_TRY(t, yoke_sleep_ms(t, 1000000));
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
