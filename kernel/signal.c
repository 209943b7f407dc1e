/* A value, a flag and a waiter, under the port's lock: both cores and interrupts may set it. */
#include "yoke/signal.h"

#include "internal.h"

void yoke_signal_set(yoke_signal *s, uint32_t value)
{
    uint32_t saved = yoke_port_lock();
    s->value = value;
    s->full = true;
    unlock_and_pend(saved, wake_locked(&s->waiter));
}

static bool take(yoke_signal *s, uint32_t *value)
{
    bool full = s->full;
    if (full && value) {
        *value = s->value;
    }
    s->full = false;
    return full;
}

bool yoke_signal_take(yoke_signal *s, uint32_t *value)
{
    uint32_t saved = yoke_port_lock();
    bool full = take(s, value);
    yoke_port_unlock(saved);
    return full;
}

int yoke_signal_wait(yoke_task *t, yoke_signal *s, uint32_t *value)
{
    int answer = YOKE_OK;
    uint32_t saved = yoke_port_lock();
    if (!take(s, value)) {
        answer = yoke_park(t, &s->waiter);
    } else {
        s->waiter = NULL;
    }
    yoke_port_unlock(saved);
    return answer;
}
