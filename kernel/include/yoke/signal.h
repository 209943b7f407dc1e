/* The latest value, or a flag: set anywhere, awaited by one task. */
#ifndef YOKE_SIGNAL_H
#define YOKE_SIGNAL_H

#include "yoke/task.h"

/* All zero is ready for use: nothing set, nobody waiting. */
typedef struct {
    yoke_task *waiter;
    uint32_t value;
    bool full;
} yoke_signal;

/* Set `s` to `value` and wake its waiter. A value not taken yet is replaced. Any core, any
 * interrupt. */
void yoke_signal_set(yoke_signal *s, uint32_t value);

/* Take the value if one is set since it was last taken: true, and `*value` (NULL: not wanted).
 * Any core, any interrupt. */
bool yoke_signal_take(yoke_signal *s, uint32_t *value);

/* Wait for a value and take it. One waiter (check task 102). Answers YOKE_OK. */
YOKE_ASYNC int yoke_signal_wait(yoke_task *t, yoke_signal *s, uint32_t *value);

#endif
