/* Timers: a tree of the tasks that wait for a time, ordered by due time, the node in the task.
 *
 * A treap: a search tree by (due time, address) that is at the same time a heap by a hash of the
 * address. Insert and remove visit O(log n) nodes whatever the order of use, with two links a
 * node and no rebalancing state. Why not a pairing heap: docs/decisions/0001-timers.md.
 *
 * Due times are 48 bits of the clock and compared by difference, so they may wrap. */
#include "internal.h"

static uint64_t due_of(const yoke_task *t)
{
    return (uint64_t)t->due_high << 32 | t->due_low;
}

/* a - b, both modulo 2^48 */
static int64_t difference(uint64_t a, uint64_t b)
{
    return (int64_t)((a - b) << 16) >> 16;
}

static bool before(const yoke_task *a, const yoke_task *b)
{
    int64_t d = difference(due_of(a), due_of(b));
    return d ? d < 0 : (uintptr_t)a < (uintptr_t)b;
}

/* Mixed so that frames in an array, due in the order of their addresses, still make a flat tree. */
static uint32_t priority(const yoke_task *t)
{
    uint32_t x = (uint32_t)((uintptr_t)t >> 2);
    x = (x ^ x >> 16) * 0x2c1b3c6du;
    x = (x ^ x >> 13) * 0x297a2d39u;
    return x ^ x >> 16;
}

static yoke_task **side(yoke_task *at, const yoke_task *t)
{
    return before(t, at) ? &at->earlier : &at->later;
}

/* Part the tree `rest` at `t`: what is due before it, and after it, become its two sides. */
static void split(yoke_task *rest, yoke_task *t)
{
    yoke_task **earlier = &t->earlier;
    yoke_task **later = &t->later;
    while (rest) {
        if (before(t, rest)) {
            *later = rest;
            later = &rest->earlier;
            rest = *later;
        } else {
            *earlier = rest;
            earlier = &rest->later;
            rest = *earlier;
        }
    }
    *earlier = NULL;
    *later = NULL;
}

/* Put at `*at` the union of two trees, all of `a` due before all of `b`. */
static void join(yoke_task **at, yoke_task *a, yoke_task *b)
{
    while (a && b) {
        if (priority(a) > priority(b)) {
            *at = a;
            at = &a->later;
            a = *at;
        } else {
            *at = b;
            at = &b->earlier;
            b = *at;
        }
    }
    *at = a ? a : b;
}

static yoke_task *first(yoke_task *t)
{
    while (t && t->earlier) {
        t = t->earlier;
    }
    return t;
}

void timer_insert(yoke_loop *l, yoke_task *t, uint64_t due_us)
{
    t->due_low = (uint32_t)due_us;
    t->due_high = (uint16_t)(due_us >> 32);
    yoke_task **at = &l->timers;
    uint32_t mine = priority(t);
    while (*at && priority(*at) >= mine) {
        at = side(*at, t);
    }
    split(*at, t);
    *at = t;
    if (!l->soonest || before(t, l->soonest)) {
        l->soonest = t;
    }
}

void timer_remove(yoke_loop *l, yoke_task *t)
{
    yoke_task **at = &l->timers;
    while (*at != t) {
        yoke_check(*at, "timer", 401);
        at = side(*at, t);
    }
    join(at, t->earlier, t->later);
    if (l->soonest == t) {
        l->soonest = first(l->timers);
    }
}

/* The task may be woken by another core at the same time, so its flags change under the lock. */
static void fire(yoke_loop *l, yoke_task *t)
{
    timer_remove(l, t);
    uint32_t saved = yoke_port_lock();
    task_change(t, IN_TREE, 0);
    yoke_loop *target = task_ready_locked(t);
    yoke_port_unlock(saved);
    pend(target);
}

void timer_fire_due(yoke_loop *l)
{
    while (l->soonest && difference(due_of(l->soonest), yoke_now_us(l)) <= 0) {
        fire(l, l->soonest);
    }
}

uint64_t timer_next_us(yoke_loop *l)
{
    if (!l->soonest) {
        return YOKE_NEVER;
    }
    uint64_t now = yoke_now_us(l);
    return now + (uint64_t)difference(due_of(l->soonest), now);
}

bool timer_is_after(const yoke_task *t, uint64_t due_us)
{
    return difference(due_of(t), due_us) > 0;
}
