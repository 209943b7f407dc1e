/* Whoever may leave early says where to. */
/* expect GNU: label 'yoke_finally_' used but not defined */
/* expect Clang: use of undeclared label 'yoke_finally_' */
#include "yoke/yoke.h"

int leaves_body(yoke_task *t);
int leaves_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_ms(t, 10));
#ifdef FIXED
    YOKE_FINALLY(t);
#endif
    YOKE_END(t);
}
