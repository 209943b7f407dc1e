/* From the loop of one core to a task that waits on the other, both ways, a thousand times a
 * second each, nothing else to do. */
#include "marks.h"
#include "yoke/yoke.h"

static yoke_loop platform;
static yoke_app app;
static yoke_signal up, down;

MARK(up_sent)
MARK(up_taken)
MARK(down_sent)
MARK(down_taken)

static int step(void *arg)
{
    (void)arg;
    up_sent();
    yoke_signal_set(&up, 1);
    return YOKE_OK;
}

static yoke_worker worker = {.name = "sender", .step = step, .period_us = 1000};

static int down_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_signal_wait(t, &down, NULL));
        down_taken();
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task taker = YOKE_TASK(down_body);

static int root_body(yoke_task *t)
{
    static uint64_t due_us;
    YOKE_BEGIN(t);
    yoke_start(&app.loop, &taker);
    yoke_worker_add(&app, &worker);
    yoke_app_start(&app);
    for (;;) {
        YOKE_TRY(t, yoke_signal_wait(t, &up, NULL));
        up_taken();
        due_us = yoke_now_us(&platform) + 431;
        YOKE_TRY(t, yoke_sleep_until(t, due_us));
        down_sent();
        yoke_signal_set(&down, 1);
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
