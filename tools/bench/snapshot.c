/* Snapshots: 32 bytes, read whole while nobody, somebody or everybody writes. */
#define _GNU_SOURCE
#include "snapshot.h"

#include <pthread.h>

#define WRITE_EVERY_NS 100000u
#define TRIES          50u

static atomic_bool finished;
static atomic_uint written;
static uint32_t pace;
static uint32_t during; /* how often was written while the reads went on */

bool snapshot_write_again(void)
{
    atomic_store_explicit(&written, atomic_load_explicit(&written, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    if (pace == SNAPSHOT_10_K_WRITES) {
        spin_for_ns(WRITE_EVERY_NS);
    }
    return !atomic_load_explicit(&finished, memory_order_relaxed);
}

/* Once through; answers the time it took. */
static uint64_t read_beside(void *(*writer)(void *), uint64_t (*reads)(uint32_t n), uint32_t n,
                            uint64_t *wrong)
{
    pthread_t thread;
    bool writes = pace != SNAPSHOT_ALONE;
    atomic_store(&finished, false);
    atomic_store(&written, 0);
    if (writes && pthread_create(&thread, NULL, writer, NULL) != 0) {
        *wrong = 1;
        return 0;
    }
    while (writes && atomic_load(&written) < 3) {
        spin_pause();
    }
    uint32_t before = atomic_load(&written);
    uint64_t (*clock)(void) = writes ? now_ns : thread_cpu_ns;
    uint64_t took_ns = clock();
    *wrong |= reads(n);
    took_ns = clock() - took_ns;
    during = atomic_load(&written) - before;
    atomic_store(&finished, true);
    if (writes) {
        pthread_join(thread, NULL);
    }
    return took_ns;
}

/* On a busy machine the writer may not have had a core: then it was no measurement. */
static bool writer_ran(const bench_case *c, uint64_t took_ns)
{
    uint64_t few = c->work / 1000;
    if (pace == SNAPSHOT_10_K_WRITES) {
        few = took_ns / WRITE_EVERY_NS / 10;
    }
    return pace == SNAPSHOT_ALONE || during > few;
}

bool snapshot_measure(const bench_case *c, void *(*writer)(void *), uint64_t (*reads)(uint32_t n),
                      double figures[])
{
    uint64_t wrong = 0;
    uint64_t took_ns = 0;
    bool valid = false;
    pace = c->n;
    for (uint32_t i = 0; i < TRIES && !valid && !wrong; i++) {
        took_ns = read_beside(writer, reads, c->work, &wrong);
        valid = writer_ran(c, took_ns);
    }
    figures[0] = (double)took_ns / c->work;
    return valid && !wrong;
}

/* --- yoke ------------------------------------------------------------------------------------- */

static snapshot slots[4];
static yoke_share share = YOKE_SHARE(slots);

static void share_read(snapshot *s)
{
    yoke_share_read(&share, s);
}

static void share_write(const snapshot *s)
{
    yoke_share_write(&share, s);
}

static void *share_writer(void *arg)
{
    snapshot_writes(share_write);
    return arg;
}

static uint64_t share_reads(uint32_t n)
{
    return snapshot_reads(share_read, n);
}

static bool run_yoke(const bench_case *c, double figures[])
{
    share_write(&(snapshot){0});
    return snapshot_measure(c, share_writer, share_reads, figures);
}

/* --- POSIX threads: a mutex, and a read-write lock -------------------------------------------- */

static snapshot plain;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static void mutex_read(snapshot *s)
{
    pthread_mutex_lock(&mutex);
    *s = plain;
    pthread_mutex_unlock(&mutex);
}

static void mutex_write(const snapshot *s)
{
    pthread_mutex_lock(&mutex);
    plain = *s;
    pthread_mutex_unlock(&mutex);
}

static void *mutex_writer(void *arg)
{
    snapshot_writes(mutex_write);
    return arg;
}

static uint64_t mutex_reads(uint32_t n)
{
    return snapshot_reads(mutex_read, n);
}

static bool run_mutex(const bench_case *c, double figures[])
{
    plain = (snapshot){0};
    return snapshot_measure(c, mutex_writer, mutex_reads, figures);
}

static void rwlock_read(snapshot *s)
{
    pthread_rwlock_rdlock(&rwlock);
    *s = plain;
    pthread_rwlock_unlock(&rwlock);
}

static void rwlock_write(const snapshot *s)
{
    pthread_rwlock_wrlock(&rwlock);
    plain = *s;
    pthread_rwlock_unlock(&rwlock);
}

static void *rwlock_writer(void *arg)
{
    snapshot_writes(rwlock_write);
    return arg;
}

static uint64_t rwlock_reads(uint32_t n)
{
    return snapshot_reads(rwlock_read, n);
}

static bool run_rwlock(const bench_case *c, double figures[])
{
    plain = (snapshot){0};
    return snapshot_measure(c, rwlock_writer, rwlock_reads, figures);
}

static const bench_row rows[] = {
    {"snapshot, nobody writes", SNAPSHOT_ALONE, 5000000},
    {"snapshot, 10 k writes/s", SNAPSHOT_10_K_WRITES, 5000000},
    {"snapshot, constant writes", SNAPSHOT_CONSTANT_WRITES, 1000000},
};

static const bench_subject subjects[] = {
    {.kind = BENCH_SNAPSHOT, .peer = "yoke", .run = run_yoke},
    {.kind = BENCH_SNAPSHOT, .peer = "mutex", .run = run_mutex, .slower = 4},
    {.kind = BENCH_SNAPSHOT, .peer = "read-write lock", .run = run_rwlock, .slower = 20},
    {0},
};

const bench_family snapshot_family = {.kind = BENCH_SNAPSHOT,
                                      .unit = "ns",
                                      .figures = {""},
                                      .rows = rows,
                                      .row_count = COUNT(rows),
                                      .own = subjects};
