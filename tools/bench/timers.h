/* What the timer measurements share: each inserts n timers with random due times, lets time pass
 * the last of them, and runs its loop until all have fired. CPU time of the calling thread. */
#ifndef BENCH_TIMERS_H
#define BENCH_TIMERS_H

#include "bench.h"

#define TIMERS_MAX       100000
#define TIMERS_MARGIN_US 1000   /* nothing is due earlier than this after the first insert */
#define TIMERS_SPAN_US   100000 /* due times are spread over this */

/* How one repetition went. */
typedef struct {
    uint64_t insert_ns;
    uint64_t fire_ns;
    uint32_t fired;
} timers_account;

/* Due times of one repetition, after the first insert. */
extern uint32_t timers_due_us[TIMERS_MAX];

/* Time at which all are due; called before the first insert. */
uint64_t timers_begin(uint32_t n);

/* Spin until then. */
void timers_pass(uint64_t all_due_ns);

/* Repeat `once` as often as makes c->work timers, and answer ns a timer. */
bool timers_measure(const bench_case *c, void (*once)(uint32_t n, timers_account *a),
                    double figures[]);

#endif
