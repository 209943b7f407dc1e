/* What the files of this port share. */
#ifndef YOKE_POSIX_INTERNAL_H
#define YOKE_POSIX_INTERNAL_H

#include "yoke/port.h"
#include "yoke/posix.h"

/* source.c: the epoll set of the platform loop. */
int sources_open(void);
void sources_close(void);
void sources_wait(uint64_t timeout_us); /* YOKE_NEVER: until something happens */
void sources_interrupt(void);           /* any thread: end the wait */
void sources_watch(posix_source *s);    /* tell s->ready whenever there is input */

/* signals.c: the first request to end cancels `root`, the second ends the process. */
void signals_open(yoke_task *root);
void signals_close(void);

/* tuning.c */
void tuning_for_app_thread(void);

#endif
