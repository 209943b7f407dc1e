/* Tasks that only yield, on core 0. */
#include "marks.h"
#include "yoke/yoke.h"

#define TASKS_MAX 20u

SETTING(task_count);
volatile uint32_t yields;

static yoke_loop platform;
static yoke_task tasks[TASKS_MAX];

static int yield_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        yields++;
        YOKE_TRY(t, yoke_yield(t));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (uint32_t i = 0; i < task_count; i++) {
        tasks[i].body = yield_body;
        yoke_start(&platform, &tasks[i]);
    }
    YOKE_TRY(t, yoke_sleep_ms(t, 1000000));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(void)
{
    yoke_loop_init(&platform, 0);
    return yoke_run(&platform, &root);
}
