/* The loop: two lists and a timer tree. */
#include "internal.h"

static yoke_loop *home_of_core[YOKE_CORES];

static void list_clear(yoke_task_list *list)
{
    list->head = NULL;
    list->tail = &list->head;
}

void list_append(yoke_task_list *list, yoke_task *t)
{
    t->next = NULL;
    *list->tail = t;
    list->tail = &t->next;
}

void yoke_loop_init(yoke_loop *l, unsigned core)
{
    yoke_check(core < YOKE_CORES, "loop", 201);
    *l = (yoke_loop){.step = yoke_loop_step, .core = (uint8_t)core};
    list_clear(&l->ready);
    list_clear(&l->inbox);
    home_of_core[core] = l;
}

yoke_loop *yoke_home(const yoke_task *t)
{
    return home_of_core[t->core];
}

uint64_t yoke_now_us(yoke_loop *l)
{
    if (!l->now_known) {
        l->now_us = yoke_port_now_us();
        l->now_known = true;
    }
    return l->now_us;
}

void yoke_observe(yoke_loop *l, yoke_observer *o)
{
    o->next = l->observers;
    l->observers = o;
}

yoke_loop *task_ready_locked(yoke_task *t)
{
    if (task_flags(t) & QUEUED) {
        task_mark_set(t, task_mark(t) | WOKEN);
        return NULL;
    }
    task_change(t, 0, QUEUED);
    yoke_loop *home = yoke_home(t);
    if (yoke_port_here() == home) {
        list_append(&home->ready, t);
        return NULL;
    }
    list_append(&home->inbox, t);
    atomic_store_explicit(&home->waiting, true, memory_order_relaxed);
    return home;
}

/* The plain look before the lock is safe: who queues a task pends the loop afterwards. */
static void take_inbox(yoke_loop *l)
{
    if (!atomic_load_explicit(&l->waiting, memory_order_relaxed)) {
        return;
    }
    uint32_t saved = yoke_port_lock();
    *l->ready.tail = l->inbox.head;
    l->ready.tail = l->inbox.tail;
    list_clear(&l->inbox);
    atomic_store_explicit(&l->waiting, false, memory_order_relaxed);
    yoke_port_unlock(saved);
}

/* Run what is ready now; what becomes ready meanwhile is for the next turn. */
static void run_ready(yoke_loop *l)
{
    yoke_task *t = l->ready.head;
    list_clear(&l->ready);
    while (t) {
        yoke_task *next = t->next;
        task_run(l, t);
        t = next;
    }
}

uint64_t yoke_loop_step(yoke_loop *l)
{
    l->now_known = false;
    timer_fire_due(l);
    take_inbox(l);
    run_ready(l);
    if (l->ready.head || atomic_load_explicit(&l->waiting, memory_order_relaxed)) {
        return YOKE_AT_ONCE;
    }
    return timer_next_us(l);
}
