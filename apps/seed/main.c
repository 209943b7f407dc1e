/* The seed program: two loops, three workers, one round of sleeps after the other, and a shell.
 *
 *   core 0, platform loop: gather( 2 s, 5 s ) for ever · shell, log, status, device.c, network.c
 *
 *   core 1, app loop: hello, once · rainbow, every 10 ms · Worker 0 and Worker 1 in turn */
#include "seed.h"
#include "yoke/inspect.h"
#include "yoke/log.h"
#include "yoke/metrics.h"

yoke_loop seed_platform;
yoke_app seed_app;

int seed_start_app(void)
{
    if (yoke_app_state(&seed_app) != YOKE_APP_OFF) {
        return YOKE_EBUSY;
    }
    log_line("Starting event loop thread", 0, 0, 0, 0);
    yoke_start(&seed_app.loop, &seed_hello);
    return yoke_app_start(&seed_app);
}

void seed_stop_app(void)
{
    if (yoke_app_state(&seed_app) == YOKE_APP_RUNNING) {
        log_line("Stopping event loop thread", 0, 0, 0, 0);
    }
    yoke_app_stop(&seed_app);
}

typedef struct {
    yoke_task task;
    uint32_t seconds;
} nap;

static int nap_body(yoke_task *t)
{
    nap *me = YOKE_FRAME(nap, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_ms(t, me->seconds * 1000));
    log_line("Main loop work: %u seconds", me->seconds, 0, 0, 0);
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static nap long_nap = {.task = YOKE_TASK(nap_body), .seconds = 5};
static nap short_nap = {.task = YOKE_TASK(nap_body), .seconds = 2};
static yoke_task *const naps[] = {&long_nap.task, &short_nap.task};

static int main_loop_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    log_line("Starting asyncio main loop", 0, 0, 0, 0);
    for (;;) {
        yoke_start(&seed_platform, &long_nap.task);
        yoke_start(&seed_platform, &short_nap.task);
        YOKE_TRY(t, yoke_gather(t, naps, 2));
    }
    YOKE_FINALLY(t);
    yoke_cancel(&long_nap.task);
    yoke_cancel(&short_nap.task);
    YOKE_AWAIT(t, yoke_gather(t, naps, 2));
    YOKE_END(t);
}

static yoke_task main_loop = YOKE_TASK(main_loop_body);
static shell console = {.task = YOKE_TASK(shell_body), .commands = seed_commands};

/* --- the steps of the start, and in reverse of the end -------------------- */

/* The one that is to be on time is first in line. */
static void add_workers(void)
{
    seed_add_rainbow();
    seed_add_talker("Worker 0", 1000000);
    seed_add_talker("Worker 1", 1000000);
}

/* Up when it has run its first task. */
static int start_app(yoke_task *t, void *unused)
{
    (void)unused;
    if (yoke_app_state(&seed_app) == YOKE_APP_OFF) {
        add_workers();
        int answer = seed_start_app();
        if (answer < 0) {
            return answer;
        }
    }
    return yoke_join(t, &seed_hello);
}

static int stop_app(yoke_task *t, void *unused)
{
    (void)unused;
    seed_stop_app();
    return yoke_app_join(t, &seed_app);
}

static const startup_step steps[] = {
    {.name = "log", .task = &log_task, .may_fail = true}, /* nobody reads it */
    {.name = "supervisor", .task = &seed_supervisor.task, .start = seed_say_past},
    {.name = "supply", .task = &seed_supply.task, .may_fail = true},
    {.name = "buttons", .task = &seed_buttons.task, .may_fail = true},
    {.name = "presses", .task = &seed_presses},
    {.name = "network", .task = &seed_network},
    {.name = "app loop",
     .start = start_app,
     .stop = stop_app,
     .stop_ms = 2 * SEED_STALL_MS, /* the supervisor ends it before that */
     .not_in_safe_mode = true},
    {.name = "console", .task = &console.task, .may_fail = true}, /* as the log */
    {.name = "status", .task = &seed_status},
    {.name = "main loop", .task = &main_loop},
};

startup seed_device = {.task = YOKE_TASK(startup_body),
                       .steps = steps,
                       .count = sizeof steps / sizeof *steps,
                       .told = seed_told_step};

int main(void)
{
    yoke_loop_init(&seed_platform, 0);
    yoke_app_init(&seed_app);
    seed_app.report = seed_report;
    inspect_open(&seed_platform);
    inspect_open(&seed_app.loop);
    metrics_open(&seed_app);
    scope_open(&seed_platform, &seed_app);
    boot_open();
    lifecycle_open(&seed_supervisor, &seed_platform, &seed_app);
    return startup_run(&seed_device, &seed_platform);
}
