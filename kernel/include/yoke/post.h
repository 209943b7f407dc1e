/* Run a plain function once on a loop: from any core, any interrupt. */
#ifndef YOKE_POST_H
#define YOKE_POST_H

#include "yoke/loop.h"

/* A task whose body is one call. The caller's, static; to be posted again once it has run. */
typedef struct {
    yoke_task task;
    void (*run)(void *arg);
    void *arg;
} yoke_job;

/* Have `job` run on `l`; jobs posted from one place run in that order. Set `run` and `arg` before
 * the first post. YOKE_EBUSY: its last post has not run yet, nothing changed. Any core, any
 * interrupt. */
int yoke_post(yoke_loop *l, yoke_job *job);

#endif
