/* Concurrency Kit: its single-producer ring, and its sequence lock. */
#include "ring.h"
#include "snapshot.h"

#include <ck_ring.h>
#include <ck_sequence.h>
#include <pthread.h>

/* --- ring ------------------------------------------------------------------------------------- */

static ck_ring_t ring;
static ck_ring_buffer_t buffer[RING_ITEMS];

static bool push(uint64_t message)
{
    return ck_ring_enqueue_spsc(&ring, buffer, (void *)(uintptr_t)message);
}

static bool pop(uint64_t *message)
{
    void *item;
    if (!ck_ring_dequeue_spsc(&ring, buffer, &item)) {
        return false;
    }
    *message = (uintptr_t)item;
    return true;
}

static void *producer(void *n)
{
    ring_produce(push, *(uint32_t *)n);
    return NULL;
}

static uint32_t consume(uint32_t n)
{
    return ring_consume(pop, n);
}

static bool run_ring(const bench_case *c, double figures[])
{
    ck_ring_init(&ring, RING_ITEMS);
    return ring_measure(c, producer, consume, figures);
}

/* --- snapshot --------------------------------------------------------------------------------- */

static ck_sequence_t sequence = CK_SEQUENCE_INITIALIZER;
static snapshot shared;

static void sequence_read(snapshot *s)
{
    unsigned version;
    do {
        version = ck_sequence_read_begin(&sequence);
        *s = shared;
    } while (ck_sequence_read_retry(&sequence, version));
}

static void sequence_write(const snapshot *s)
{
    ck_sequence_write_begin(&sequence);
    shared = *s;
    ck_sequence_write_end(&sequence);
}

static void *writer(void *arg)
{
    snapshot_writes(sequence_write);
    return arg;
}

static uint64_t reads(uint32_t n)
{
    return snapshot_reads(sequence_read, n);
}

static bool run_snapshot(const bench_case *c, double figures[])
{
    shared = (snapshot){0};
    return snapshot_measure(c, writer, reads, figures);
}

extern const bench_subject ck_subjects[];
const bench_subject ck_subjects[] = {
    {.kind = BENCH_RING, .peer = "ck_ring", .run = run_ring},
    {.kind = BENCH_SNAPSHOT, .peer = "ck_sequence", .run = run_snapshot},
    {0},
};
