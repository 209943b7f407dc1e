/* Spawn and join: start a task that ends at once, wait for its end, again and again. */
#define _GNU_SOURCE
#include "bench.h"
#include "protothreads.h"

#include <pthread.h>

static uint32_t wanted;
static uint32_t ended;
static uint64_t took_ns;

static void prepare(const bench_case *c)
{
    wanted = c->work;
    ended = 0;
}

static bool conclude(double figures[])
{
    figures[0] = (double)took_ns / wanted;
    return ended == wanted;
}

/* --- yoke ------------------------------------------------------------------------------------- */

static int child_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    ended++;
    YOKE_END(t);
}

static yoke_task child = YOKE_TASK(child_body);
static uint32_t started;

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    took_ns = thread_cpu_ns();
    for (started = 0; started < wanted; started++) {
        yoke_start(&bench_loop, &child);
        YOKE_TRY(t, yoke_join(t, &child));
    }
    YOKE_FINALLY(t);
    took_ns = thread_cpu_ns() - took_ns;
    YOKE_END(t);
}

static bool run_yoke(const bench_case *c, double figures[])
{
    prepare(c);
    return run_root(root_body) && conclude(figures);
}

/* --- protothreads: the parent makes the child ready, the scheduler calls both in turn --------- */

typedef struct {
    pt thread; /* first */
    pt *child;
    uint32_t started;
} pt_parent;

static bool pt_child_body(pt *p)
{
    PT_BEGIN(p);
    ended++;
    PT_END(p);
}

static bool pt_parent_body(pt *p)
{
    pt_parent *me = (pt_parent *)(void *)p;
    PT_BEGIN(p);
    for (me->started = 0; me->started < wanted; me->started++) {
        *me->child = (pt){.body = pt_child_body};
        PT_WAIT_UNTIL(p, me->child->ended);
    }
    PT_END(p);
}

static bool run_protothreads(const bench_case *c, double figures[])
{
    static pt pt_child;
    static pt_parent parent;
    static pt *const threads[] = {&parent.thread, &pt_child};
    prepare(c);
    pt_child = (pt){.ended = true};
    parent = (pt_parent){.thread.body = pt_parent_body, .child = &pt_child};
    took_ns = thread_cpu_ns();
    while (!parent.thread.ended) {
        pt_round(threads, COUNT(threads));
    }
    took_ns = thread_cpu_ns() - took_ns;
    return conclude(figures);
}

/* --- the floor: two bodies called in turn through one pointer, as by any scheduler ------------ */

/* A processor that does not foresee the target pays for a wrong guess at each call. */
typedef int plain_body(uint32_t *count);

static int plain_child(uint32_t *count)
{
    return (int)++*count;
}

static int plain_parent(uint32_t *count)
{
    return (int)++*count;
}

static bool run_floor(const bench_case *c, double figures[])
{
    static plain_body *volatile bodies[] = {plain_child, plain_parent};
    uint32_t counts[2] = {0, 0};
    prepare(c);
    took_ns = thread_cpu_ns();
    for (uint32_t i = 0; i < 2 * wanted; i++) {
        bodies[i & 1](&counts[i & 1]);
    }
    took_ns = thread_cpu_ns() - took_ns;
    ended = counts[0];
    return conclude(figures);
}

/* --- threads ---------------------------------------------------------------------------------- */

static void *thread_main(void *arg)
{
    ended++;
    return arg;
}

static bool run_threads(const bench_case *c, double figures[])
{
    bool ok = true;
    prepare(c);
    took_ns = now_ns();
    for (uint32_t i = 0; ok && i < wanted; i++) {
        pthread_t thread;
        ok = pthread_create(&thread, NULL, thread_main, NULL) == 0 &&
             pthread_join(thread, NULL) == 0;
    }
    took_ns = now_ns() - took_ns;
    return ok && conclude(figures);
}

static const bench_row rows[] = {{"spawn and join", 1, 1000000}};

static const bench_subject subjects[] = {
    {.kind = BENCH_SPAWN, .peer = "yoke", .run = run_yoke},
    {.kind = BENCH_SPAWN, .peer = "protothreads", .run = run_protothreads},
    {.kind = BENCH_SPAWN, .peer = "two calls, the floor", .run = run_floor},
    {.kind = BENCH_SPAWN, .peer = "threads", .run = run_threads, .slower = 500},
    {0},
};

const bench_family spawn_family = {.kind = BENCH_SPAWN,
                                   .unit = "ns",
                                   .figures = {""},
                                   .rows = rows,
                                   .row_count = COUNT(rows),
                                   .own = subjects};
