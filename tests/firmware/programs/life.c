/* A device that starts in steps, and what becomes of it: by its number in `what`. */
#include "yoke/lifecycle.h"
#include "yoke/power.h"
#include "yoke/startup.h"
#include "yoke/yoke.h"

#include <stdio.h>

/* The test writes it before the start; neither a reset nor the start-up code touches it. */
volatile uint32_t __attribute__((section(".uninitialized_data.what"))) what;

enum { SERVE, ASK_FOR_RESTART, FAIL_CHECK, HANG, FAIL_START };

static yoke_loop platform;
static yoke_app app;
static power supply = {.task = YOKE_TASK(power_body)};
static lifecycle supervisor = {
    .task = YOKE_TASK(lifecycle_body), .stall_ms = 200, .watchdog_ms = 500};

static int beat_step(void *unused)
{
    (void)unused;
    return YOKE_OK;
}

static yoke_worker beat = {.name = "beat", .step = beat_step, .period_us = 10000};

static int say_why(yoke_task *t, void *unused)
{
    char text[BOOT_TEXT_MAX];
    (void)t;
    (void)unused;
    printf("%s\n", boot_text(text));
    return YOKE_OK;
}

static int start_app(yoke_task *t, void *unused)
{
    (void)t;
    (void)unused;
    return yoke_app_start(&app);
}

static int stop_app(yoke_task *t, void *unused)
{
    (void)unused;
    yoke_app_stop(&app);
    return yoke_app_join(t, &app);
}

/* --- what goes wrong, 50 ms after all is up ------------------------------------- */

static startup device;

static void hang(void)
{
    puts("hangs");
    while (what == HANG) {
    }
}

static int fate_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    if (what == FAIL_START) {
        t->rc = YOKE_EIO;
        goto yoke_finally_;
    }
    YOKE_TRY(t, yoke_sleep_ms(t, 50));
    printf("supply %u mV, %u runs\n", (unsigned)supply.mv, (unsigned)yoke_worker_read(&beat).runs);
    if (what == ASK_FOR_RESTART) {
        startup_restart(&device, RESTART_COMMAND);
    } else if (what == HANG) {
        hang();
    }
    yoke_check(what != FAIL_CHECK, "fate", 1);
    YOKE_TRY(t, yoke_sleep_ms(t, 1000000));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task fate = YOKE_TASK(fate_body);

/* --- the device ------------------------------------------------------------------ */

static const startup_step steps[] = {
    {.name = "supervisor", .task = &supervisor.task, .start = say_why},
    {.name = "supply", .task = &supply.task},
    {.name = "app loop", .start = start_app, .stop = stop_app, .not_in_safe_mode = true},
    {.name = "fate", .task = &fate},
};

static void told(const startup_step *step, enum startup_event event, int answer)
{
    printf("%s %s\n", step->name, startup_text(event, answer));
}

static startup device = {.task = YOKE_TASK(startup_body),
                         .steps = steps,
                         .count = sizeof steps / sizeof *steps,
                         .healthy_ms = 200,
                         .restarts = true,
                         .told = told};

int main(void)
{
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    boot_open();
    lifecycle_open(&supervisor, &platform, &app);
    yoke_worker_add(&app, &beat);
    return startup_run(&device, &platform);
}
