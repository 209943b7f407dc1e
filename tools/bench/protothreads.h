/* Protothreads in the style of Adam Dunkels (Dunkels, Schmidt, Voigt, Ali: "Protothreads:
 * simplifying event-driven programming of memory-constrained embedded systems", SenSys 2006),
 * written for the bench: a switch on the line, and a scheduler that calls each thread in turn. */
#ifndef BENCH_PROTOTHREADS_H
#define BENCH_PROTOTHREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pt pt;
struct pt {
    bool (*body)(pt *p); /* answers true when it has ended */
    uint16_t line;
    bool ended;
};

#define PT_BEGIN(p)      \
    switch ((p)->line) { \
    case 0:

#define PT_YIELD(p)           \
    do {                      \
        (p)->line = __LINE__; \
        return false;         \
    case __LINE__:;           \
    } while (0)

#define PT_WAIT_UNTIL(p, condition)   \
    do {                              \
        (p)->line = __LINE__;         \
        __attribute__((fallthrough)); \
    case __LINE__:                    \
        if (!(condition)) {           \
            return false;             \
        }                             \
    } while (0)

#define PT_END(p)  \
    }              \
    (p)->line = 0; \
    return true

/* Call each thread that has not ended once; answers how many have not. */
static inline size_t pt_round(pt *const threads[], size_t n)
{
    size_t alive = 0;
    for (size_t i = 0; i < n; i++) {
        if (!threads[i]->ended) {
            threads[i]->ended = threads[i]->body(threads[i]);
            alive += !threads[i]->ended;
        }
    }
    return alive;
}

#endif
