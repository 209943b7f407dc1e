/* What the wake measurements share: a second thread wakes the loop again and again, each time
 * from a random pause after the last wake was seen. From just before the wake to the first
 * instruction of who was woken. */
#ifndef BENCH_WAKE_H
#define BENCH_WAKE_H

#include "bench.h"

/* Start the waking thread; the pauses come from c->n, the number of wakes from c->work. */
void wake_begin(const bench_case *c, void (*wake)(void));

/* The first call of who was woken. True: wait for the next one. */
bool wake_seen(void);

/* Join the thread and compute p50, p99 and max in us. */
bool wake_end(double figures[]);

#endif
