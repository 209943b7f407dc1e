/* The workers of the seed program. Their steps run on the app loop. */
#include "seed.h"
#include "yoke/delay.h"
#include "yoke/log.h"

#include <string.h>

seed_worker seed_workers[SEED_WORKERS];

static int step(void *arg)
{
    seed_worker *me = arg;
    delay_us(atomic_load_explicit(&me->run_us, memory_order_relaxed));
    me->count++;
    if (me->talks) {
        log_line("Worker %s, <AppWorker object at %p>: Run count %u", (uintptr_t)me->name,
                 (uintptr_t)me, me->count, 0);
    }
    return YOKE_OK;
}

static seed_worker *find_free(void)
{
    for (unsigned i = 0; i < SEED_WORKERS; i++) {
        if (yoke_worker_read(&seed_workers[i].worker).state == YOKE_WORKER_OFF) {
            return &seed_workers[i];
        }
    }
    return NULL;
}

int seed_add(const char *name, uint32_t period_us, uint32_t run_us, bool talks)
{
    seed_worker *w = find_free();
    if (!w) {
        return YOKE_EFULL;
    }
    strncpy(w->name, name, SEED_NAME_MAX);
    w->count = 0;
    w->talks = talks;
    atomic_store(&w->run_us, run_us);
    w->worker.name = w->name;
    w->worker.step = step;
    w->worker.arg = w;
    w->worker.period_us = period_us;
    w->worker.budget_us = period_us; /* longer than its own period is too long */
    return yoke_worker_add(&seed_app, &w->worker);
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
