/* What the shell of the seed program can do. */
#include "seed.h"
#include "yoke/shell_config.h"
#include "yoke/stack.h"

#include <string.h>

#define PERIOD_MS_MAX (YOKE_PERIOD_US_MAX / 1000)
#define RUN_MS_MAX    60000u

/* --- changes --------------------------------------------------------- */

static bool run_add(shell *s, unsigned row)
{
    uint32_t period_ms, run_ms;
    (void)row;
    const char *name = s->word[1];
    if (strlen(name) > SEED_NAME_MAX) {
        shell_say(s, "A name has at most %u characters.", SEED_NAME_MAX);
    } else if (!shell_number(s->word[2], 0, PERIOD_MS_MAX, &period_ms)) {
        shell_say(s, "PERIOD_MS must be a whole number from 0 (background) to %u.", PERIOD_MS_MAX);
    } else if (!shell_number(s->word[3], 0, RUN_MS_MAX, &run_ms)) {
        shell_say(s, "RUN_MS must be a whole number from 0 to %u.", RUN_MS_MAX);
    } else if (seed_find(name)) {
        shell_say(s, "There is a worker %s already.", name);
    } else if (seed_add(name, period_ms * 1000, run_ms * 1000) == YOKE_EFULL) {
        shell_say(s, "There are %u workers already; remove one first.", SEED_WORKERS);
    } else {
        shell_say(s, "Added %s.", name);
    }
    return false;
}

static seed_worker *find_or_say(shell *s)
{
    seed_worker *w = seed_find(s->word[1]);
    if (!w) {
        shell_say(s, "There is no worker %.40s.", s->word[1]);
    }
    return w;
}

static bool run_remove(shell *s, unsigned row)
{
    (void)row;
    seed_worker *w = find_or_say(s);
    if (w) {
        seed_remove(w);
        shell_say(s, "Removed %s; a step that is under way still ends.", w->name);
    }
    return false;
}

static bool run_set(shell *s, unsigned row)
{
    uint32_t run_ms;
    (void)row;
    seed_worker *w = find_or_say(s);
    if (!w) {
        return false;
    }
    if (!shell_number(s->word[2], 0, RUN_MS_MAX, &run_ms)) {
        shell_say(s, "RUN_MS must be a whole number from 0 to %u.", RUN_MS_MAX);
        return false;
    }
    atomic_store(&w->run_us, run_ms * 1000);
    yoke_worker_set(&seed_app, &w->worker, w->worker.step, w->worker.arg);
    shell_say(s, "%s takes %u ms from its next step on.", w->name, run_ms);
    return false;
}

static bool run_stop(shell *s, unsigned row)
{
    (void)row;
    if (yoke_app_state(&seed_app) == YOKE_APP_OFF) {
        shell_say(s, "The app loop is off already.");
    } else {
        seed_stop_app();
        shell_say(s, "The app loop stops after the step that is under way.");
    }
    return false;
}

static bool run_start(shell *s, unsigned row)
{
    (void)row;
    int answer = seed_start_app();
    if (answer == YOKE_EBUSY) {
        shell_say(s, "Core 1 is in use: the app loop has not stopped.");
    } else if (answer < 0) {
        shell_say(s, "The app loop did not start: error %d.", answer);
    } else {
        shell_say(s, "The app loop starts.");
    }
    return false;
}

static bool run_restart(shell *s, unsigned row)
{
    (void)row;
    shell_say(s, "The device restarts.");
    startup_restart(&seed_device, RESTART_COMMAND);
    return false;
}

static bool run_boot(shell *s, unsigned row)
{
    if (row == 0) {
        char text[BOOT_TEXT_MAX];
        shell_say(s, "The device was %s.", boot_text(text));
        return true;
    }
    if (row == 1) {
        shell_say(s, "Core 1 was restarted %u times. The supply has %u mV, which is %s.",
                  seed_supervisor.restarts, seed_supply.mv, power_state_text(seed_supply.state));
        return stack_size(0);
    }
    shell_say(s, "Of its stack core 0 has used %u of %u bytes, core 1 %u of %u.", stack_used(0),
              stack_size(0), stack_used(1), stack_size(1));
    return false;
}

static bool run_press(shell *s, unsigned row)
{
    uint32_t ms;
    (void)row;
    if (!shell_number(s->word[1], 50, BUTTONS_PRESS_MS_MAX, &ms)) {
        shell_say(s, "MS must be a whole number from 50 to %u.", BUTTONS_PRESS_MS_MAX);
    } else if (buttons_press(&seed_buttons, 0, ms) < 0) {
        shell_say(s, "The button is pressed already, or nobody watches it.");
    } else {
        shell_say(s, "The button is pressed for %u ms.", ms);
    }
    return false;
}

static bool run_quit(shell *s, unsigned row)
{
    (void)row;
    shell_say(s, "Good-bye.");
    yoke_cancel(&seed_device.task);
    return false;
}

const shell_command seed_commands[] = {
    {"workers", "", "what each worker did, and how late it was", 0, seed_say_workers},
    {"tasks", "", "each task, and where it is paused", 0, seed_say_tasks},
    {"add", "NAME PERIOD_MS RUN_MS", "a worker; period 0: in slack time only", 3, run_add},
    {"remove", "NAME", "a worker", 1, run_remove},
    {"set", "NAME RUN_MS", "how long a step of a worker takes", 2, run_set},
    {"stop", "", "the app loop", 0, run_stop},
    {"start", "", "the app loop", 0, run_start},
    {"press", "MS", "the button", 1, run_press},
    SHELL_CONFIG_COMMANDS,
    {"boot", "", "why the device started, and how it is", 0, run_boot},
    {"restart", "", "stop all in order and start again", 0, run_restart},
    {"quit", "", "stop both loops and end", 0, run_quit},
    {NULL, NULL, NULL, 0, NULL},
};
