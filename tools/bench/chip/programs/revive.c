/* A worker does not come back; the supervisor resets core 1 alone and starts it again without that
 * worker: from the reset to the next frame that the other one sends to a strip, over and over. */
#include "frames.h"
#include "yoke/lifecycle.h"
#include "yoke/yoke.h"

static yoke_loop platform;
static yoke_app app;

/* Watched, beside core_reset(). */
int revive_step(void *arg);
int revive_step(void *arg)
{
    (void)arg;
    frames_show();
    return YOKE_OK;
}

static volatile bool for_ever = true;

static int bad_step(void *arg)
{
    (void)arg;
    while (for_ever) {
    }
    return YOKE_OK;
}

static yoke_worker good = {.name = "good", .step = revive_step, .period_us = 10000};
static yoke_worker bad = {.name = "bad", .step = bad_step, .period_us = 10000};
static lifecycle supervisor = {.task = YOKE_TASK(lifecycle_body),
                               .stall_ms = 20,
                               .restarts_max = LIFECYCLE_RESTARTS_MAX,
                               .restarts_within_ms = 1}; /* without end */

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    frames_open();
    YOKE_TRY(t, yoke_sleep_ms(t, 1)); /* from now on it is free */
    yoke_start(&platform, &supervisor.task);
    yoke_worker_add(&app, &good);
    yoke_app_start(&app);
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, 33));
        yoke_worker_add(&app, &bad); /* refused while it is in */
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(void)
{
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    lifecycle_open(&supervisor, &platform, &app);
    return yoke_run(&platform, &root);
}
