/* Ring: 8-byte messages from one thread to another, all in order. */
#define _GNU_SOURCE
#include "ring.h"

#include <sched.h>
#include <unistd.h>

#define SPINS_BEFORE_YIELD 1000u

void ring_wait(uint32_t spins)
{
    if (spins > SPINS_BEFORE_YIELD) {
        sched_yield();
    } else {
        spin_pause();
    }
}

bool ring_measure(const bench_case *c, void *(*producer)(void *n), uint32_t (*consume)(uint32_t n),
                  double figures[])
{
    pthread_t thread;
    uint32_t n = c->work;
    uint64_t took_ns = now_ns();
    if (pthread_create(&thread, NULL, producer, &n) != 0) {
        return false;
    }
    uint32_t wrong = consume(n);
    took_ns = now_ns() - took_ns;
    pthread_join(thread, NULL);
    figures[0] = (double)n / (double)took_ns * 1000;
    return wrong == 0;
}

/* --- yoke ------------------------------------------------------------------------------------- */

static uint64_t items[RING_ITEMS];
static yoke_queue queue;

static bool yoke_push(uint64_t message)
{
    return yoke_queue_push(&queue, &message) == YOKE_OK;
}

static bool yoke_pop(uint64_t *message)
{
    return yoke_queue_pop(&queue, message) == YOKE_OK;
}

static void *yoke_producer(void *n)
{
    ring_produce(yoke_push, *(uint32_t *)n);
    return NULL;
}

static uint32_t yoke_consume(uint32_t n)
{
    return ring_consume(yoke_pop, n);
}

static bool run_yoke(const bench_case *c, double figures[])
{
    queue = (yoke_queue)YOKE_QUEUE(items);
    return ring_measure(c, yoke_producer, yoke_consume, figures);
}

/* --- mutex and condition variables ------------------------------------------------------------ */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t has_room = PTHREAD_COND_INITIALIZER;
static pthread_cond_t has_item = PTHREAD_COND_INITIALIZER;
static uint32_t head;
static uint32_t tail;

static bool locked_push(uint64_t message)
{
    pthread_mutex_lock(&mutex);
    while (tail - head == RING_ITEMS) {
        pthread_cond_wait(&has_room, &mutex);
    }
    items[tail++ % RING_ITEMS] = message;
    pthread_cond_signal(&has_item);
    pthread_mutex_unlock(&mutex);
    return true;
}

static bool locked_pop(uint64_t *message)
{
    pthread_mutex_lock(&mutex);
    while (tail == head) {
        pthread_cond_wait(&has_item, &mutex);
    }
    *message = items[head++ % RING_ITEMS];
    pthread_cond_signal(&has_room);
    pthread_mutex_unlock(&mutex);
    return true;
}

static void *locked_producer(void *n)
{
    ring_produce(locked_push, *(uint32_t *)n);
    return NULL;
}

static uint32_t locked_consume(uint32_t n)
{
    return ring_consume(locked_pop, n);
}

static bool run_locked(const bench_case *c, double figures[])
{
    head = tail = 0;
    return ring_measure(c, locked_producer, locked_consume, figures);
}

/* --- a pipe ----------------------------------------------------------------------------------- */

static int ends[2];

static bool pipe_push(uint64_t message)
{
    return write(ends[1], &message, sizeof message) == sizeof message;
}

static bool pipe_pop(uint64_t *message)
{
    return read(ends[0], message, sizeof *message) == sizeof *message;
}

static void *pipe_producer(void *n)
{
    ring_produce(pipe_push, *(uint32_t *)n);
    return NULL;
}

static uint32_t pipe_consume(uint32_t n)
{
    return ring_consume(pipe_pop, n);
}

static bool run_pipe(const bench_case *c, double figures[])
{
    if (pipe(ends) < 0) {
        return false;
    }
    bool ok = ring_measure(c, pipe_producer, pipe_consume, figures);
    close(ends[0]);
    close(ends[1]);
    return ok;
}

static const bench_row rows[] = {{"ring, 8-byte messages", 1, 4000000}};

static const bench_subject subjects[] = {
    {.kind = BENCH_RING, .peer = "yoke", .run = run_yoke},
    {.kind = BENCH_RING, .peer = "mutex and condition", .run = run_locked, .slower = 10},
    {.kind = BENCH_RING, .peer = "pipe", .run = run_pipe, .slower = 40},
    {0},
};

const bench_family ring_family = {.kind = BENCH_RING,
                                  .unit = "M/s",
                                  .figures = {""},
                                  .rows = rows,
                                  .row_count = COUNT(rows),
                                  .own = subjects};
