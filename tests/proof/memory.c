/* The memory model: C11 atomics as views. Every atomic object keeps all values ever stored, in the
 * order of the stores. A thread has a view: of each object, the oldest value it may still read.
 * A relaxed load may return any value from there on; release and acquire hand views over.
 *
 * Plain accesses take the newest value. That is sound because two of them that are not ordered by
 * happens-before, one a store, are a failure here: a data race. Vector clocks find it whatever
 * the schedule.
 *
 * Nothing here is stronger than C11 except: a load never returns a value that is stored later in
 * the same execution, and unordered stores to one object, which the kernel has none of, fail. */
#include "engine.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MAX   64u
#define MESSAGES_MAX 64u
#define SHADOW_MAX   (1u << 20)

typedef struct {
    uint8_t oldest[PLACES_MAX]; /* that may be read */
    uint8_t clock[THREADS_MAX]; /* of the other threads: what happened before */
} view;

typedef struct {
    uint64_t value;
    view seen; /* what a load that acquires takes over */
} message;

/* One atomic object. */
typedef struct {
    uintptr_t address;
    unsigned size;
    unsigned count;
    unsigned newest_strong; /* by a sequentially consistent store */
    message messages[MESSAGES_MAX];
} place;

/* The last access of each kind by each thread to one byte. */
enum access { PLAIN_READ, PLAIN_WRITE, ATOMIC_READ, ATOMIC_WRITE, ACCESSES };
typedef struct {
    uint32_t execution;
    uint8_t last[ACCESSES][THREADS_MAX];
} shadow;

typedef struct {
    view now;
    view acquired; /* by relaxed loads: an acquire fence makes it count */
    view released; /* at the last release fence: relaxed stores hand it over */
} thread_memory;

static place places[PLACES_MAX];
static unsigned place_count;
static uint64_t stored; /* hash of all stores, in any order */
static thread_memory memories[THREADS_MAX];
static view strong_fences;
static shadow *shadows; /* on the heap, to keep the static data small */

static bool locked;
static view lock_view;
static unsigned lock_turns;
static unsigned fence_turns;
static bool flags[FLAGS_MAX];
static view flag_views[FLAGS_MAX];
static unsigned flag_turns[FLAGS_MAX];

extern char __data_start[], _end[]; /* all static objects */

static struct {
    const void *object;
    size_t size;
} declared[4];
static unsigned declared_count;

static thread_memory *mine(void)
{
    return &memories[current_thread()];
}

static uint8_t greater(uint8_t a, uint8_t b)
{
    return a > b ? a : b;
}

static void join_oldest(view *to, const view *from)
{
    for (unsigned i = 0; i < place_count; i++) {
        to->oldest[i] = greater(to->oldest[i], from->oldest[i]);
    }
}

static void join(view *to, const view *from)
{
    join_oldest(to, from);
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        to->clock[i] = greater(to->clock[i], from->clock[i]);
    }
}

static void tick(void)
{
    mine()->now.clock[current_thread()]++;
}

void memory_reset(void)
{
    place_count = 0;
    stored = 0;
    memset(memories, 0, sizeof memories);
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        memories[i].now.clock[i] = 1;
    }
    memset(&strong_fences, 0, sizeof strong_fences);
    memset(&lock_view, 0, sizeof lock_view);
    memset(flag_views, 0, sizeof flag_views);
    memset(flags, 0, sizeof flags);
    memset(flag_turns, 0, sizeof flag_turns);
    locked = false;
    lock_turns = fence_turns = 0;
    if (!shadows) {
        shadows = calloc(SHADOW_MAX, sizeof *shadows);
        must(shadows, "out of memory");
    }
}

uint64_t memory_hash(void)
{
    return stored;
}

/* --- data races ---------------------------------------------------------------------------- */

static bool conflict(enum access a, enum access b)
{
    bool any_write = a == PLAIN_WRITE || a == ATOMIC_WRITE || b == PLAIN_WRITE || b == ATOMIC_WRITE;
    bool any_plain = a <= PLAIN_WRITE || b <= PLAIN_WRITE;
    return any_write && any_plain;
}

static void check_byte(const shadow *s, enum access kind, uintptr_t address, const void *code)
{
    for (unsigned a = 0; a < ACCESSES; a++) {
        for (unsigned i = 0; conflict(a, kind) && i < THREADS_MAX; i++) {
            if (i != current_thread() && s->last[a][i] > mine()->now.clock[i]) {
                engine_record(kind == PLAIN_READ || kind == ATOMIC_READ ? LOAD : STORE, address, 0,
                              0, code);
                proof_fail("data race, at the last line of the trace");
            }
        }
    }
}

static void touch(uintptr_t address, size_t size, enum access kind, const void *code)
{
    for (size_t i = 0; i < size; i++) {
        uintptr_t offset = address + i - (uintptr_t)__data_start;
        if (address + i < (uintptr_t)__data_start || address + i >= (uintptr_t)_end) {
            return; /* a local: nobody else's */
        }
        must(offset < SHADOW_MAX, "too much static data");
        shadow *s = &shadows[offset];
        if (s->execution != engine_execution()) {
            *s = (shadow){.execution = engine_execution()};
        }
        check_byte(s, kind, address + i, code);
        s->last[kind][current_thread()] = mine()->now.clock[current_thread()];
    }
}

void memory_plain(uintptr_t address, size_t size, bool is_write, const void *code)
{
    if (engine_running) {
        touch(address, size, is_write ? PLAIN_WRITE : PLAIN_READ, code);
    }
}

/* --- atomic objects ------------------------------------------------------------------------ */

static uint64_t raw(uintptr_t address, unsigned size)
{
    uint64_t value = 0;
    memcpy(&value, (const void *)address, size);
    return value;
}

void declare_atomic(const void *object, size_t size)
{
    for (unsigned i = 0; i < declared_count; i++) {
        if (declared[i].object == object) {
            return;
        }
    }
    must(declared_count < 4, "too many declared objects");
    declared[declared_count].object = object;
    declared[declared_count++].size = size;
}

static place *add_place(uintptr_t address, unsigned size)
{
    for (unsigned i = 0; i < declared_count; i++) {
        uintptr_t start = (uintptr_t)declared[i].object;
        if (address >= start && address < start + declared[i].size) {
            address = start;
            size = (unsigned)declared[i].size;
        }
    }
    must(place_count < PLACES_MAX, "too many atomic objects");
    place *p = &places[place_count++];
    p->address = address;
    p->size = size;
    p->count = 1;
    p->newest_strong = 0;
    memset(&p->messages[0], 0, sizeof p->messages[0]);
    p->messages[0].value = raw(address, size);
    return p;
}

static place *place_of(uintptr_t address, unsigned size)
{
    for (unsigned i = 0; i < place_count; i++) {
        place *p = &places[i];
        if (address >= p->address && address < p->address + p->size) {
            must(address + size <= p->address + p->size, "two atomic objects overlap");
            return p;
        }
    }
    return add_place(address, size);
}

static unsigned oldest_readable(const place *p, int order)
{
    unsigned oldest = mine()->now.oldest[p - places];
    bool strong = order == memory_order_seq_cst;
    return strong && p->newest_strong > oldest ? p->newest_strong : oldest;
}

uint64_t memory_load(uintptr_t address, unsigned size, int order, const void *code)
{
    if (!engine_running) {
        return raw(address, size);
    }
    engine_point(NULL, false);
    touch(address, size, ATOMIC_READ, code);
    place *p = place_of(address, size);
    unsigned from = oldest_readable(p, order);
    unsigned at = p->count - 1;
    if (from < at) {
        at -= choose(p->count - from);
    }
    const message *m = &p->messages[at];
    mine()->now.oldest[p - places] = (uint8_t)at;
    join(order == memory_order_relaxed ? &mine()->acquired : &mine()->now, &m->seen);
    uint64_t value = m->value >> (address - p->address) * 8;
    engine_record(LOAD, address, at, value & (UINT64_MAX >> (64 - size * 8)), code);
    tick();
    return value;
}

void memory_store(uintptr_t address, unsigned size, uint64_t value, int order, const void *code)
{
    if (!engine_running) {
        memcpy((void *)address, &value, size);
        return;
    }
    engine_point(NULL, false);
    touch(address, size, ATOMIC_WRITE, code);
    place *p = place_of(address, size);
    must(address == p->address && size == p->size, "a store to a part of an atomic object");
    view *now = &mine()->now;
    must(now->oldest[p - places] == p->count - 1, "two unordered stores to one atomic object");
    must(p->count < MESSAGES_MAX, "too many stores to one atomic object");
    now->oldest[p - places] = (uint8_t)p->count;
    message *m = &p->messages[p->count];
    m->value = value;
    m->seen = order == memory_order_relaxed ? mine()->released : *now;
    m->seen.oldest[p - places] = (uint8_t)p->count;
    if (order == memory_order_seq_cst) {
        p->newest_strong = p->count;
    }
    stored += engine_mix(engine_mix(address, p->count), current_thread() * 256u +
                                                            now->clock[current_thread()]);
    memcpy((void *)address, &value, size);
    engine_record(STORE, address, p->count++, value, code);
    tick();
}

/* An acquire part, a part that all such fences are put in one order by, and a release part. */
void memory_fence(int order, const void *code)
{
    if (!engine_running || order == memory_order_relaxed) {
        return;
    }
    engine_point(NULL, false);
    thread_memory *m = mine();
    unsigned turn = 0;
    if (order != memory_order_release) {
        join(&m->now, &m->acquired);
    }
    if (order == memory_order_seq_cst) {
        turn = ++fence_turns;
        join_oldest(&m->now, &strong_fences);
        join_oldest(&strong_fences, &m->now);
    }
    if (order != memory_order_acquire) {
        m->released = m->now;
    }
    engine_record(FENCE, 0, turn, turn, code);
    tick();
}

/* --- what a port is made of ---------------------------------------------------------------- */

void lock_take(void)
{
    if (!engine_running) {
        return;
    }
    engine_point(&locked, false);
    locked = true;
    join(&mine()->now, &lock_view);
    lock_turns++;
    engine_record(LOCK, 0, lock_turns, lock_turns, __builtin_return_address(0));
    tick();
}

/* No point before it: nobody can tell when a lock that he cannot take yet is given. */
void lock_give(void)
{
    if (!engine_running) {
        return;
    }
    must(locked, "an unlock without a lock");
    lock_view = mine()->now;
    locked = false;
    engine_record(UNLOCK, 0, 0, 0, __builtin_return_address(0));
    tick();
}

void flag_set(unsigned flag)
{
    if (!engine_running) {
        flags[flag] = true;
        return;
    }
    engine_point(NULL, false);
    join(&flag_views[flag], &mine()->now);
    flags[flag] = true;
    engine_record(SET, 0, ++flag_turns[flag], flag, NULL);
    tick();
}

static void take(unsigned flag)
{
    bool was = flags[flag];
    if (was) {
        join(&mine()->now, &flag_views[flag]);
    }
    flags[flag] = false;
    engine_record(TAKE, 0, ++flag_turns[flag], flag, NULL);
    tick();
}

bool flag_take(unsigned flag)
{
    engine_point(NULL, false);
    bool was = flags[flag];
    take(flag);
    return was;
}

void flag_wait(unsigned flag)
{
    engine_point(&flags[flag], true);
    take(flag);
}
