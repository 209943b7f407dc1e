/* The sources of both loops: what the kernel says of workers, and services/inspect of tasks. */
#include "loops.h"

#include "yoke/inspect.h"
#include "yoke/metrics.h"
#include "yoke/port.h"

#include <inttypes.h>
#include <stdio.h>

static struct {
    const yoke_app *app;
    uint64_t opened_us;
} seen;

void metrics_open(const yoke_app *app)
{
    seen.app = app;
    seen.opened_us = yoke_port_now_us();
}

/* --- workers --------------------------------------------------------- */

const yoke_worker *metrics_worker(unsigned n)
{
    const yoke_worker *w = yoke_worker_next(seen.app, NULL);
    while (w && n--) {
        w = yoke_worker_next(seen.app, w);
    }
    return w;
}

static bool read_worker(unsigned n, metrics_sample *s, yoke_worker_stats *stats)
{
    const yoke_worker *w = metrics_worker(n);
    if (!w) {
        return false;
    }
    metrics_label(s, "worker", w->name);
    *stats = yoke_worker_read(w);
    s->value = w->period_us;
    return true;
}

/* One function for each field of the account. */
#define WORKER_FIELD(field)                                 \
    static bool read_##field(unsigned n, metrics_sample *s) \
    {                                                       \
        yoke_worker_stats stats;                            \
        bool there = read_worker(n, s, &stats);             \
        s->value = there ? (int64_t)stats.field : 0;        \
        return there;                                       \
    }

WORKER_FIELD(runs)
WORKER_FIELD(run_us_total)
WORKER_FIELD(run_us_longest)
WORKER_FIELD(late_us_longest)
WORKER_FIELD(skips)
WORKER_FIELD(overruns)
WORKER_FIELD(errors)
WORKER_FIELD(held)

static bool read_period(unsigned n, metrics_sample *s)
{
    yoke_worker_stats stats;
    return read_worker(n, s, &stats);
}

/* A background worker has no release that it could be late for. */
static bool read_lateness(unsigned n, metrics_sample *s)
{
    yoke_worker_stats stats;
    if (!read_worker(n, s, &stats)) {
        return false;
    }
    for (unsigned i = 0; i < YOKE_LATE_BUCKETS; i++) {
        s->buckets[i] = stats.late[i];
    }
    return true;
}

/* One sample for each state it may be in: 1 for the one it is in. */
static bool read_state(unsigned n, metrics_sample *s)
{
    static const char *const names[] = {"active", "degraded", "quarantined"};
    const unsigned count = sizeof names / sizeof names[0];
    yoke_worker_stats stats;
    if (!read_worker(n / count, s, &stats)) {
        return false;
    }
    metrics_label(s, "state", names[n % count]);
    s->value = stats.state == YOKE_WORKER_ACTIVE + n % count;
    return true;
}

/* --- tasks ----------------------------------------------------------- */

/* Many tasks may have the same body; the address of the frame tells them apart, and stays. */
static bool read_task(unsigned n, metrics_sample *s, inspect_row *row)
{
    if (!inspect_task(n, row)) {
        return false;
    }
    char frame[24];
    snprintf(frame, sizeof frame, "%" PRIxPTR, (uintptr_t)row->task);
    metrics_label(s, "core", row->core ? "1" : "0");
    metrics_label(s, "frame", frame);
    metrics_label(s, "task", row->name ? row->name : "");
    return true;
}

#define TASK_FIELD(field)                                        \
    static bool read_task_##field(unsigned n, metrics_sample *s) \
    {                                                            \
        inspect_row row;                                         \
        bool there = read_task(n, s, &row);                      \
        s->value = there ? (int64_t)row.field : 0;               \
        return there;                                            \
    }

TASK_FIELD(runs)
TASK_FIELD(run_us_total)
TASK_FIELD(run_us_longest)

static bool read_refused(unsigned n, metrics_sample *s)
{
    s->value = inspect_refused();
    return n == 0;
}

/* --- the device ------------------------------------------------------ */

static bool read_app(unsigned n, metrics_sample *s)
{
    s->value = yoke_app_state(seen.app) != YOKE_APP_OFF;
    return n == 0;
}

static bool read_uptime(unsigned n, metrics_sample *s)
{
    s->value = (int64_t)(yoke_port_now_us() - seen.opened_us);
    return n == 0;
}

const metrics_source metrics_loops[] = {
    {"yoke_uptime_seconds", "Time since the start.", METRICS_GAUGE, 6, read_uptime},
    {"yoke_app_running", "1: core 1 runs the app loop.", METRICS_GAUGE, 0, read_app},
    {"yoke_worker_runs_total", "Steps.", METRICS_COUNTER, 0, read_runs},
    {"yoke_worker_run_seconds_total", "Time in steps.", METRICS_COUNTER, 6, read_run_us_total},
    {"yoke_worker_run_seconds_max", "Longest step.", METRICS_GAUGE, 6, read_run_us_longest},
    {"yoke_worker_period_seconds", "From one release to the next; 0: slack time.", METRICS_GAUGE, 6,
     read_period},
    {"yoke_worker_lateness_seconds", "Start of a step after its release.", METRICS_HISTOGRAM, 0,
     read_lateness},
    {"yoke_worker_lateness_seconds_max", "Latest start.", METRICS_GAUGE, 6, read_late_us_longest},
    {"yoke_worker_missed_periods_total", "Whole periods left out because a step was late.",
     METRICS_COUNTER, 0, read_skips},
    {"yoke_worker_overruns_total", "Steps longer than their budget.", METRICS_COUNTER, 0,
     read_overruns},
    {"yoke_worker_errors_total", "Steps that failed.", METRICS_COUNTER, 0, read_errors},
    {"yoke_worker_held_total", "Turns without enough slack for it.", METRICS_COUNTER, 0, read_held},
    {"yoke_worker_state", "1: the worker is in this state.", METRICS_GAUGE, 0, read_state},
    {"yoke_task_runs_total", "Runs up to a wait.", METRICS_COUNTER, 0, read_task_runs},
    {"yoke_task_run_seconds_total", "Time in runs.", METRICS_COUNTER, 6, read_task_run_us_total},
    {"yoke_task_run_seconds_max", "Longest run.", METRICS_GAUGE, 6, read_task_run_us_longest},
    {"yoke_task_accounts_refused_total", "Tasks without an account: the table was full.",
     METRICS_COUNTER, 0, read_refused},
    {NULL, NULL, METRICS_GAUGE, 0, NULL},
};
