/* A body gets its task, not its frame. */
/* expect GNU: Werror=incompatible-pointer-types */
/* expect Clang: incompatible function pointer types */
#include "yoke/yoke.h"

#ifdef FIXED
typedef yoke_task argument;
#else
typedef struct {
    yoke_task task;
} argument;
#endif

int body(argument *t);
extern yoke_task task;
yoke_task task = YOKE_TASK(body);
