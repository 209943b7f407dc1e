/* Writing: on each core its own lanes and its own ring of spans. Nothing here waits. */
#include "trace.h"
#include "yoke/port.h"

scope_trace scope_traces[YOKE_CORES];
const yoke_app *scope_app;

static atomic_uint watchers;

static uint32_t get(const atomic_uint *word)
{
    return atomic_load_explicit(word, memory_order_relaxed);
}

static void put(atomic_uint *word, uint32_t value)
{
    atomic_store_explicit(word, value, memory_order_relaxed);
}

static bool is_watched(void)
{
    return get(&watchers) != 0;
}

static uint32_t now_us(void)
{
    return (uint32_t)yoke_port_now_us();
}

/* --- lanes ----------------------------------------------------------- */

static const void *key_of(const scope_lane *l)
{
    return atomic_load_explicit(&l->key, memory_order_relaxed);
}

/* The name is complete before the lane counts. */
static unsigned add_lane(scope_trace *in, const void *key, const char *name)
{
    static const char others[] = "others";
    unsigned n = get(&in->lanes_used);
    bool last = n == SCOPE_LANES - 1;
    if (n == SCOPE_LANES) {
        return n - 1;
    }
    atomic_store_explicit(&in->lanes[n].key, last ? NULL : key, memory_order_relaxed);
    atomic_store_explicit(&in->lanes[n].name, last ? others : name, memory_order_relaxed);
    atomic_store_explicit(&in->lanes_used, n + 1, memory_order_release);
    return n;
}

static unsigned find_lane(scope_trace *in, const void *key, const char *name)
{
    unsigned used = get(&in->lanes_used);
    for (unsigned i = 0; i < used; i++) {
        if (key_of(&in->lanes[i]) == key) {
            return i;
        }
    }
    return add_lane(in, key, name);
}

/* --- spans ----------------------------------------------------------- */

static scope_span *span_at(scope_trace *in, uint32_t n)
{
    return &in->spans[n % SCOPE_SPANS];
}

/* Only a span that no reader has taken may still grow: one whose end is near. */
static bool grow(scope_trace *in, const scope_lane *l, uint32_t start_us, uint32_t end_us)
{
    if (!l->has_last || get(&in->written) - l->last > SCOPE_SPANS) {
        return false;
    }
    scope_span *s = span_at(in, l->last);
    uint32_t length_us = get(&s->length_us);
    uint32_t since_us = end_us - (get(&s->start_us) + length_us);
    if (since_us > SCOPE_GAP_US || length_us >= SCOPE_SPAN_US) {
        return false;
    }
    put(&s->length_us, length_us + since_us);
    put(&s->busy_us, get(&s->busy_us) + (end_us - start_us));
    return true;
}

static void record(scope_trace *in, unsigned lane, uint32_t start_us, uint32_t end_us)
{
    scope_lane *l = &in->lanes[lane];
    if (grow(in, l, start_us, end_us)) {
        return;
    }
    uint32_t n = get(&in->written);
    scope_span *s = span_at(in, n);
    atomic_thread_fence(memory_order_release); /* the count of before, then the words of now */
    put(&s->start_us, start_us);
    put(&s->length_us, end_us - start_us);
    put(&s->busy_us, end_us - start_us);
    put(&s->lane, lane);
    l->last = n;
    l->has_last = true;
    atomic_store_explicit(&in->written, n + 1, memory_order_release);
}

/* --- tasks ----------------------------------------------------------- */

/* The place is known when the body has run. A task that a worker steps is that worker. */
static void see(yoke_observer *o, yoke_task *t, enum yoke_event event)
{
    scope_trace *in = (scope_trace *)(void *)((char *)o - offsetof(scope_trace, observer));
    if (event == YOKE_RUNS) {
        in->began = is_watched() && !get(&in->running);
        in->began_us = in->began ? now_us() : 0;
        return;
    }
    const yoke_place *place = yoke_place_on_core[t->core];
    if (in->began && place) {
        record(in, find_lane(in, place, place->name), in->began_us, now_us());
    }
}

void scope_open(yoke_loop *platform, yoke_app *app)
{
    yoke_loop *const loops[] = {platform, &app->loop};
    scope_app = app;
    for (unsigned i = 0; i < YOKE_CORES; i++) {
        scope_traces[i].observer.see = see;
        yoke_observe(loops[i], &scope_traces[i].observer);
    }
}

/* --- steps ----------------------------------------------------------- */

int scope_step(void *seat)
{
    scope_seat *s = seat;
    if (!is_watched()) {
        return s->step(s->arg);
    }
    scope_trace *in = &scope_traces[1];
    unsigned lane = find_lane(in, s, s->name);
    uint32_t start_us = now_us();
    put(&in->since_us, start_us);
    put(&in->running, lane + 1);
    int answer = s->step(s->arg);
    record(in, lane, start_us, now_us());
    put(&in->running, 0);
    return answer;
}

/* --- who looks ------------------------------------------------------- */

void scope_begin(scope_reader *r)
{
    *r = (scope_reader){0};
    for (unsigned i = 0; i < YOKE_CORES; i++) {
        r->next[i] = get(&scope_traces[i].written);
    }
    put(&watchers, get(&watchers) + 1);
}

void scope_end(scope_reader *r)
{
    (void)r;
    put(&watchers, get(&watchers) - 1);
}
