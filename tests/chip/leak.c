/* Every kind of way from the app loop to flash that tools/ramcheck must find. This file is in RAM,
 * flash.c is not. Never run. */
#include "flash.h"

#include <string.h>

yoke_app leak_app;
static yoke_loop platform;

/* A call, over another function. */
static int scale(int n)
{
    return flash_scale(n) + 1;
}

static int step_that_calls(void *arg)
{
    return scale(*(int *)arg);
}

/* A constant. */
static int step_that_reads(void *arg)
{
    return flash_gamma[*(unsigned char *)arg];
}

/* A function in a table, which is in RAM. */
static int (*const actions[])(int) = {flash_first, flash_second};

static int step_that_looks_up(void *arg)
{
    return actions[*(int *)arg & 1](0);
}

/* The C library. */
static int step_that_measures(void *arg)
{
    return (int)strlen(arg);
}

/* A task of the app loop. */
static int body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_ms(t, 10));
    flash_third();
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int number;
static yoke_task task = YOKE_TASK(body);
static yoke_worker workers[] = {
    {.name = "calls", .step = step_that_calls, .arg = &number},
    {.name = "reads", .step = step_that_reads, .arg = &number},
    {.name = "looks up", .step = step_that_looks_up, .arg = &number},
    {.name = "measures", .step = step_that_measures, .arg = &number},
};

int main(void)
{
    yoke_loop_init(&platform, 0);
    yoke_app_init(&leak_app);
    flash_begin();
    for (unsigned i = 0; i < sizeof workers / sizeof workers[0]; i++) {
        yoke_worker_add(&leak_app, &workers[i]);
    }
    yoke_start(&leak_app.loop, &task);
    yoke_app_start(&leak_app);
    return yoke_run(&platform, &task);
}
