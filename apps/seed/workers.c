/* The workers of the seed program. Their steps run on the app loop. */
#include "seed.h"
#include "yoke/delay.h"
#include "yoke/log.h"

#include <string.h>

#define TALK_PERIOD_US 10000u  /* from one stage of a job to the next */
#define TALK_LATE_US   100000u /* a job that begins so late begins now */

seed_worker seed_workers[SEED_WORKERS];

/* --- on the app loop ------------------------------------------------- */

static int hello_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    log_line("Event loop thread running", 0, 0, 0, 0);
    YOKE_END(t);
}

yoke_task seed_hello = YOKE_TASK(hello_body);

/* The app loop alone counts, so a load and a store will do. */
static uint32_t count(seed_worker *me)
{
    uint32_t n = atomic_load_explicit(&me->count, memory_order_relaxed) + 1;
    atomic_store_explicit(&me->count, n, memory_order_relaxed);
    return n;
}

static int step(void *arg)
{
    seed_worker *me = arg;
    delay_us(atomic_load_explicit(&me->run_us, memory_order_relaxed));
    count(me);
    return YOKE_OK;
}

/* Those that talk work in turn: the one that has done less, of two the first. */
static int await_turn(const seed_worker *me)
{
    for (const seed_worker *w = seed_workers; w < seed_workers + SEED_WORKERS; w++) {
        if (w->talks && (w->count < me->count || (w->count == me->count && w < me))) {
            return YOKE_PENDING; /* asked again with the next step */
        }
    }
    return YOKE_OK;
}

/* A job begins when the one before it ended, unless nobody has worked for a while. */
static uint64_t job_end_us;

static void begin_job(yoke_task *t, uint32_t run_us)
{
    uint64_t now_us = yoke_now_us(yoke_home(t));
    if (now_us - job_end_us > TALK_LATE_US) {
        job_end_us = now_us;
    }
    job_end_us += run_us;
}

/* Instead of a sleep, since the next step comes anyway. */
static int await_end(yoke_task *t)
{
    return yoke_now_us(yoke_home(t)) < job_end_us ? YOKE_PENDING : YOKE_OK;
}

static int talk_body(yoke_task *t)
{
    seed_worker *me = YOKE_FRAME(seed_worker, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, await_turn(me));
        begin_job(t, me->run_us);
        YOKE_TRY(t, await_end(t));
        log_line("Worker %s, <AppWorker object at %p>: Run count %u", (uintptr_t)me->name,
                 (uintptr_t)me, count(me), 0);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* --- on the platform loop -------------------------------------------- */

static seed_worker *find_free(void)
{
    for (unsigned i = 0; i < SEED_WORKERS; i++) {
        if (yoke_worker_read(&seed_workers[i].worker).state == YOKE_WORKER_OFF) {
            return &seed_workers[i];
        }
    }
    return NULL;
}

static int add(seed_worker *w, const char *name, uint32_t period_us, uint32_t run_us)
{
    strncpy(w->name, name, SEED_NAME_MAX);
    w->count = 0;
    w->run_us = run_us;
    w->seat.name = w->name;
    w->worker.name = w->name;
    w->worker.step = scope_step;
    w->worker.arg = &w->seat;
    w->worker.period_us = period_us;
    w->worker.budget_us = period_us; /* longer than its own period is too long */
    return yoke_worker_add(&seed_app, &w->worker);
}

int seed_add(const char *name, uint32_t period_us, uint32_t run_us)
{
    seed_worker *w = find_free();
    if (!w) {
        return YOKE_EFULL;
    }
    w->talks = false;
    w->seat.step = step;
    w->seat.arg = w;
    return add(w, name, period_us, run_us);
}

int seed_add_talker(const char *name, uint32_t run_us)
{
    seed_worker *w = find_free();
    if (!w) {
        return YOKE_EFULL;
    }
    w->talks = true;
    w->task = (yoke_task)YOKE_TASK(talk_body);
    w->seat.step = yoke_step_task;
    w->seat.arg = &w->task;
    return add(w, name, TALK_PERIOD_US, run_us);
}

void seed_remove(seed_worker *w)
{
    w->talks = false;
    yoke_worker_remove(&seed_app, &w->worker);
}

seed_worker *seed_find(const char *name)
{
    for (unsigned i = 0; i < SEED_WORKERS; i++) {
        seed_worker *w = &seed_workers[i];
        bool in = yoke_worker_read(&w->worker).state != YOKE_WORKER_OFF;
        if (in && strcmp(w->name, name) == 0) {
            return w;
        }
    }
    return NULL;
}

/* On the app loop. */
void seed_report(const yoke_worker *w, enum yoke_report what, int32_t value)
{
    static const char *const lines[] = {
        [YOKE_REPORT_ERROR] = "%s: a step failed with %d; it is retried more and more slowly",
        [YOKE_REPORT_DEGRADED] = "%s: too slow too often (last step %d us); half its pace now",
        [YOKE_REPORT_RECOVERED] = "%s: keeps its budget again (last step %d us); full pace",
        [YOKE_REPORT_QUARANTINED] = "%s: no longer run (last step %d us); \"set\" revives it",
    };
    log_line(lines[what], (uintptr_t)w->name, (uintptr_t)value, 0, 0);
}
