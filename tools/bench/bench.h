/* What the files of the bench share.
 *
 * A family is what is measured (yield); it has rows (2 tasks, 1,000 tasks) and subjects (yoke,
 * libuv …). Every run measures each subject of a row once, in turn: A B C A B C … */
#ifndef BENCH_H
#define BENCH_H

#include "yoke/yoke.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_FIGURES  3 /* of one row */
#define BENCH_RUNS_MAX 101

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum bench_kind {
    BENCH_YIELD,
    BENCH_SPAWN,
    BENCH_TIMERS,
    BENCH_WAKE_ASLEEP,
    BENCH_WAKE_POLLING,
    BENCH_RING,
    BENCH_SNAPSHOT,
    BENCH_LATENESS,
};

/* One measurement to make. */
typedef struct {
    uint32_t n;      /* of the row: how many tasks or timers */
    uint32_t work;   /* how many operations to measure */
    const void *arg; /* of the subject */
} bench_case;

/* Measure once into `figures`. False: a count at the end is wrong, the figure is worth nothing. */
typedef bool bench_run(const bench_case *c, double figures[BENCH_FIGURES]);

typedef struct {
    const char *peer; /* NULL ends a list */
    bench_run *run;
    enum bench_kind kind;
    uint32_t slower; /* does this part of the work: 1 / slower; 0 means 1 */
    const void *arg;
    bool (*possible)(void); /* NULL: always; false: may not be done here */
} bench_subject;

typedef struct {
    const char *name;
    uint32_t n;
    uint32_t work; /* operations a run; --quick does a quarter */
} bench_row;

typedef struct {
    enum bench_kind kind;
    const char *unit;
    const char *figures[BENCH_FIGURES]; /* NULL: fewer; a single one has the name "" */
    const bench_row *rows;
    size_t row_count;
    const bench_subject *own; /* Yoke, POSIX threads and code of our own */
} bench_family;

extern const bench_family yield_family, spawn_family, timers_family, wake_asleep_family,
    wake_polling_family, ring_family, snapshot_family, lateness_family;

/* peers.c, written by CMake */
extern const bench_subject *const bench_peers[]; /* lists of subjects, NULL at the end */
extern const char *const bench_absent[];
extern const char bench_compiler[];
extern const char bench_flags[];

/* --- support.c -------------------------------------------------------------------------------- */

uint64_t now_ns(void);        /* CLOCK_MONOTONIC */
uint64_t thread_cpu_ns(void); /* CPU time of the calling thread */
void spin_for_ns(uint64_t ns);
uint32_t random_below(uint32_t limit); /* the same sequence in every process */

/* The value below which `percent` of the `n` values lie; sorts them. */
double percentile(double *values, size_t n, double percent);

/* Initialise `bench_loop` and run `body` as its root task. */
extern yoke_loop bench_loop;
bool run_root(yoke_body *body);

/* --- ticks_*.c: the cheapest clock that two threads share ------------------------------------- */

uint64_t ticks_now(void);
double ticks_ns(uint64_t ticks);
void spin_pause(void);

#endif
