/* A wait belongs between YOKE_BEGIN and YOKE_END. */
/* expect GNU: case label not within a switch statement */
/* expect Clang: 'case' statement not in switch statement */
#include "yoke/yoke.h"

int waits_body(yoke_task *t);
int waits_body(yoke_task *t)
{
#ifdef FIXED
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_ms(t, 10));
    YOKE_END(t);
#else
    YOKE_AWAIT(t, yoke_sleep_ms(t, 10));
    return t->rc;
#endif
}
