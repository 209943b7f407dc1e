/* Timers: what one costs to insert and to fire, by how many there are. */
#include "timers.h"

uint32_t timers_due_us[TIMERS_MAX];

uint64_t timers_begin(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        timers_due_us[i] = TIMERS_MARGIN_US + random_below(TIMERS_SPAN_US);
    }
    return now_ns() + (TIMERS_MARGIN_US + TIMERS_SPAN_US + TIMERS_MARGIN_US) * UINT64_C(1000);
}

void timers_pass(uint64_t all_due_ns)
{
    while (now_ns() < all_due_ns) {
        spin_pause();
    }
}

bool timers_measure(const bench_case *c, void (*once)(uint32_t n, timers_account *a),
                    double figures[])
{
    timers_account sum = {0};
    uint32_t total = 0;
    while (total < c->work) {
        timers_account a = {0};
        once(c->n, &a);
        sum.insert_ns += a.insert_ns;
        sum.fire_ns += a.fire_ns;
        sum.fired += a.fired;
        total += c->n;
    }
    figures[0] = (double)(sum.insert_ns + sum.fire_ns) / total;
    figures[1] = (double)sum.insert_ns / total;
    figures[2] = (double)sum.fire_ns / total;
    return sum.fired == total;
}

/* --- yoke: a timer is a task that sleeps ------------------------------------------------------ */

/* Started beforehand, as the peers initialise theirs beforehand; all sleep in one turn, with a
 * task before them that begins the account and one behind that ends it. */
typedef struct {
    yoke_task task;
    uint64_t due_us;
} sleeper;

static sleeper sleepers[TIMERS_MAX];
static yoke_task *children[TIMERS_MAX];
static timers_account *account;
static uint32_t timers;
static uint64_t since_ns;
static uint64_t all_due_ns;

static int sleeper_body(yoke_task *t)
{
    sleeper *me = YOKE_FRAME(sleeper, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_until(t, me->due_us));
    if (++account->fired == timers) {
        account->fire_ns = thread_cpu_ns() - since_ns;
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int before_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    since_ns = thread_cpu_ns();
    YOKE_END(t);
}

static int behind_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    account->insert_ns = thread_cpu_ns() - since_ns;
    timers_pass(all_due_ns);
    since_ns = thread_cpu_ns();
    YOKE_END(t);
}

static yoke_task before = YOKE_TASK(before_body);
static yoke_task behind = YOKE_TASK(behind_body);

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    all_due_ns = timers_begin(timers);
    yoke_start(&bench_loop, &before);
    for (uint32_t i = 0; i < timers; i++) {
        sleepers[i] = (sleeper){.task = YOKE_TASK(sleeper_body),
                                .due_us = yoke_now_us(&bench_loop) + timers_due_us[i]};
        children[i] = &sleepers[i].task;
        yoke_start(&bench_loop, children[i]);
    }
    yoke_start(&bench_loop, &behind);
    YOKE_TRY(t, yoke_gather(t, children, timers));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void yoke_once(uint32_t n, timers_account *a)
{
    account = a;
    timers = n;
    if (!run_root(root_body)) {
        a->fired = 0;
    }
}

static bool run_yoke(const bench_case *c, double figures[])
{
    return timers_measure(c, yoke_once, figures);
}

static const bench_row rows[] = {
    {"timers, 1 k", 1000, 5000},
    {"timers, 10 k", 10000, 20000},
    {"timers, 100 k", 100000, 100000},
};

static const bench_subject subjects[] = {
    {.kind = BENCH_TIMERS, .peer = "yoke", .run = run_yoke},
    {0},
};

const bench_family timers_family = {.kind = BENCH_TIMERS,
                                    .unit = "ns",
                                    .figures = {"both", "insert", "fire"},
                                    .rows = rows,
                                    .row_count = COUNT(rows),
                                    .own = subjects};
