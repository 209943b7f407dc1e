/* The account of a worker: what yoke_worker_read() answers is one consistent copy, never made of
 * two. The step takes so many microseconds as it has run, so the sums are known. */
#include "internal.h"

#include "explore.h"
#include "port.h"

static yoke_app loop_of_worker;
static yoke_worker worker;
static uint32_t step_us; /* of the step under way */

GHOST static int step(void *arg)
{
    (void)arg;
    step_us++;
    port_now_us += step_us;
    return YOKE_OK;
}

static void setup(void)
{
    port_setup(NULL, 0);
    port_may_jump = false;
    loop_of_worker = (yoke_app){.loop = {.core = 1}};
    worker = (yoke_worker){.name = "worker", .period_us = 1000, .present_step = step};
    worker.stats.state = YOKE_WORKER_ACTIVE;
    step_us = 0;
    declare_atomic(&worker.stats.late_after, sizeof worker.stats.late_after);
    name_object(&worker.begun, sizeof worker.begun, "begun");
    name_object(&worker.stats, sizeof worker.stats, "stats");
    name_object(&worker, sizeof worker, "worker");
}

static void run_steps(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        loop_of_worker.loop.now_us = yoke_port_now_us();
        worker_run(&loop_of_worker, &worker);
    }
}

static void run_twice(void)
{
    run_steps(2);
}

static void read_once(void)
{
    yoke_worker_stats s = yoke_worker_read(&worker);
    must(s.run_us_last == s.runs, "a torn account: runs and the last run");
    must(s.run_us_longest == s.runs, "a torn account: runs and the longest run");
    must(s.run_us_total == s.runs * (s.runs + 1) / 2, "a torn account: runs and the total");
}

const scenario scenarios[] = {
    {.name = "two steps, one reading", .setup = setup, .threads = {run_twice, read_once}},
    {0},
};
