/* Two buttons on pins 20 and 21: each event is a line. */
#include "yoke/buttons.h"
#include "yoke/yoke.h"

#include <stdio.h>

static yoke_loop platform;
static yoke_app app;
static button list[] = {{.pin = 20}, {.pin = 21}};
static buttons panel = {.task = YOKE_TASK(buttons_body), .list = list, .count = 2};
static button_event event;

/* The test looks at when this is entered. */
int beat_step(void *arg);
int beat_step(void *arg)
{
    (void)arg;
    return YOKE_OK;
}

static yoke_worker beat = {.name = "beat", .step = beat_step, .period_us = 1000};

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    yoke_start(&platform, &panel.task);
    yoke_worker_add(&app, &beat);
    yoke_app_start(&app);
    for (;;) {
        YOKE_TRY(t, buttons_next(t, &panel, &event));
        printf("%u %s, %u ms\n", event.button, button_kind_text(event.kind),
               (unsigned)event.held_ms);
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
