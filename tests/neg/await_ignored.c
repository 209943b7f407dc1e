/* A call that waits does nothing unless it is awaited. */
/* expect GNU: Werror=unused-result */
/* expect Clang: -Wunused-result */
#include "yoke/yoke.h"

int forgets_body(yoke_task *t);
int forgets_body(yoke_task *t)
{
    YOKE_BEGIN(t);
#ifdef FIXED
    YOKE_AWAIT(t, yoke_sleep_ms(t, 10));
#else
    yoke_sleep_ms(t, 10);
#endif
    YOKE_END(t);
}
