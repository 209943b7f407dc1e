/* Sleeps for hours: a task that wakes every 20 minutes, a worker with a period of 100 seconds. */
#include "yoke/yoke.h"

#include <stdio.h>

#define NAP_MS (20u * 60u * 1000u)

static yoke_loop platform;
static yoke_app app;

int sleeper_step(void *arg);
int sleeper_step(void *arg)
{
    (void)arg;
    return YOKE_OK;
}

static yoke_worker slow = {.name = "slow", .step = sleeper_step, .period_us = 100000000};

static int root_body(yoke_task *t)
{
    static uint64_t start_us, now_us;
    static uint32_t naps;
    YOKE_BEGIN(t);
    yoke_worker_add(&app, &slow);
    yoke_app_start(&app);
    start_us = yoke_now_us(&platform);
    for (;;) {
        naps++;
        YOKE_TRY(t, yoke_sleep_until(t, start_us + (uint64_t)naps * NAP_MS * 1000u));
        now_us = yoke_now_us(&platform);
        uint32_t late_us = (uint32_t)(now_us - start_us - (uint64_t)naps * NAP_MS * 1000u);
        printf("nap %u, %s\n", (unsigned)naps, late_us < 100 ? "in time" : "late");
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
