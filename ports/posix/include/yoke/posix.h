/* The host port: two real threads and the real clock. For ports, tests and the bench; an app
 * needs only yoke/yoke.h. */
#ifndef YOKE_POSIX_H
#define YOKE_POSIX_H

#include "yoke/loop.h"

/* How the loops wait. Set before yoke_run(); each is read from the environment first. */
typedef struct {
    uint32_t app_spin_us;      /* YOKE_APP_SPIN_US: the last part of the app loop's wait for a
                                  release is spent spinning; 0: none; default 300 */
    uint32_t platform_spin_us; /* YOKE_PLATFORM_SPIN_US: the platform loop watches for wakes so
                                  long before it sleeps; 0: sleep at once; default 0 */
    uint32_t app_priority;     /* YOKE_APP_PRIORITY: SCHED_FIFO 1 to 99; 0: ordinary; default 50 */
    uint32_t lock_limit_us;    /* YOKE_LOCK_LIMIT_US: how long the app thread may hold the kernel's
                                  lock before it counts as dead (yoke/core.h); default 1000000 */
} posix_tuning;

extern posix_tuning posix_tune;

/* A file descriptor that tasks wait for. All else zero. */
typedef struct posix_source posix_source;
struct posix_source {
    int fd;
    /* Told on the platform loop when the descriptor is ready; NULL: wake the waiter. */
    void (*ready)(posix_source *s);
    yoke_task *waiter;
    bool known; /* to epoll */
};

/* Wait until `s` is ready for `events` (EPOLLIN, EPOLLOUT). A file that epoll does not know is
 * always ready. One waiter (check task 102). Answers YOKE_OK. Platform loop. */
YOKE_ASYNC int posix_wait(yoke_task *t, posix_source *s, uint32_t events);

/* Is `s` ready for `events`? YOKE_OK: yes, or epoll does not know it. YOKE_PENDING: s->ready() is
 * told, once, when it is. Platform loop. */
int posix_poll(posix_source *s, uint32_t events);

/* Forget `s`, before its descriptor is closed. Platform loop. */
void posix_forget(posix_source *s);

#endif
