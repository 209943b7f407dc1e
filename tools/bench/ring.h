/* What the ring measurements share. Inlined with push and pop known, so that none of them pays
 * for a call through a pointer. */
#ifndef BENCH_RING_H
#define BENCH_RING_H

#include "bench.h"

#include <pthread.h>

#define RING_ITEMS 1024

typedef bool ring_push(uint64_t message); /* false: full */
typedef bool ring_pop(uint64_t *message); /* false: empty */

/* The other side is behind: spin, and if it seems not to be running give it the core. */
void ring_wait(uint32_t spins);

__attribute__((always_inline)) static inline void ring_produce(ring_push *push, uint32_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        for (uint32_t spins = 0; !push(i); spins++) {
            ring_wait(spins);
        }
    }
}

/* Answers how many came out of order. */
__attribute__((always_inline)) static inline uint32_t ring_consume(ring_pop *pop, uint32_t n)
{
    uint32_t wrong = 0;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t message = 0;
        for (uint32_t spins = 0; !pop(&message); spins++) {
            ring_wait(spins);
        }
        wrong += message != i;
    }
    return wrong;
}

/* Run `producer`, a function that sends all messages, in a second thread, and `consume` in this
 * one; millions of messages a second. */
bool ring_measure(const bench_case *c, void *(*producer)(void *n), uint32_t (*consume)(uint32_t n),
                  double figures[]);

#endif
