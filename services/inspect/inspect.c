/* One table per loop, written by that loop only and read by anybody: every row has a count that
 * is odd while the row changes. */
#include "yoke/inspect.h"

#include "yoke/port.h"

typedef struct {
    atomic_uint writing;
    _Atomic(const yoke_task *) task; /* NULL: free */
    _Atomic(const yoke_place *) place;
    atomic_uint line, runs, run_us_longest, run_us_low, run_us_high;
} entry;

typedef struct {
    yoke_observer observer;
    uint64_t began_us;
    entry *running;
    atomic_uint refused;
    entry entries[INSPECT_TASKS];
} table;

static table tables[YOKE_CORES];

static uint32_t get(const atomic_uint *field)
{
    return atomic_load_explicit(field, memory_order_relaxed);
}

static void put(atomic_uint *field, uint32_t value)
{
    atomic_store_explicit(field, value, memory_order_relaxed);
}

static void begin_writing(entry *e)
{
    put(&e->writing, get(&e->writing) + 1);
    atomic_thread_fence(memory_order_release);
}

static void end_writing(entry *e)
{
    atomic_store_explicit(&e->writing, get(&e->writing) + 1, memory_order_release);
}

/* --- on the observed loop -------------------------------------------- */

static entry *find(table *in, const yoke_task *t)
{
    for (unsigned i = 0; i < INSPECT_TASKS; i++) {
        if (atomic_load_explicit(&in->entries[i].task, memory_order_relaxed) == t) {
            return &in->entries[i];
        }
    }
    return NULL;
}

static void set_task(entry *e, const yoke_task *t)
{
    begin_writing(e);
    atomic_store_explicit(&e->task, t, memory_order_relaxed);
    put(&e->runs, 0);
    put(&e->run_us_longest, 0);
    put(&e->run_us_low, 0);
    put(&e->run_us_high, 0);
    end_writing(e);
}

static entry *find_or_add(table *in, const yoke_task *t)
{
    entry *e = find(in, t);
    if (e) {
        return e;
    }
    e = find(in, NULL);
    if (e) {
        set_task(e, t);
    } else {
        put(&in->refused, get(&in->refused) + 1);
    }
    return e;
}

static void count_run(entry *e, const yoke_task *t, uint32_t run_us)
{
    begin_writing(e);
    atomic_store_explicit(&e->place, yoke_place_on_core[t->core], memory_order_relaxed);
    put(&e->line, t->line);
    put(&e->runs, get(&e->runs) + 1);
    if (run_us > get(&e->run_us_longest)) {
        put(&e->run_us_longest, run_us);
    }
    put(&e->run_us_low, get(&e->run_us_low) + run_us);
    if (get(&e->run_us_low) < run_us) {
        put(&e->run_us_high, get(&e->run_us_high) + 1);
    }
    end_writing(e);
}

static void see(yoke_observer *o, yoke_task *t, enum yoke_event event)
{
    table *in = (table *)(void *)((char *)o - offsetof(table, observer));
    if (event == YOKE_RUNS) {
        in->running = find_or_add(in, t);
        yoke_place_on_core[t->core] = NULL; /* until the body says */
        in->began_us = yoke_port_now_us();
        return;
    }
    if (!in->running) {
        return;
    }
    if (event == YOKE_ENDS) {
        set_task(in->running, NULL);
    } else {
        count_run(in->running, t, (uint32_t)(yoke_port_now_us() - in->began_us));
    }
}

void inspect_open(yoke_loop *l)
{
    table *in = &tables[l->core];
    in->observer.see = see;
    yoke_observe(l, &in->observer);
}

void inspect_mend(unsigned core)
{
    table *in = &tables[core];
    in->running = NULL;
    for (unsigned i = 0; i < INSPECT_TASKS; i++) {
        entry *e = &in->entries[i];
        if (get(&e->writing) & 1) {
            end_writing(e);
        }
    }
}

/* --- from anywhere --------------------------------------------------- */

static void copy(inspect_row *row, const entry *e)
{
    const yoke_place *place = atomic_load_explicit(&e->place, memory_order_relaxed);
    row->task = atomic_load_explicit(&e->task, memory_order_relaxed);
    row->name = place ? place->name : NULL;
    row->file = place ? place->file : NULL;
    row->line = get(&e->line);
    row->runs = get(&e->runs);
    row->run_us_longest = get(&e->run_us_longest);
    row->run_us_total = (uint64_t)get(&e->run_us_high) << 32 | get(&e->run_us_low);
}

static void read_entry(inspect_row *row, const entry *e)
{
    uint32_t before;
    do {
        before = atomic_load_explicit(&e->writing, memory_order_acquire);
        copy(row, e);
        atomic_thread_fence(memory_order_acquire);
    } while (before & 1 || before != get(&e->writing));
}

bool inspect_task(unsigned n, inspect_row *row)
{
    for (unsigned i = 0; i < YOKE_CORES * INSPECT_TASKS; i++) {
        unsigned core = i / INSPECT_TASKS;
        read_entry(row, &tables[core].entries[i % INSPECT_TASKS]);
        row->core = core;
        if (row->task && n-- == 0) {
            return true;
        }
    }
    return false;
}

uint32_t inspect_refused(void)
{
    return get(&tables[0].refused) + get(&tables[1].refused);
}
