/* One step of a worker, its account, and what follows from it. */
#include "internal.h"

#include <string.h>

#define RETRY_US     1000u     /* first pause of a background worker after an error */
#define RETRY_US_MAX (1u << 28) /* a pause that long does not double again */

/* How late a step began, and for whose sake. */
typedef struct {
    uint32_t us;
    uint32_t skips;
    const yoke_worker *after;
} lateness;

/* What there is to tell of a step; told when the account is complete. */
typedef struct {
    bool any;
    enum yoke_report what;
    int32_t value;
} news;

/* --- the account: changed by the app loop in place, between two odd-even counts ----------------- */

static void put(uint32_t *field, uint32_t value)
{
    __atomic_store_n(field, value, __ATOMIC_RELAXED);
}

static void add(uint32_t *field, uint32_t n)
{
    put(field, *field + n);
}

static void raise_to(uint32_t *field, uint32_t value)
{
    if (value > *field) {
        put(field, value);
    }
}

static void begin_writing(yoke_worker *w)
{
    uint32_t n = atomic_load_explicit(&w->writing, memory_order_relaxed);
    atomic_store_explicit(&w->writing, n + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
}

static void end_writing(yoke_worker *w)
{
    uint32_t n = atomic_load_explicit(&w->writing, memory_order_relaxed);
    atomic_store_explicit(&w->writing, n + 1, memory_order_release);
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
        before = atomic_load_explicit(&w->writing, memory_order_acquire);
        copy_words(&copy, &w->stats, sizeof copy);
        atomic_thread_fence(memory_order_acquire);
    } while (before & 1 || before != atomic_load_explicit(&w->writing, memory_order_relaxed));
    return copy;
}

static unsigned bucket_of(uint32_t us)
{
    unsigned bucket = 0;
    while (us && bucket < YOKE_LATE_BUCKETS - 1) {
        us >>= 1;
        bucket++;
    }
    return bucket;
}

static void count_run(yoke_worker_stats *s, uint32_t run_us)
{
    add(&s->runs, 1);
    put(&s->run_us_last, run_us);
    raise_to(&s->run_us_longest, run_us);
    add(&s->run_us_total_low, run_us);
    if (s->run_us_total_low < run_us) {
        add(&s->run_us_total_high, 1);
    }
}

static void count_lateness(yoke_worker_stats *s, const lateness *late)
{
    add(&s->late[bucket_of(late->us)], 1);
    add(&s->skips, late->skips);
    if (late->skips || late->us > s->late_us_longest) {
        __atomic_store_n(&s->late_after, late->after, __ATOMIC_RELAXED);
    }
    raise_to(&s->late_us_longest, late->us);
}

/* --- policy --------------------------------------------------------------------------------------- */

static uint8_t patience(const yoke_worker *w)
{
    uint32_t n = w->patience ? w->patience : YOKE_PATIENCE;
    return (uint8_t)(n < UINT8_MAX ? n : UINT8_MAX);
}

/* True when `*in_row` reaches the worker's patience; it then begins anew. */
static bool too_many(const yoke_worker *w, uint8_t *in_row)
{
    (*in_row)++;
    if (*in_row < patience(w)) {
        return false;
    }
    *in_row = 0;
    return true;
}

static void put_state(yoke_worker *w, enum yoke_worker_state state)
{
    __atomic_store_n(&w->stats.state, state, __ATOMIC_RELAXED);
}

static news change_state(yoke_worker *w, enum yoke_worker_state state, int32_t value)
{
    static const enum yoke_report told[] = {
        [YOKE_WORKER_ACTIVE] = YOKE_REPORT_RECOVERED,
        [YOKE_WORKER_DEGRADED] = YOKE_REPORT_DEGRADED,
        [YOKE_WORKER_QUARANTINED] = YOKE_REPORT_QUARANTINED,
    };
    put_state(w, state);
    return (news){.any = true, .what = told[state], .value = value};
}

/* One period, two, four …; a background worker begins with RETRY_US. */
static uint32_t retry_pause_us(const yoke_worker *w)
{
    uint32_t pause_us = w->period_us ? w->period_us : RETRY_US;
    for (uint8_t i = 0; i < w->errors_in_row && pause_us < RETRY_US_MAX; i++) {
        pause_us *= 2;
    }
    return pause_us;
}

static news judge_error(yoke_worker *w, int answer)
{
    __atomic_store_n(&w->stats.error_last, answer, __ATOMIC_RELAXED);
    add(&w->stats.errors, 1);
    w->release_us += retry_pause_us(w) - w->period_us;
    bool first = w->errors_in_row == 0;
    if (too_many(w, &w->errors_in_row)) {
        return change_state(w, YOKE_WORKER_QUARANTINED, answer);
    }
    return (news){.any = first, .what = YOKE_REPORT_ERROR, .value = answer};
}

static news judge_overrun(yoke_worker *w, uint32_t run_us)
{
    add(&w->stats.overruns, 1);
    w->in_budget_in_row = 0;
    if (!too_many(w, &w->overruns_in_row)) {
        return (news){0};
    }
    bool again = w->stats.state == YOKE_WORKER_DEGRADED;
    return change_state(w, again ? YOKE_WORKER_QUARANTINED : YOKE_WORKER_DEGRADED,
                        (int32_t)run_us);
}

static news judge_within_budget(yoke_worker *w, uint32_t run_us)
{
    w->overruns_in_row = 0;
    if (w->stats.state != YOKE_WORKER_DEGRADED || !too_many(w, &w->in_budget_in_row)) {
        return (news){0};
    }
    return change_state(w, YOKE_WORKER_ACTIVE, (int32_t)run_us);
}

static news judge(yoke_worker *w, int answer, uint32_t run_us)
{
    if (answer < 0) {
        return judge_error(w, answer);
    }
    w->errors_in_row = 0;
    if (w->budget_us && run_us > w->budget_us) {
        return judge_overrun(w, run_us);
    }
    return judge_within_budget(w, run_us);
}

/* --- one step --------------------------------------------------------------------------------------- */

uint32_t worker_period_us(const yoke_worker *w)
{
    return w->stats.state == YOKE_WORKER_DEGRADED ? w->period_us * 2 : w->period_us;
}

void worker_waits(const yoke_app *app, yoke_worker *w)
{
    if (app->last && us_until(app->last_end_us, w->release_us) > 0 && app->last_us > w->waited_us) {
        w->waited_after = app->last;
        w->waited_us = app->last_us;
    }
}

/* The next release is the first on the grid after now. */
static lateness release_next(yoke_worker *w, uint32_t now_us)
{
    lateness late = {.us = now_us - w->release_us, .after = w->waited_after};
    uint32_t period_us = worker_period_us(w);
    if (late.us >= period_us) {
        late.skips = late.us / period_us;
    }
    w->release_us += (late.skips + 1) * period_us;
    w->waited_after = NULL;
    w->waited_us = 0;
    return late;
}

/* A background worker may come again at once; a degraded one rests as long as it ran. */
static void rest(yoke_worker *w, uint32_t now_us, uint32_t run_us)
{
    w->release_us = now_us + (w->stats.state == YOKE_WORKER_DEGRADED ? run_us : 0);
}

static int call_step(yoke_worker *w)
{
    uint32_t saved = yoke_port_lock();
    yoke_step *step = w->step;
    void *arg = w->arg;
    yoke_port_unlock(saved);
    return step(arg);
}

static news account(yoke_worker *w, const lateness *late, int answer, uint32_t run_us)
{
    begin_writing(w);
    count_run(&w->stats, run_us);
    if (w->period_us) {
        count_lateness(&w->stats, late);
    }
    news heard = judge(w, answer, run_us);
    end_writing(w);
    return heard;
}

uint32_t worker_run(yoke_app *app, yoke_worker *w, uint32_t now_us)
{
    lateness late = {0};
    if (w->period_us) {
        late = release_next(w, now_us);
    }
    int answer = call_step(w);
    uint32_t end_us = (uint32_t)yoke_port_now_us();
    uint32_t run_us = end_us - now_us;
    if (!w->period_us) {
        rest(w, end_us, run_us);
    }
    news heard = account(w, &late, answer, run_us);
    app->last = w;
    app->last_us = run_us;
    app->last_end_us = end_us;
    if (heard.any && app->report) {
        app->report(w, heard.what, heard.value);
    }
    return end_us;
}

bool worker_fits(yoke_worker *w, uint32_t now_us, uint32_t until_us)
{
    if (us_until(w->release_us, now_us) > 0) {
        return false;
    }
    if (until_us - now_us >= w->stats.run_us_longest) {
        return true;
    }
    w->release_us = now_us; /* never so old that it looks like the future */
    begin_writing(w);
    add(&w->stats.held, 1);
    end_writing(w);
    return false;
}

/* --- between steps ------------------------------------------------------------------------------------ */

void worker_begin(yoke_worker *w, uint32_t now_us)
{
    w->release_us = now_us;
    w->waited_after = NULL;
    w->waited_us = 0;
    w->overruns_in_row = w->in_budget_in_row = w->errors_in_row = 0;
    worker_set_state(w, YOKE_WORKER_ACTIVE);
}

void worker_set_state(yoke_worker *w, enum yoke_worker_state state)
{
    begin_writing(w);
    put_state(w, state);
    end_writing(w);
}

void yoke_worker_set(yoke_worker *w, yoke_step *step, void *arg)
{
    uint32_t saved = yoke_port_lock();
    w->step = step;
    w->arg = arg;
    atomic_store_explicit(&w->wanted, worker_wanted(w) | REVIVE, memory_order_relaxed);
    yoke_port_unlock(saved);
}

int yoke_worker_join(yoke_task *t, yoke_worker *w)
{
    uint32_t saved = yoke_port_lock();
    int answer = w->in_list ? yoke_park(t, &w->joiner) : YOKE_OK;
    yoke_port_unlock(saved);
    return answer;
}

/* --- a task as a step -------------------------------------------------------------------------------- */

/* The task is started by hand and stays QUEUED, so no wake ever puts it into a list. */
int yoke_step_task(void *task)
{
    yoke_task *t = task;
    yoke_loop *here = yoke_port_here();
    here->now_known = false;
    if (!(task_flags(t) & STARTED)) {
        task_begin(here, t);
        task_change(t, 0, QUEUED);
    }
    int answer = task_step(here, t);
    if (answer == YOKE_PENDING) {
        return YOKE_OK;
    }
    task_end(here, t);
    return answer;
}
