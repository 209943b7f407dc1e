/* A wait is known by its line, so a line holds one. */
/* expect GNU: duplicate case value */
/* expect Clang: duplicate case value */
#include "yoke/yoke.h"

/* clang-format off */
int waits_body(yoke_task *t);
int waits_body(yoke_task *t)
{
    YOKE_BEGIN(t);
#ifdef FIXED
    YOKE_AWAIT(t, yoke_yield(t));
    YOKE_AWAIT(t, yoke_yield(t));
#else
    YOKE_AWAIT(t, yoke_yield(t)); YOKE_AWAIT(t, yoke_yield(t));
#endif
    YOKE_END(t);
}
