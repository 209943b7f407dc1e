/* What makes a device of it: a supervisor, a button, the supply, and what they say. Platform loop.
 */
#include "seed.h"
#include "yoke/inspect.h"
#include "yoke/log.h"

/* --- what went wrong, now or in the run before this one ------------------- */

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

lifecycle seed_supervisor = {
    .task = YOKE_TASK(lifecycle_body), .stall_ms = SEED_STALL_MS, .told = told};

int seed_say_past(yoke_task *t, void *unused)
{
    (void)t;
    (void)unused;
    if (boot_now()->cause != BOOT_BY_POWER) {
        static char text[BOOT_TEXT_MAX];
        log_line("The device was %s", (uintptr_t)boot_text(text), 0, 0, 0);
    }
    if (seed_supervisor.before.kind != CORE_NO_FAULT) {
        log_line("In the run before this one:", 0, 0, 0, 0);
        say_fault(&seed_supervisor.before);
    }
    return YOKE_OK;
}

/* Only what is not as it should be. */
void seed_told_step(const startup_step *step, enum startup_event event, int answer)
{
    bool in_order = event == STARTUP_STARTED || event == STARTUP_STOPPED;
    if (!in_order && answer != YOKE_ECANCELED) {
        log_line("%s %s (%d)", (uintptr_t)step->name, (uintptr_t)startup_text(event, answer),
                 (uintptr_t)answer, 0);
    }
}

/* --- the supply, and a button between pin 20 and ground ------------------- */

power seed_supply = {.task = YOKE_TASK(power_body)};

static button list[] = {{.pin = 20}};

buttons seed_buttons = {.task = YOKE_TASK(buttons_body), .list = list, .count = 1};

static button_event event;

static int presses_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, buttons_next(t, &seed_buttons, &event));
        log_line("Button %u: %s, %u ms", event.button, (uintptr_t)button_kind_text(event.kind),
                 event.held_ms, 0);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

yoke_task seed_presses = YOKE_TASK(presses_body);
