/* A ring of items of one size: one producer, one consumer, each on any core; nothing is lost. */
#ifndef YOKE_QUEUE_H
#define YOKE_QUEUE_H

#include "yoke/task.h"

#include <stdatomic.h>

/* Producer and consumer each keep what they last saw of the other side, and look again only when
 * that says "full" or "empty". */
typedef struct {
    void *items;        /* the caller's */
    uint32_t item_size; /* in bytes, at least 1 */
    uint32_t capacity;  /* items, a power of two, 1 to 2^31 */
    /* the producer's */
    atomic_uint tail; /* items ever pushed, modulo 2^32 */
    uint32_t head_seen;
    atomic_uint refused; /* pushes that found no room */
    /* the consumer's */
    atomic_uint head; /* items ever popped */
    uint32_t tail_seen;
    atomic_uint most_found; /* high-water mark: the most items it ever found waiting */
    _Atomic(yoke_task *) waiter;
} yoke_queue;

/* A queue of the items of `array`, whose length must be a power of two:
 * static event ring[16]; static yoke_queue q = YOKE_QUEUE(ring); */
#define YOKE_QUEUE(array)                                                 \
    {                                                                     \
        .items = (array), .item_size = sizeof((array)[0]),                \
        .capacity = YOKE_QUEUE_LENGTH(sizeof(array) / sizeof((array)[0])) \
    }

/* n; does not compile unless it is a power of two. */
#define YOKE_QUEUE_LENGTH(n) ((n) + 0 * sizeof(char[((n) & ((n)-1)) ? -1 : 1]))

/* Copy `*item` in and wake the consumer. The producer only: a loop, or an interrupt of one core.
 * Wait-free but for the wake. YOKE_EFULL: no room, counted in `refused`, nothing changed. */
int yoke_queue_push(yoke_queue *q, const void *item);

/* Copy the oldest item out. The consumer only. Wait-free. YOKE_PENDING: there is none. */
int yoke_queue_pop(yoke_queue *q, void *item);

/* Wait for an item and take it. One waiter (check task 102), the consumer. Answers YOKE_OK. */
YOKE_ASYNC int yoke_queue_get(yoke_task *t, yoke_queue *q, void *item);

/* Items in the ring. Exact for the producer and the consumer while the other rests; any core. */
uint32_t yoke_queue_used(const yoke_queue *q);

#endif
