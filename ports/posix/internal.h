/* What the files of this port share. */
#ifndef YOKE_POSIX_INTERNAL_H
#define YOKE_POSIX_INTERNAL_H

#include "yoke/port.h"
#include "yoke/posix.h"

#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>

/* source.c: the epoll set of the platform loop. */
int sources_open(void);
void sources_close(void);
void sources_wait(uint64_t timeout_us); /* YOKE_NEVER: until something happens */
void sources_interrupt(void);           /* any thread: end the wait */
void sources_watch(posix_source *s);    /* tell s->ready whenever there is input */

/* Who keeps descriptors of its own, and is asked for them before each wait. */
struct pollfd;
typedef struct {
    /* Write at most `max` of them, answer how many; shorten the wait if need be. */
    unsigned (*before_wait)(struct pollfd *fds, unsigned max, uint64_t *timeout_us);
    void (*after_wait)(struct pollfd *fds, unsigned count);
} posix_polled;
extern const posix_polled *sources_polled; /* NULL: nobody */

/* signals.c: the first request to end cancels `root`, the second ends the process. */
void signals_open(yoke_task *root);
void signals_close(void);

/* pins.c, view.c: what stands in for buttons, and for the strips */
void pins_open(void);
void pins_close(void);
void view_open(yoke_loop *platform);
void view_close(void);

/* tuning.c */
void tuning_for_app_thread(void);

/* lock.c: who holds the kernel's lock. */
enum lock_user { LOCK_FREE, LOCK_PLATFORM, LOCK_APP, LOCK_OTHER };
void lock_introduce(enum lock_user user); /* the calling thread is this one */
enum lock_user lock_holder(void);
void lock_take_over(void); /* its holder has gone for ever: it is free */

/* loops.c */
void as_interrupt(void (*run)(void *arg), void *arg); /* `run` is told that it is in no loop */
pthread_t *app_thread_running(void);                  /* NULL: there is none; platform thread */
void app_thread_reap(void);

/* core.c. The app thread brackets its loop: from begin to end, sigsetjmp(core_way_out) having been
 * called, it may be ended at any instruction. */
extern sigjmp_buf core_way_out;
void core_is_launched(bool launched); /* platform thread: before it creates it; it failed */
void core_thread_begins(void);
void core_thread_ends(void);              /* in order, or through the way out */
void core_lock_is_stuck(uint64_t for_us); /* platform thread: the app thread holds the lock */

/* state.c: what a reset of the device leaves alone, a small file each in $YOKE_STATE. Safe in a
 * signal handler, given that state_open() came before. */
void state_open(void);
bool state_read(const char *name, void *to, size_t size); /* false: there is no such file */
void state_write(const char *name, const void *from, size_t size);
void state_remove(const char *name);
const char *state_path(const char *name); /* NULL: nothing is kept; valid until the next call */

#endif
