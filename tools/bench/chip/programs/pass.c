/* Background workers that do next to nothing: how long one pass over all of them takes. */
#include "marks.h"
#include "yoke/yoke.h"

#define WORKERS_MAX 8u

SETTING(worker_count);

static yoke_loop platform;
static yoke_app app;
static yoke_worker workers[WORKERS_MAX];

/* Watched: the first worker's. */
int first_step(void *arg);
int first_step(void *arg)
{
    ++*(volatile uint32_t *)arg;
    return YOKE_OK;
}

static int other_step(void *arg)
{
    ++*(volatile uint32_t *)arg;
    return YOKE_OK;
}

static int root_body(yoke_task *t)
{
    static uint32_t counts[WORKERS_MAX];
    YOKE_BEGIN(t);
    for (uint32_t i = 0; i < worker_count; i++) {
        workers[i] =
            (yoke_worker){.name = "pass", .step = i ? other_step : first_step, .arg = &counts[i]};
        yoke_worker_add(&app, &workers[i]);
    }
    yoke_app_start(&app);
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
