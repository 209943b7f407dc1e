/* The loop scope: what ran when on both cores, as events for a page that draws it.
 *
 *   core 0: every run of a task ──▶ spans of core 0 ─┐
 *                                                    ├──▶ scope_update() ──▶ text/event-stream
 *   core 1: every run of a task ──▶ spans of core 1 ─┤    one reader for each that watches
 *           every step of a seat ─▶                  │
 *                         accounts of the workers ───┘
 *
 * A span is a time in which a lane ran, or ran again and again with pauses of less than
 * SCOPE_GAP_US between; it tells how much of it was busy. A lane is a worker, or all tasks with the
 * same body. Spans are written into a ring by their own core, without waiting and without asking
 * who reads; a reader that comes too late has lost some, and counts them. Nothing is written while
 * nobody watches. */
#ifndef YOKE_SCOPE_H
#define YOKE_SCOPE_H

#include "yoke/app.h"

#define SCOPE_LANES     16u    /* of each core; all others share the last one */
#define SCOPE_SPANS     64u    /* kept of each core, a power of two */
#define SCOPE_GAP_US    2000u  /* a shorter pause does not end a span */
#define SCOPE_SPAN_US   40000u /* a span that is so long is continued by another one */
#define SCOPE_PERIOD_MS 80u    /* from one call of scope_update() to the next: 12.5 a second */
#define SCOPE_PIECE_MAX 440u   /* bytes that are written at once, at most */

/* --- what is seen ----------------------------------------------------- */

/* See the tasks of both loops from now on. Once, before the loops run. */
void scope_open(yoke_loop *platform, yoke_app *app);

/* A worker's place before the scope: its step and argument go here, and the worker gets
 * `.step = scope_step, .arg = &seat`. Costs each step one call and one look while nobody watches,
 * and two looks at the clock and some ten stores while somebody does. A task stepped through a seat
 * must not sleep by a timer: kernel/rescue would not know of it, and lose it with core 1. */
typedef struct {
    yoke_step *step;
    void *arg;
    const char *name;
} scope_seat;

/* One step of the seat `arg`. On the app loop. */
int scope_step(void *seat);

/* --- who looks -------------------------------------------------------- */

typedef struct {
    uint32_t next[YOKE_CORES]; /* the span of each core to be told next */
    uint32_t lost;             /* spans that were overwritten before they were told */
    /* --- its own ---------------------------------------------------------- */
    uint32_t updates;
    unsigned stage, core, index;
    unsigned lanes; /* that were there when they were told last */
    bool tells_lanes;
} scope_reader;

/* From now on spans are recorded, for `r` too. Then scope_end(), exactly once. Platform loop. */
void scope_begin(scope_reader *r);
void scope_end(scope_reader *r);

/* Write the next piece of this update, without a final 0; 0: that was all for now, come again in
 * SCOPE_PERIOD_MS. `size` is at least SCOPE_PIECE_MAX. What has been written is gone on for by the
 * next call; a copy of `*r` from before writes the like again. Platform loop.
 *
 *   event: lane    data: {"id":18,"core":1,"name":"rainbow"}
 *   event: spans   data: {"now":…,"lost":0,"running":[18,250],"spans":[18,5120,30,30,…]}
 *   event: worker  data: one of `workers` of /api/loops (yoke/metrics.h)
 *
 * All times are microseconds: `now` is the low half of the clock; of each span: lane, how long
 * before `now` it began, its length, and how much of that was busy. `running`: a step that has not
 * come back, and since when. */
size_t scope_update(scope_reader *r, char *to, size_t size);

#endif
