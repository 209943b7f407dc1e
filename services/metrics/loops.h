/* What the files of metrics share. */
#ifndef METRICS_LOOPS_H
#define METRICS_LOOPS_H

#include "yoke/worker.h"

/* The n-th worker of the app loop, or NULL. */
const yoke_worker *metrics_worker(unsigned n);

#endif
