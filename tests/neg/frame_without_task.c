/* A frame is found through its member `task`. */
/* expect GNU: has no member named 'task' */
/* expect Clang: no member named 'task' */
#include "yoke/yoke.h"

typedef struct {
#ifdef FIXED
    yoke_task task;
#else
    yoke_task chore;
#endif
    int count;
} counter;

int counts_body(yoke_task *t);
int counts_body(yoke_task *t)
{
    counter *me = YOKE_FRAME(counter, t);
    YOKE_BEGIN(t);
    me->count++;
    YOKE_END(t);
}
