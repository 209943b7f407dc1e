/* What the shell of the seed program can do. */
#include "seed.h"
#include "yoke/inspect.h"

#include <stdio.h>
#include <string.h>

#define PERIOD_MS_MAX (YOKE_PERIOD_US_MAX / 1000)
#define RUN_MS_MAX    60000u

/* --- units ----------------------------------------------------------- */

typedef struct {
    char text[16];
} quantity;

static quantity time_text(uint64_t us)
{
    quantity q;
    if (us < 1000) {
        snprintf(q.text, sizeof q.text, "%u us", (unsigned)us);
    } else if (us < 1000000) {
        snprintf(q.text, sizeof q.text, "%.2f ms", (double)us / 1e3);
    } else {
        snprintf(q.text, sizeof q.text, "%.2f s", (double)us / 1e6);
    }
    return q;
}

/* --- workers --------------------------------------------------------- */

static const char *state_name(enum yoke_worker_state state)
{
    static const char *const names[] = {"off", "active", "degraded", "quarantined"};
    return names[state];
}

static void say_account(shell *s, const yoke_worker *w, const yoke_worker_stats *a)
{
    quantity period = time_text(w->period_us);
    shell_say(s, "%-15s %-11s %10s %8u %9s %9s %9s %7u %7u %7u", w->name, state_name(a->state),
              w->period_us ? period.text : "-", a->runs, time_text(a->run_us_last).text,
              time_text(a->run_us_longest).text,
              w->period_us ? time_text(a->late_us_longest).text : "-", a->skips, a->overruns,
              a->errors);
}

/* The buckets that are not empty, each with its lower bound. */
static size_t list_lateness(char *text, size_t size, const yoke_worker_stats *a)
{
    size_t used = 0;
    for (unsigned i = 0; i < YOKE_LATE_BUCKETS && used < size; i++) {
        if (a->late[i]) {
            quantity from = time_text(i ? UINT64_C(1) << (i - 1) : 0);
            used += (size_t)snprintf(text + used, size - used, "  %s%s: %u", i ? "from " : "under ",
                                     i ? from.text : "1 us", a->late[i]);
        }
    }
    return used;
}

static void say_lateness(shell *s, const yoke_worker *w, const yoke_worker_stats *a)
{
    char text[SHELL_ROW_MAX] = "";
    if (!w->period_us) {
        shell_say(s, "    background; turns without enough slack: %u", a->held);
        return;
    }
    list_lateness(text, sizeof text, a);
    if (a->late_after) {
        shell_say(s, "    late%s; latest after %s", text, a->late_after->name);
    } else {
        shell_say(s, "    late%s", text);
    }
}

static const yoke_worker *worker_number(unsigned n)
{
    const yoke_worker *w = yoke_worker_next(&seed_app, NULL);
    while (w && n--) {
        w = yoke_worker_next(&seed_app, w);
    }
    return w;
}

static bool run_workers(shell *s, unsigned row)
{
    if (row == 0) {
        shell_say(s, "%-15s %-11s %10s %8s %9s %9s %9s %7s %7s %7s", "WORKER", "STATE", "PERIOD",
                  "RUNS", "LAST", "LONGEST", "LATEST", "SKIPS", "OVERRUN", "ERRORS");
        return worker_number(0);
    }
    const yoke_worker *w = worker_number((row - 1) / 2);
    if (!w) {
        shell_say(s, "(removed)");
        return false;
    }
    yoke_worker_stats account = yoke_worker_read(w);
    if (row % 2) {
        say_account(s, w, &account);
        return true;
    }
    say_lateness(s, w, &account);
    return worker_number(row / 2);
}

/* --- tasks ----------------------------------------------------------- */

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void say_task(shell *s, const inspect_row *r)
{
    char place[48] = "(not run yet)";
    if (r->file) {
        snprintf(place, sizeof place, "%s:%u", file_name(r->file), r->line);
    }
    shell_say(s, "%-18s %4u  %-22s %8u %9s %9s", r->name ? r->name : "-", r->core, place, r->runs,
              time_text(r->run_us_longest).text, time_text(r->run_us_total).text);
}

static bool run_tasks(shell *s, unsigned row)
{
    inspect_row r;
    if (row == 0) {
        shell_say(s, "%-18s %4s  %-22s %8s %9s %9s", "TASK", "CORE", "PAUSED AT", "RUNS", "LONGEST",
                  "TOTAL");
        return inspect_task(0, &r);
    }
    if (!inspect_task(row - 1, &r)) {
        shell_say(s, "(ended)");
        return false;
    }
    say_task(s, &r);
    return inspect_task(row, &r);
}

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
    } else if (seed_add(name, period_ms * 1000, run_ms * 1000, false) == YOKE_EFULL) {
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
        yoke_worker_remove(&seed_app, &w->worker);
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
    yoke_worker_set(&seed_app, &w->worker, w->worker.step, w);
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

static bool run_quit(shell *s, unsigned row)
{
    (void)row;
    shell_say(s, "Good-bye.");
    seed_quit();
    return false;
}

const shell_command seed_commands[] = {
    {"workers", "", "what each worker did, and how late it was", 0, run_workers},
    {"tasks", "", "each task, and where it is paused", 0, run_tasks},
    {"add", "NAME PERIOD_MS RUN_MS", "a worker; period 0: in slack time only", 3, run_add},
    {"remove", "NAME", "a worker", 1, run_remove},
    {"set", "NAME RUN_MS", "how long a step of a worker takes", 2, run_set},
    {"stop", "", "the app loop", 0, run_stop},
    {"start", "", "the app loop", 0, run_start},
    {"quit", "", "stop both loops and end", 0, run_quit},
    {NULL, NULL, NULL, 0, NULL},
};
