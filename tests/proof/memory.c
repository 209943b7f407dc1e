/* The memory model: C11 atomics as views. Every atomic object keeps all values ever stored, in the
 * order of the stores. A thread has a view: of each object, the oldest value it may still read.
 * A relaxed load may return any value from there on; release and acquire hand views over.
 *
 * Plain accesses take the newest value. That is sound because two of them that are not ordered by
 * happens-before, one a store, are a failure here: a data race. Vector clocks find it whatever
 * the schedule.
 *
 * Stronger than C11 in two points: a load never returns what is stored later in the same execution,
 * and stores to one object count in the order they run. Where that would matter, two unordered
 * stores of different values, it fails. Weaker in one: sequentially consistent accesses are in one
 * order with those to the same object, but not with fences. */
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
    view seen;       /* what a load that acquires takes over */
    unsigned header; /* thread + 1 whose release sequence this is part of; 0: of none */
} message;

/* One atomic object. */
typedef struct {
    uintptr_t address;
    unsigned size;
    uint8_t readers; /* threads that ever load it in this scenario, one bit each */
    uint8_t writers;
    uint32_t execution; /* that the rest is of */
    unsigned count;
    unsigned newest_strong; /* by a sequentially consistent store */
    message messages[MESSAGES_MAX];
} place;

/* The last access of each kind by each thread to one byte. */
enum access { PLAIN_READ, PLAIN_WRITE, ATOMIC_READ, ATOMIC_WRITE, ACCESSES };
typedef struct {
    uint32_t execution;
    uint32_t next_touched;
    uint8_t last[ACCESSES][THREADS_MAX];
} shadow;

typedef struct {
    view now;
    view acquired; /* by relaxed loads: an acquire fence makes it count */
    view released; /* at the last release fence: relaxed stores hand it over */
} thread_memory;

static place places[PLACES_MAX];
static unsigned place_count;
static thread_memory memories[THREADS_MAX];
static view strong_fences;
static shadow *shadows; /* on the heap, to keep the static data small */

static uint32_t touched; /* a list of the bytes with a shadow: offset + 1; 0 ends it */

static bool locked;
static view lock_view;
static bool flags[FLAGS_MAX];
static view flag_views[FLAGS_MAX];

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

/* After each operation that hands a view over: what follows is not part of it. */
static void tick(void)
{
    uint8_t *clock = &mine()->now.clock[current_thread()];
    must(*clock < UINT8_MAX, "too many operations that release");
    (*clock)++;
}

void memory_forget(void)
{
    place_count = 0;
    declared_count = 0;
}

void memory_reset(void)
{
    memset(memories, 0, sizeof memories);
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        memories[i].now.clock[i] = 1;
    }
    memset(&strong_fences, 0, sizeof strong_fences);
    memset(&lock_view, 0, sizeof lock_view);
    memset(flag_views, 0, sizeof flag_views);
    memset(flags, 0, sizeof flags);
    touched = 0;
    locked = false;
    if (!shadows) {
        shadows = calloc(SHADOW_MAX, sizeof *shadows);
        must(shadows, "out of memory");
    }
}

/* --- data races --------------------------------------------------------------------------- */

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
                              code);
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
            *s = (shadow){.execution = engine_execution(), .next_touched = touched};
            touched = (uint32_t)offset + 1;
        }
        check_byte(s, kind, address + i, code);
        s->last[kind][current_thread()] = mine()->now.clock[current_thread()];
    }
}

static void refuse_atomic(uintptr_t address, size_t size)
{
    for (unsigned i = 0; i < place_count; i++) {
        const place *p = &places[i];
        must(address >= p->address + p->size || address + size <= p->address,
             "a plain store to an atomic object");
    }
}

void memory_plain(uintptr_t address, size_t size, bool is_write, const void *code)
{
    if (engine_running) {
        touch(address, size, is_write ? PLAIN_WRITE : PLAIN_READ, code);
        if (is_write) {
            refuse_atomic(address, size);
        }
    }
}

/* --- atomic objects ----------------------------------------------------------------------- */

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
    *p = (place){.address = address, .size = size};
    return p;
}

static place *find_place(uintptr_t address, unsigned size)
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

static place *place_of(uintptr_t address, unsigned size)
{
    place *p = find_place(address, size);
    if (p->execution != engine_execution()) {
        p->execution = engine_execution();
        p->count = 1;
        p->newest_strong = 0;
        p->messages[0] = (message){.value = raw(p->address, p->size)};
    }
    return p;
}

/* An access that no other thread can notice needs no point before it: a load of what only this
 * thread stores, a store to what only this thread uses. Who uses what is learnt on the way; where
 * it was thought to be less, the scenario begins again. */
static void point_unless_private(place *p, uint8_t *users, uint8_t others_mask)
{
    uint8_t me = (uint8_t)(1u << current_thread());
    if (!(*users & me)) {
        *users |= me;
        if ((p->readers | p->writers) & ~me) {
            engine_begin_again();
        }
    }
    if (others_mask & ~me) {
        engine_point(NULL, false);
    } else {
        engine_count();
    }
}

static unsigned oldest_readable(const place *p, int order)
{
    unsigned oldest = mine()->now.oldest[p - places];
    bool strong = order == memory_order_seq_cst;
    return strong && p->newest_strong > oldest ? p->newest_strong : oldest;
}

static bool is_repeated(const place *p, unsigned from, unsigned at)
{
    for (unsigned i = from; i < at; i++) {
        if (p->messages[i].value == p->messages[at].value) {
            return true;
        }
    }
    return false;
}

/* Of equal values only the oldest is taken: who reads that one may still do all that he may after
 * reading a later one, and more. The newest value comes first. */
static unsigned choose_message(const place *p, unsigned from)
{
    unsigned able[MESSAGES_MAX];
    unsigned n = 0;
    for (unsigned at = p->count; at-- > from;) {
        if (!is_repeated(p, from, at)) {
            able[n++] = at;
        }
    }
    return able[n > 1 ? choose(n) : 0];
}

uint64_t memory_load(uintptr_t address, unsigned size, int order, const void *code)
{
    if (!engine_running) {
        return raw(address, size);
    }
    place *p = place_of(address, size);
    point_unless_private(p, &p->readers, p->writers);
    touch(address, size, ATOMIC_READ, code);
    unsigned at = choose_message(p, oldest_readable(p, order));
    const message *m = &p->messages[at];
    mine()->now.oldest[p - places] = (uint8_t)at;
    join(order == memory_order_relaxed ? &mine()->acquired : &mine()->now, &m->seen);
    uint64_t value = m->value >> (address - p->address) * 8;
    engine_record(LOAD, address, value & (UINT64_MAX >> (64 - size * 8)), code);
    return value;
}

/* A relaxed store after a release by the same thread hands over what that one did (C11 5.1.2.4:
 * the release sequence). `m` is not the first message of its place. */
static void hand_over(message *m, int order)
{
    unsigned me = current_thread() + 1;
    if (order != memory_order_relaxed) {
        m->seen = mine()->now;
        m->header = me;
        return;
    }
    m->seen = mine()->released;
    m->header = m[-1].header == me ? me : 0;
    if (m->header) {
        join(&m->seen, &m[-1].seen);
    }
}

void memory_store(uintptr_t address, unsigned size, uint64_t value, int order, const void *code)
{
    if (!engine_running) {
        memcpy((void *)address, &value, size);
        return;
    }
    place *p = place_of(address, size);
    point_unless_private(p, &p->writers, p->readers | p->writers);
    touch(address, size, ATOMIC_WRITE, code);
    must(address == p->address && size == p->size, "a store to a part of an atomic object");
    view *now = &mine()->now;
    must(now->oldest[p - places] == p->count - 1 || p->messages[p->count - 1].value == value,
         "two unordered stores to one atomic object");
    must(p->count < MESSAGES_MAX, "too many stores to one atomic object");
    now->oldest[p - places] = (uint8_t)p->count;
    message *m = &p->messages[p->count];
    m->value = value;
    hand_over(m, order);
    m->seen.oldest[p - places] = (uint8_t)p->count;
    if (order == memory_order_seq_cst) {
        p->newest_strong = p->count;
    }
    memcpy((void *)address, &value, size);
    p->count++;
    engine_record(STORE, address, value, code);
    if (order != memory_order_relaxed) {
        tick();
    }
}

/* An acquire part, a part that all such fences are put in one order by, and a release part. */
void memory_fence(int order, const void *code)
{
    if (!engine_running || order == memory_order_relaxed) {
        return;
    }
    engine_point(NULL, false);
    thread_memory *m = mine();
    if (order != memory_order_release) {
        join(&m->now, &m->acquired);
    }
    if (order == memory_order_seq_cst) {
        join_oldest(&m->now, &strong_fences);
        join_oldest(&strong_fences, &m->now);
    }
    if (order != memory_order_acquire) {
        m->released = m->now;
    }
    engine_record(FENCE, 0, (uint64_t)order, code);
    tick();
}

/* --- what a port is made of --------------------------------------------------------------- */

void lock_take(void)
{
    if (!engine_running) {
        return;
    }
    engine_point(&locked, false);
    locked = true;
    join(&mine()->now, &lock_view);
    engine_record(LOCK, 0, 0, __builtin_return_address(0));
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
    engine_record(UNLOCK, 0, 0, __builtin_return_address(0));
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
    engine_record(SET, 0, flag, NULL);
    tick();
}

static void take(unsigned flag)
{
    bool was = flags[flag];
    if (was) {
        join(&mine()->now, &flag_views[flag]);
    }
    flags[flag] = false;
    engine_record(TAKE, 0, flag, NULL);
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

/* --- the state, as far as it can still matter ---------------------------------------------------
 */

/* What is left out: values that no thread can read any more, and accesses that all that may follow
 * are ordered after. What is left is counted from there, so that equal futures look equal. */
static uint8_t base[PLACES_MAX];
static uint8_t covered[THREADS_MAX];   /* of each thread's clock, by all others */
static uint8_t rank[THREADS_MAX][256]; /* of a clock, among those that matter */

static uint8_t lesser(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

static void find_bases(void)
{
    memset(covered, UINT8_MAX, sizeof covered);
    for (unsigned p = 0; p < place_count; p++) {
        base[p] = places[p].execution == engine_execution() ? (uint8_t)(places[p].count - 1) : 0;
    }
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        if (!engine_is_alive(i)) {
            continue;
        }
        for (unsigned p = 0; p < place_count; p++) {
            if ((places[p].readers | places[p].writers) >> i & 1) {
                base[p] = lesser(base[p], memories[i].now.oldest[p]);
            }
        }
        for (unsigned j = 0; j < THREADS_MAX; j++) {
            if (j != i) {
                covered[j] = lesser(covered[j], memories[i].now.clock[j]);
            }
        }
    }
}

static void find_ranks(void)
{
    memset(rank, 0, sizeof rank);
    for (uint32_t at = touched; at; at = shadows[at - 1].next_touched) {
        for (unsigned i = 0; i < ACCESSES * THREADS_MAX; i++) {
            uint8_t clock = shadows[at - 1].last[i / THREADS_MAX][i % THREADS_MAX];
            if (clock > covered[i % THREADS_MAX]) {
                rank[i % THREADS_MAX][clock] = 1;
            }
        }
    }
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        for (unsigned clock = 1; clock < 256; clock++) {
            rank[i][clock] = (uint8_t)(rank[i][clock] + rank[i][clock - 1]);
        }
    }
}

static uint64_t mix_view(uint64_t hash, const view *v)
{
    uint64_t word = 0;
    for (unsigned p = 0; p < place_count; p++) {
        word = word << 8 | (v->oldest[p] > base[p] ? (unsigned)(v->oldest[p] - base[p]) : 0);
        if (p % 8 == 7) {
            hash = engine_mix(hash, word);
            word = 0;
        }
    }
    hash = engine_mix(hash, word);
    word = 0;
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        word = word << 8 | rank[i][v->clock[i]];
    }
    return engine_mix(hash, word);
}

static uint64_t mix_place(uint64_t hash, const place *p)
{
    unsigned from = base[p - places];
    hash = engine_mix(hash, p->newest_strong > from ? p->newest_strong - from : 0);
    for (unsigned at = from; at < p->count; at++) {
        const message *m = &p->messages[at];
        hash = mix_view(engine_mix(engine_mix(hash, m->value), m->header), &m->seen);
    }
    return engine_mix(hash, p->count - from);
}

/* Sum over the bytes, since their list is in the order of the first touch. */
static uint64_t hash_shadows(void)
{
    uint64_t sum = 0;
    for (uint32_t at = touched; at; at = shadows[at - 1].next_touched) {
        const shadow *s = &shadows[at - 1];
        uint64_t hash = at;
        bool any = false;
        for (unsigned kind = 0; kind < ACCESSES; kind++) {
            uint64_t word = 0;
            for (unsigned i = 0; i < THREADS_MAX; i++) {
                word = word << 8 | rank[i][s->last[kind][i]];
            }
            any = any || word;
            hash = hash * UINT64_C(0x9e3779b97f4a7c15) + word;
        }
        sum += any ? engine_mix(hash, 0) : 0;
    }
    return sum;
}

uint64_t memory_hash(void)
{
    find_bases();
    find_ranks();
    uint64_t hash = hash_shadows();
    for (unsigned p = 0; p < place_count; p++) {
        if (places[p].execution == engine_execution()) {
            hash = mix_place(engine_mix(hash, p), &places[p]);
        }
    }
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        if (engine_is_alive(i)) {
            hash = mix_view(hash, &memories[i].now);
            hash = mix_view(hash, &memories[i].acquired);
            hash = mix_view(hash, &memories[i].released);
        }
    }
    hash = mix_view(mix_view(hash, &strong_fences), &lock_view);
    for (unsigned i = 0; i < FLAGS_MAX; i++) {
        hash = mix_view(engine_mix(hash, flags[i]), &flag_views[i]);
    }
    return engine_mix(hash, locked);
}
