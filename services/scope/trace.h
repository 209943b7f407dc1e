/* What the two halves of the scope share: trace.c writes, stream.c reads. */
#ifndef SCOPE_TRACE_H
#define SCOPE_TRACE_H

#include "yoke/scope.h"

/* All words of a span are written by its core; it grows until it is SCOPE_GAP_US old. */
typedef struct {
    atomic_uint start_us, length_us, busy_us, lane;
} scope_span;

typedef struct {
    _Atomic(const void *) key;  /* the seat, or the place of the body */
    _Atomic(const char *) name; /* where it can be read */
    uint32_t last;              /* the lane's newest span; that core's */
    bool has_last;
} scope_lane;

typedef struct {
    yoke_observer observer;
    bool began; /* the run under way was watched from its beginning, */
    uint32_t began_us;
    atomic_uint written; /* spans ever */
    atomic_uint lanes_used;
    atomic_uint running, since_us; /* the seat in its step: lane + 1, or 0 */
    scope_span spans[SCOPE_SPANS];
    scope_lane lanes[SCOPE_LANES];
} scope_trace;

extern scope_trace scope_traces[YOKE_CORES];
extern const yoke_app *scope_app;

#endif
