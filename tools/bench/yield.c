/* Yield: tasks that do nothing but let the others run. */
#define _GNU_SOURCE
#include "bench.h"
#include "protothreads.h"

#include <pthread.h>

#define TASKS_MAX 1000

static uint32_t tasks;
static uint32_t rounds;
static uint64_t switches;
static uint64_t took_ns;

static void prepare(const bench_case *c)
{
    tasks = c->n;
    rounds = c->work / c->n;
    switches = 0;
}

static bool conclude(double figures[])
{
    figures[0] = (double)took_ns / ((double)tasks * rounds);
    return switches == (uint64_t)tasks * rounds;
}

/* --- yoke ------------------------------------------------------------------------------------- */

typedef struct {
    yoke_task task;
    uint32_t left;
} yielder;

static yielder yielders[TASKS_MAX];
static yoke_task *children[TASKS_MAX];

static int yielder_body(yoke_task *t)
{
    yielder *me = YOKE_FRAME(yielder, t);
    YOKE_BEGIN(t);
    while (me->left > 0) {
        me->left--;
        switches++;
        YOKE_AWAIT(t, yoke_yield(t));
    }
    YOKE_END(t);
}

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    took_ns = thread_cpu_ns();
    for (uint32_t i = 0; i < tasks; i++) {
        yielders[i] = (yielder){.task = YOKE_TASK(yielder_body), .left = rounds};
        children[i] = &yielders[i].task;
        yoke_start(&bench_loop, children[i]);
    }
    YOKE_TRY(t, yoke_gather(t, children, tasks));
    YOKE_FINALLY(t);
    took_ns = thread_cpu_ns() - took_ns;
    YOKE_END(t);
}

static bool run_yoke(const bench_case *c, double figures[])
{
    prepare(c);
    return run_root(root_body) && conclude(figures);
}

/* --- protothreads ----------------------------------------------------------------------------- */

typedef struct {
    pt thread; /* first */
    uint32_t left;
} pt_yielder;

static bool pt_body(pt *p)
{
    pt_yielder *me = (pt_yielder *)(void *)p;
    PT_BEGIN(p);
    while (me->left > 0) {
        me->left--;
        switches++;
        PT_YIELD(p);
    }
    PT_END(p);
}

static bool run_protothreads(const bench_case *c, double figures[])
{
    static pt_yielder frames[TASKS_MAX];
    static pt *threads[TASKS_MAX];
    prepare(c);
    took_ns = thread_cpu_ns();
    for (uint32_t i = 0; i < tasks; i++) {
        frames[i] = (pt_yielder){.thread.body = pt_body, .left = rounds};
        threads[i] = &frames[i].thread;
    }
    while (pt_round(threads, tasks)) {
    }
    took_ns = thread_cpu_ns() - took_ns;
    return conclude(figures);
}

/* --- threads: a token goes round, each waits for it with a condition variable of its own ------ */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t has_token[TASKS_MAX];
static uint32_t token;

static void *thread_main(void *arg)
{
    uint32_t me = (uint32_t)(uintptr_t)arg;
    pthread_mutex_lock(&mutex);
    for (uint32_t left = rounds; left > 0; left--) {
        while (token != me) {
            pthread_cond_wait(&has_token[me], &mutex);
        }
        switches++;
        token = (me + 1) % tasks;
        pthread_cond_signal(&has_token[token]);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static bool run_threads(const bench_case *c, double figures[])
{
    static pthread_t threads[TASKS_MAX];
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 * 1024);
    prepare(c);
    token = tasks; /* nobody's yet: creating the threads is not part of it */
    bool ok = true;
    for (uint32_t i = 0; i < tasks; i++) {
        pthread_cond_init(&has_token[i], NULL);
        ok &= pthread_create(&threads[i], &small, thread_main, (void *)(uintptr_t)i) == 0;
    }
    pthread_attr_destroy(&small);
    took_ns = now_ns();
    pthread_mutex_lock(&mutex);
    token = 0;
    pthread_cond_signal(&has_token[0]);
    pthread_mutex_unlock(&mutex);
    for (uint32_t i = 0; ok && i < tasks; i++) {
        pthread_join(threads[i], NULL);
    }
    took_ns = now_ns() - took_ns;
    return ok && conclude(figures);
}

static const bench_row rows[] = {
    {"yield, 2 tasks", 2, 4000000},
    {"yield, 1,000 tasks", 1000, 4000000},
};

static const bench_subject subjects[] = {
    {.kind = BENCH_YIELD, .peer = "yoke", .run = run_yoke},
    {.kind = BENCH_YIELD, .peer = "protothreads", .run = run_protothreads},
    {.kind = BENCH_YIELD, .peer = "threads", .run = run_threads, .slower = 200},
    {0},
};

const bench_family yield_family = {.kind = BENCH_YIELD,
                                   .unit = "ns",
                                   .figures = {""},
                                   .rows = rows,
                                   .row_count = COUNT(rows),
                                   .own = subjects};
