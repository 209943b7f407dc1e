/* The length of a ring is a power of two. */
/* expect GNU: size of unnamed array is negative */
/* expect Clang: array size is negative */
#include "yoke/yoke.h"

#ifdef FIXED
static int ring[8];
#else
static int ring[6];
#endif

extern yoke_queue queue;
yoke_queue queue = YOKE_QUEUE(ring);
