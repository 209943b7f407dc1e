/* The account of every task: how often and how long it ran, and where it is paused.
 *
 * The kernel keeps no figures of tasks; an observer (yoke/loop.h) on each loop does. */
#ifndef YOKE_INSPECT_H
#define YOKE_INSPECT_H

#include "yoke/loop.h"

#define INSPECT_TASKS 32u /* tasks of one loop that are running at the same time */

typedef struct {
    const yoke_task *task;
    const char *name; /* its body's function; NULL before the first run */
    const char *file;
    unsigned core;
    uint32_t line; /* where it is paused */
    uint32_t runs; /* modulo 2^32, since its start */
    uint32_t run_us_longest;
    uint64_t run_us_total;
} inspect_row;

/* Keep accounts of the tasks of `l` from now on. Once per loop, before it runs. */
void inspect_open(yoke_loop *l);

/* `core` was ended from outside and is off: a row that it was writing can be read again. Its other
 * rows stay; the task it was in has one until it runs again. Platform loop. */
void inspect_mend(unsigned core);

/* The account of the `n`-th running task, core 0's first; false: there is no such row. Each row is
 * consistent in itself. Any loop, not from an interrupt. */
bool inspect_task(unsigned n, inspect_row *row);

/* Tasks without an account, because INSPECT_TASKS had one already. Any core. */
uint32_t inspect_refused(void);

#endif
