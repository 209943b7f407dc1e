/* Runs small scenarios of real C code under every schedule, and under every value that C11 lets an
 * atomic load return. See README.md for what that covers.
 *
 * A check is a C file with a table `scenarios`. Its threads share static objects only. */
#ifndef PROOF_EXPLORE_H
#define PROOF_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THREADS_MAX 4u

typedef struct {
    const char *name;
    void (*setup)(void);                /* puts all shared state to its beginning */
    void (*threads[THREADS_MAX])(void); /* unused ones: NULL */
    void (*finish)(void);               /* when no thread can go on; NULL: nothing to see */
    void (*conclude)(void);             /* after the last execution; NULL: nothing to see */
} scenario;

extern const scenario scenarios[]; /* the last has no name */

/* Fail, with the trace of this execution, unless `ok`. */
void must(bool ok, const char *what);
_Noreturn void proof_fail(const char *what);

/* Go on with each of 0 … n-1, one after the other. */
unsigned choose(unsigned n);

/* Read a ghost: a variable that the code under proof does not have, to say what it must do. Other
 * threads may go first. */
uint32_t ghost_read(const uint32_t *ghost);

/* For functions that store ghosts or look at anything: the model does not see what they do. */
#define GHOST __attribute__((no_sanitize("thread")))

/* The thread that runs, counted from 0. */
unsigned current_thread(void);

/* A name for the trace. In setup() only. */
void name_object(const void *object, size_t size, const char *name);

/* An atomic object that is also read in parts. In setup() only. */
void declare_atomic(const void *object, size_t size);

/* One lock for all, and flags that a thread can sleep on: what a port is made of. A flag hands
 * over all that its setters did before. */
void lock_take(void);
void lock_give(void);
void flag_set(unsigned flag);
bool flag_take(unsigned flag); /* at once; false: was not set */
void flag_wait(unsigned flag); /* sleeps until it is set, and takes it */

#define FLAGS_MAX 2u

#endif
