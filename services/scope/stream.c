/* Reading: one update is told in stages, an event a call.
 *
 *   lanes, now and then ──▶ spans, until none is left ──▶ workers, now and then ──▶ 0 */
#include "trace.h"
#include "yoke/metrics.h"
#include "yoke/port.h"

#include <stdio.h>
#include <string.h>

enum { LANES, SPANS, WORKERS };

#define LANES_EVERY   25u /* updates: all names again, since a seat may have got another */
#define WORKERS_EVERY 5u
#define SEALED_US     (int32_t)(SCOPE_GAP_US + 1000) /* its core has let go of such a span */
#define SPAN_TEXT_MAX 48u

static uint32_t get(const atomic_uint *word)
{
    return atomic_load_explicit(word, memory_order_relaxed);
}

/* --- lanes ----------------------------------------------------------- */

/* The n-th lane of a core. */
static unsigned id_of(unsigned core, unsigned lane)
{
    return core * SCOPE_LANES + lane;
}

static size_t lane_event(scope_reader *r, char *to, size_t size)
{
    for (; r->core < YOKE_CORES; r->core++, r->index = 0) {
        scope_trace *in = &scope_traces[r->core];
        if (r->index < atomic_load_explicit(&in->lanes_used, memory_order_acquire)) {
            char name[METRICS_NAME_MAX];
            const char *plain =
                atomic_load_explicit(&in->lanes[r->index].name, memory_order_relaxed);
            int n = snprintf(to, size, "event: lane\ndata: {\"id\":%u,\"core\":%u,\"name\":%s}\n\n",
                             id_of(r->core, r->index), r->core, metrics_quote(name, plain));
            r->index++;
            return (size_t)n;
        }
    }
    return 0;
}

/* --- spans ----------------------------------------------------------- */

typedef struct {
    uint32_t start_us, length_us, busy_us, lane;
} span;

/* The next span that has stopped growing; false: there is none yet. */
static bool take(scope_reader *r, unsigned core, uint32_t now_us, span *s)
{
    scope_trace *in = &scope_traces[core];
    uint32_t written = atomic_load_explicit(&in->written, memory_order_acquire);
    while (r->next[core] != written) {
        const scope_span *from = &in->spans[r->next[core] % SCOPE_SPANS];
        *s = (span){get(&from->start_us), get(&from->length_us), get(&from->busy_us),
                    get(&from->lane)};
        atomic_thread_fence(memory_order_acquire);
        written = get(&in->written);
        uint32_t behind = written - r->next[core];
        if (behind >= SCOPE_SPANS) {
            r->lost += behind - (SCOPE_SPANS - 1);
            r->next[core] = written - (SCOPE_SPANS - 1);
            continue;
        }
        int32_t age_us = (int32_t)(now_us - (s->start_us + s->length_us));
        if (age_us < 0 || (s->length_us < SCOPE_SPAN_US && age_us <= SEALED_US)) {
            return false;
        }
        r->next[core]++;
        return true;
    }
    return false;
}

static bool take_any(scope_reader *r, uint32_t now_us, span *s)
{
    for (unsigned core = 0; core < YOKE_CORES; core++) {
        if (take(r, core, now_us, s)) {
            s->lane = id_of(core, s->lane);
            return true;
        }
    }
    return false;
}

static int running_text(char *to, size_t size, uint32_t now_us)
{
    uint32_t lane = get(&scope_traces[1].running);
    uint32_t since_us = get(&scope_traces[1].since_us);
    if (!lane || (int32_t)(now_us - since_us) < 0) {
        return snprintf(to, size, "[]");
    }
    return snprintf(to, size, "[%u,%u]", id_of(1, lane - 1), now_us - since_us);
}

/* As many as fit into one event; the first event of an update comes even without any. */
static size_t span_event(scope_reader *r, char *to, size_t size)
{
    char running[32];
    uint32_t now_us = (uint32_t)yoke_port_now_us();
    span s;
    bool any = take_any(r, now_us, &s);
    if (!any && r->index++) {
        return 0;
    }
    r->index = 1;
    running_text(running, sizeof running, now_us);
    size_t n = (size_t)snprintf(to, size,
                                "event: spans\ndata: {\"now\":%u,\"lost\":%u,"
                                "\"running\":%s,\"spans\":[",
                                now_us, r->lost, running);
    for (const char *comma = ""; any; comma = ",") {
        n += (size_t)snprintf(to + n, size - n, "%s%u,%u,%u,%u", comma, s.lane, now_us - s.start_us,
                              s.length_us, s.busy_us);
        any = size - n > SPAN_TEXT_MAX + 8 && take_any(r, now_us, &s);
    }
    n += (size_t)snprintf(to + n, size - n, "]}\n\n");
    return n;
}

/* --- workers --------------------------------------------------------- */

/* An event of two pieces. */
static size_t worker_event(scope_reader *r, char *to, size_t size)
{
    static const char head[] = "event: worker\ndata: ", tail[] = "\n\n";
    size_t before = r->index % 2 ? 0 : sizeof head - 1;
    size_t n = metrics_worker_json(r->index, to + before, size - sizeof head);
    if (n == 0) {
        return 0;
    }
    memcpy(to, head, before);
    if (r->index++ % 2) {
        memcpy(to + n, tail, sizeof tail - 1);
        n += sizeof tail - 1;
    }
    return before + n;
}

/* --- stages ---------------------------------------------------------- */

static unsigned lanes_now(void)
{
    return get(&scope_traces[0].lanes_used) + get(&scope_traces[1].lanes_used);
}

/* Lanes also when there is a new one, before its spans are told. */
static bool is_due(scope_reader *r)
{
    unsigned before = r->lanes;
    switch (r->stage) {
    case LANES:
        if (r->core == 0 && r->index == 0) {
            r->tells_lanes = r->updates % LANES_EVERY == 0 || before != lanes_now();
            r->lanes = lanes_now();
        }
        return r->tells_lanes;
    case WORKERS:
        return r->updates % WORKERS_EVERY == 0;
    default:
        return true;
    }
}

size_t scope_update(scope_reader *r, char *to, size_t size)
{
    static size_t (*const events[])(scope_reader *, char *, size_t) = {lane_event, span_event,
                                                                       worker_event};
    for (; r->stage <= WORKERS; r->stage++, r->core = r->index = 0) {
        size_t n = is_due(r) ? events[r->stage](r, to, size) : 0;
        if (n) {
            return n;
        }
    }
    r->stage = LANES;
    r->updates++;
    return 0;
}
