/* What log.c writes and print.c reads. */
#ifndef LOG_RINGS_H
#define LOG_RINGS_H

#include "format.h"
#include "yoke/log.h"
#include "yoke/queue.h"
#include "yoke/signal.h"

typedef struct {
    uint64_t at_us;
    const char *format;
    uintptr_t values[LOG_VALUES];
} log_record;

extern yoke_queue log_queues[YOKE_CORES]; /* of records */
extern yoke_signal log_written;           /* after each */

#endif
