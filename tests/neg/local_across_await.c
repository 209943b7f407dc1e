/* A local does not survive a wait: what lives across it lives in the frame. */
/* only: GNU */
/* expect: Werror=jump-misses-init */
#include "yoke/yoke.h"

typedef struct {
    yoke_task task;
    int count;
} counter;

int counts_body(yoke_task *t);
int counts_body(yoke_task *t)
{
    counter *me = YOKE_FRAME(counter, t);
    YOKE_BEGIN(t);
#ifdef FIXED
    me->count = 3;
#else
    int count = 3;
#endif
    YOKE_AWAIT(t, yoke_sleep_ms(t, 10));
#ifndef FIXED
    me->count = count;
#endif
    YOKE_END(t);
}
