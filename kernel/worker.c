/* One step of a worker, its account, and what follows from it. */
#include "internal.h"

#include <string.h>

#define RETRY_US     1000u      /* first pause of a background worker after an error */
#define RETRY_US_MAX (1u << 28) /* a pause that long does not double again */

/* --- the account: changed by the app loop in place ------------------- */

/* Of several words that belong together `begun` is the first to change and `runs` the last: what is
 * read while they are equal is one account. One word alone needs no more than to be written at
 * once. */

ALWAYS_INLINE void put(uint32_t *field, uint32_t value)
{
    __atomic_store_n(field, value, __ATOMIC_RELAXED);
}

ALWAYS_INLINE void add(uint32_t *field, uint32_t n)
{
    put(field, *field + n);
}

ALWAYS_INLINE void raise_to(uint32_t *field, uint32_t value)
{
    if (value > *field) {
        put(field, value);
    }
}

static void begin_account(yoke_worker *w)
{
    atomic_store_explicit(&w->begun, w->stats.runs + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
}

static void end_account(yoke_worker *w)
{
    __atomic_store_n(&w->stats.runs, w->stats.runs + 1, __ATOMIC_RELEASE);
}

/* Word by word, so that every load is a whole one on both cores. */
static void copy_words(void *to, const void *from, size_t size)
{
    const uint32_t *source = from;
    for (size_t i = 0; i < size / sizeof *source; i++) {
        uint32_t word = __atomic_load_n(&source[i], __ATOMIC_RELAXED);
        memcpy((unsigned char *)to + i * sizeof word, &word, sizeof word);
    }
}

yoke_worker_stats yoke_worker_read(const yoke_worker *w)
{
    yoke_worker_stats copy;
    uint32_t before;
    do {
        before = __atomic_load_n(&w->stats.runs, __ATOMIC_ACQUIRE);
        copy_words(&copy, &w->stats, sizeof copy);
        atomic_thread_fence(memory_order_acquire);
    } while (before != atomic_load_explicit(&w->begun, memory_order_relaxed));
    return copy;
}

/* Bucket n has up to 2^n - 1 microseconds, the last one all else. */
static void count_in_bucket(uint32_t *bucket, uint32_t us)
{
    for (const uint32_t *last = bucket + YOKE_LATE_BUCKETS - 1; us && bucket != last; bucket++) {
        us >>= 1;
    }
    add(bucket, 1);
}

uint32_t worker_period_us(const yoke_worker *w)
{
    if (!w->period_us) {
        return FAR_US;
    }
    return w->stats.state == YOKE_WORKER_DEGRADED ? w->period_us * 2 : w->period_us;
}

static void count_run(yoke_worker_stats *s, uint32_t run_us)
{
    put(&s->run_us_last, run_us);
    raise_to(&s->run_us_longest, run_us);
    add(&s->run_us_total, run_us);
}

void worker_waits(const yoke_app *app, yoke_worker *w)
{
    if (app->longest_us > w->waited_us && us_until(app->longest_end_us, w->release_us) > 0) {
        w->waited_after = app->longest;
        w->waited_us = app->longest_us;
    }
}

/* The next release is the first on the grid after this start, so whole periods are skipped. */
static void count_lateness(const yoke_app *app, yoke_worker *w, uint32_t late_us)
{
    uint32_t period_us = worker_period_us(w);
    if (!period_us) {
        __builtin_unreachable(); /* twice YOKE_PERIOD_US_MAX is not 0 */
    }
    if (late_us > w->stats.late_us_longest) {
        worker_waits(app, w);
        put(&w->stats.late_us_longest, late_us);
        __atomic_store_n(&w->stats.late_after, w->waited_after, __ATOMIC_RELAXED);
    }
    w->waited_after = NULL;
    w->waited_us = 0;
    count_in_bucket(w->stats.late, late_us);
    if (late_us >= period_us) {
        late_us /= period_us;
        add(&w->stats.skips, late_us);
        period_us += late_us * period_us;
    }
    w->release_us += period_us;
}

/* --- policy ---------------------------------------------------------- */

/* One period, two, four …; a background worker begins with RETRY_US. */
static void pause_after_error(yoke_worker *w)
{
    uint32_t pause_us = w->period_us ? w->period_us : RETRY_US;
    for (uint32_t i = w->errors_in_row; i > 1 && pause_us < RETRY_US_MAX; i--) {
        pause_us *= 2;
    }
    w->release_us += pause_us - w->period_us;
}

static bool is_over_budget(const yoke_worker *w, uint32_t run_us)
{
    return w->budget_us && run_us > w->budget_us;
}

static void count_failures(yoke_worker *w, int answer, uint32_t run_us)
{
    if (answer < 0) {
        put((uint32_t *)&w->stats.error_last, (uint32_t)answer);
        add(&w->stats.errors, 1);
        w->errors_in_row++;
        pause_after_error(w);
        return;
    }
    w->errors_in_row = 0;
    if (is_over_budget(w, run_us)) {
        add(&w->stats.overruns, 1);
        w->overruns_in_row++;
    } else {
        w->overruns_in_row = 0;
    }
}

static uint32_t judge(const yoke_worker *w)
{
    uint32_t patience = w->patience ? w->patience : YOKE_PATIENCE;
    if (w->errors_in_row >= patience || w->overruns_in_row >= 2 * patience) {
        return YOKE_WORKER_QUARANTINED;
    }
    return w->overruns_in_row >= patience ? YOKE_WORKER_DEGRADED : YOKE_WORKER_ACTIVE;
}

/* Of a state its change, of errors the first in a row. */
static void report(const yoke_app *app, const yoke_worker *w, uint32_t before, int32_t value)
{
    uint32_t what = w->stats.state;
    if (what == before) {
        what = YOKE_REPORT_ERROR;
        if (w->errors_in_row != 1) {
            return;
        }
    }
    if (app->report) {
        app->report(w, (enum yoke_report)what, value);
    }
}

/* The rest of the account of a step that failed, or of the first good one after such. */
__attribute__((cold)) static void tell_news(const yoke_app *app, yoke_worker *w, int answer,
                                            uint32_t run_us)
{
    uint32_t before = w->stats.state;
    count_failures(w, answer, run_us);
    put(&w->stats.state, judge(w));
    end_account(w);
    report(app, w, before, answer < 0 ? answer : (int32_t)run_us);
}

/* --- one step -------------------------------------------------------- */

/* Whoever is released meanwhile has waited for it: of background workers, only for the last. */
ALWAYS_INLINE void note_longest(yoke_app *app, const yoke_worker *w, uint32_t run_us)
{
    if (run_us >= app->longest_us) {
        app->longest = w;
        app->longest_us = run_us;
        app->longest_end_us = (uint32_t)app->loop.now_us;
    }
}

/* `inline`: worth it in the loop of the app loop (kernel and port as one object), which calls it.
 */
inline bool worker_run(yoke_app *app, yoke_worker *w)
{
    uint32_t start_us = (uint32_t)app->loop.now_us;
    atomic_store_explicit(&app->present, w, memory_order_relaxed);
    int answer = w->present_step(w->present_arg);
    app->loop.now_us = yoke_port_now_us();
    uint32_t run_us = (uint32_t)app->loop.now_us - start_us;
    begin_account(w);
    count_run(&w->stats, run_us);
    if (w->period_us) {
        count_lateness(app, w, start_us - w->release_us);
    } else { /* may come again at once; a degraded one rests as long as it ran */
        uint32_t end_us = start_us + run_us;
        w->release_us = w->stats.state == YOKE_WORKER_DEGRADED ? end_us + run_us : end_us;
        app->longest_us = 0;
    }
    note_longest(app, w, run_us);
    if (answer < 0 || is_over_budget(w, run_us) || w->errors_in_row | w->overruns_in_row) {
        tell_news(app, w, answer, run_us);
        return false;
    }
    end_account(w);
    return true;
}

int yoke_worker_join(yoke_task *t, yoke_worker *w)
{
    uint32_t saved = yoke_port_lock();
    int answer = w->in_list ? yoke_park(t, &w->joiner) : YOKE_OK;
    yoke_port_unlock(saved);
    return answer;
}

/* --- a task as a step ------------------------------------------------ */

/* The task is started by hand and stays QUEUED, so no wake ever puts it into the ready list. */
int yoke_step_task(void *task)
{
    yoke_task *t = task;
    yoke_loop *here = yoke_port_here();
    here->now_known = false;
    if (!(task_flags(t) & STARTED)) {
        task_begin(here, t);
    }
    int answer = task_step(here, t);
    if (answer == YOKE_PENDING) {
        return YOKE_OK;
    }
    task_end(here, t);
    return answer;
}
