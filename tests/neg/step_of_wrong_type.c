/* A step answers whether it went well. */
/* expect GNU: Werror=incompatible-pointer-types */
/* expect Clang: incompatible function pointer types */
#include "yoke/yoke.h"

#ifdef FIXED
static int step(void *arg)
{
    (void)arg;
    return YOKE_OK;
}
#else
static void step(void *arg)
{
    (void)arg;
}
#endif

extern yoke_worker worker;
yoke_worker worker = {.name = "worker", .step = step, .period_us = 1000};
