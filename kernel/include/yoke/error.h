/* What a call answers: a count or YOKE_OK, YOKE_PENDING, or a negative error. */
#ifndef YOKE_ERROR_H
#define YOKE_ERROR_H

enum yoke_result {
    YOKE_OK = 0,
    YOKE_PENDING = -1,   /* not yet: the task will be woken, and asks again */
    YOKE_ETIMEDOUT = -2, /* the limit given to yoke_within() has passed */
    YOKE_ECANCELED = -3, /* the task was cancelled while this wait was pending */
    YOKE_EBUSY = -4,     /* already started, already added, or core 1 is in use */
    YOKE_EFULL = -5,     /* a queue or a table has no room; the refusal was counted */
    YOKE_EINVAL = -6,    /* an argument is out of its stated range, or the caller may not ask */
    YOKE_ENOENT = -7,    /* no such thing: the worker is not in the app loop */
    YOKE_EIO = -8,       /* the machine underneath refused */
};

/* A call that waits is useless unless it is awaited: let the compiler say so. */
#define YOKE_ASYNC __attribute__((warn_unused_result))

#endif
