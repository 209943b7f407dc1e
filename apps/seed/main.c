/* The seed program: two loops, three workers, one round of sleeps after the other, and a shell.
 *
 *   core 0, platform loop: root ─ gather( 2 s, 5 s ) for ever · shell · log · supervisor · status
 *   core 1, app loop:      hello, once · the rainbow, every 10 ms · Worker 0 and Worker 1 in turn
 */
#include "seed.h"
#include "yoke/inspect.h"
#include "yoke/lifecycle.h"
#include "yoke/log.h"
#include "yoke/metrics.h"

yoke_loop seed_platform;
yoke_app seed_app;

/* --- on the app loop ------------------------------------------------- */

static int hello_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    log_line("Event loop thread running", 0, 0, 0, 0);
    YOKE_END(t);
}

static yoke_task hello = YOKE_TASK(hello_body);

/* --- on the platform loop -------------------------------------------- */

int seed_start_app(void)
{
    if (yoke_app_state(&seed_app) != YOKE_APP_OFF) {
        return YOKE_EBUSY;
    }
    log_line("Starting event loop thread", 0, 0, 0, 0);
    yoke_start(&seed_app.loop, &hello);
    return yoke_app_start(&seed_app);
}

void seed_stop_app(void)
{
    if (yoke_app_state(&seed_app) != YOKE_APP_OFF) {
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
static shell console = {.task = YOKE_TASK(shell_body), .commands = seed_commands};
static yoke_task *const naps[] = {&long_nap.task, &short_nap.task};

/* Longer than any step should take; `set NAME RUN_MS` can make one that does. */
#define STALL_MS 5000u

static void say_fault(const core_fault *f)
{
    static char
        text[LIFECYCLE_TEXT_MAX]; /* lives until the next one, and so as a line of the log */
    log_line("%s", (uintptr_t)lifecycle_text(f, text), 0, 0, 0);
}

/* Core 1 is off, and will be started again without `w`, or is left off. */
static void told(const core_fault *f, yoke_worker *w)
{
    inspect_mend(1);
    say_fault(f);
    if (f->left_off) {
        log_line("Event loop thread stays off: \"start\" starts it again", 0, 0, 0, 0);
    } else if (w) {
        log_line("Event loop thread restarts without %s", (uintptr_t)w->name, 0, 0, 0);
    }
}

static lifecycle supervisor = {
    .task = YOKE_TASK(lifecycle_body), .stall_ms = STALL_MS, .told = told};
static yoke_task *const children[] = {&long_nap.task, &short_nap.task, &console.task,
                                      &supervisor.task, &seed_status};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void cancel_all(yoke_task *const tasks[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        yoke_cancel(tasks[i]);
    }
}

/* The one that is to be on time is first in line. */
static void add_workers(void)
{
    seed_add_rainbow();
    seed_add_talker("Worker 0", 1000000);
    seed_add_talker("Worker 1", 1000000);
}

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    yoke_start(&seed_platform, &log_task);
    yoke_start(&seed_platform, &console.task);
    yoke_start(&seed_platform, &supervisor.task);
    yoke_start(&seed_platform, &seed_status);
    if (supervisor.before.kind != CORE_NO_FAULT) {
        log_line("In the run before this one:", 0, 0, 0, 0);
        say_fault(&supervisor.before);
    }
    add_workers();
    t->rc = seed_start_app();
    if (t->rc < 0) {
        log_line("The app loop did not start: error %d", (uintptr_t)t->rc, 0, 0, 0);
        goto yoke_finally_;
    }
    YOKE_TRY(t, yoke_join(t, &hello));
    log_line("Starting asyncio main loop", 0, 0, 0, 0);
    for (;;) {
        yoke_start(&seed_platform, &long_nap.task);
        yoke_start(&seed_platform, &short_nap.task);
        YOKE_TRY(t, yoke_gather(t, naps, COUNT(naps)));
    }
    YOKE_FINALLY(t);
    seed_stop_app();
    YOKE_AWAIT(t, yoke_app_join(t, &seed_app));
    cancel_all(children, COUNT(children));
    YOKE_AWAIT(t, yoke_gather(t, children, COUNT(children)));
    yoke_cancel(&log_task);
    YOKE_AWAIT(t, yoke_join(t, &log_task));
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

void seed_quit(void)
{
    yoke_cancel(&root);
}

/* Being asked to end is the one way to end well. */
int main(void)
{
    yoke_loop_init(&seed_platform, 0);
    yoke_app_init(&seed_app);
    seed_app.report = seed_report;
    inspect_open(&seed_platform);
    inspect_open(&seed_app.loop);
    metrics_open(&seed_app);
    scope_open(&seed_platform, &seed_app);
    lifecycle_open(&supervisor, &seed_platform, &seed_app);
    return yoke_run(&seed_platform, &root) == YOKE_ECANCELED ? 0 : 1;
}
