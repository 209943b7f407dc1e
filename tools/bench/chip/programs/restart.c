/* Core 1 is stopped and started again, over and over: from the call that starts it to the first
 * step of a worker. */
#include "marks.h"
#include "yoke/yoke.h"

static yoke_loop platform;
static yoke_app app;

MARK(restart_begins)

/* Watched. */
int restart_step(void *arg);
int restart_step(void *arg)
{
    (void)arg;
    return YOKE_OK;
}

static yoke_worker worker = {.name = "frame", .step = restart_step, .period_us = 10000};

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    yoke_worker_add(&app, &worker);
    for (;;) {
        restart_begins();
        yoke_app_start(&app);
        YOKE_TRY(t, yoke_sleep_ms(t, 25));
        yoke_app_stop(&app);
        YOKE_TRY(t, yoke_app_join(t, &app));
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
