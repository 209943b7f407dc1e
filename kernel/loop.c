/* The loop: two lists and a timer tree. */
#include "internal.h"

static yoke_loop *home_of_core[YOKE_CORES];
const yoke_place *yoke_place_on_core[YOKE_CORES];

static void list_clear(yoke_task_list *list)
{
    list->head = NULL;
    list->tail = &list->head;
}

void yoke_loop_init(yoke_loop *l, unsigned core)
{
    *l = (yoke_loop){.step = yoke_loop_step, .core = (uint8_t)core, .runs_per_step = 32};
    list_clear(&l->ready);
    list_clear(&l->inbox);
    home_of_core[core] = l;
}

yoke_loop *yoke_home(const yoke_task *t)
{
    return home_of_core[task_core(t)];
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

/* --- becoming ready -------------------------------------------------- */

void loop_append(yoke_loop *l, yoke_task *t)
{
    *l->ready.tail = t;
    l->ready.tail = &t->next;
}

void loop_ready(yoke_loop *l, yoke_task *t)
{
    uint8_t flags = task_flags(t);
    if (flags & QUEUED) {
        t->again = true;
    } else {
        task_flags_set(t, flags | QUEUED);
        loop_append(l, t);
    }
}

/* --- the inbox ------------------------------------------------------- */

void unlock_and_pend(uint32_t saved, yoke_loop *target)
{
    yoke_port_unlock(saved);
    if (target) {
        yoke_port_pend(target);
    }
}

/* Linked in first, marked last: a core that is reset in between leaves no task that is marked and
 * in no list. */
yoke_loop *loop_post_locked(yoke_task *t, uint8_t mark)
{
    yoke_loop *home = yoke_home(t);
    uint8_t before = task_mark(t);
    if (!(before & IN_INBOX)) {
        *home->inbox.tail = t;
        home->inbox.tail = &t->next_in_inbox;
        atomic_store_explicit(&home->waiting, true, memory_order_relaxed);
    }
    atomic_signal_fence(memory_order_seq_cst);
    task_mark_set(t, before | mark | IN_INBOX);
    return home;
}

/* A start that came while the task was started on this loop is kept until that has ended. */
static void take_marks(yoke_loop *l, yoke_task *t)
{
    uint8_t mark = task_mark(t);
    uint8_t keep = CANCELLED;
    if (mark & START && !(task_flags(t) & STARTED)) {
        task_begin(l, t);
        loop_append(l, t);
    } else {
        keep |= START;
        loop_ready(l, t);
    }
    task_mark_set(t, mark & keep);
    if (mark & CANCEL) {
        task_change(t, 0, CANCELS);
    }
}

/* The lock is held for one task at a time. Whoever queues a task pends the loop afterwards, so
 * the plain look at `waiting` is safe. */
void loop_take_inbox(yoke_loop *l)
{
    if (!loop_is_waited_for(l)) {
        return;
    }
    uint32_t saved = yoke_port_lock();
    yoke_task *t = l->inbox.head;
    *l->inbox.tail = NULL;
    list_clear(&l->inbox);
    atomic_store_explicit(&l->waiting, false, memory_order_relaxed);
    while (t) {
        yoke_task *next = t->next_in_inbox;
        take_marks(l, t);
        t = next;
        if (t) {
            yoke_port_unlock(saved);
            saved = yoke_port_lock();
        }
    }
    yoke_port_unlock(saved);
}

/* --- one turn -------------------------------------------------------- */

/* Run what is ready now; what becomes ready meanwhile is for the next turn. Answers how many ran.
 * The end is told by its link: to mark it in the task would be read back at once, and cost a wait.
 */
static unsigned run_ready(yoke_loop *l)
{
    unsigned n = 0;
    yoke_task *t = l->ready.head;
    yoke_task **const end = l->ready.tail;
    list_clear(&l->ready);
    for (yoke_task **link = &l->ready.head; link != end; n++) {
        link = &t->next;
        yoke_task *next = *link;
        task_run(l, t);
        t = next;
    }
    return n;
}

uint64_t loop_due_us(yoke_loop *l)
{
    if (l->ready.head || loop_is_waited_for(l)) {
        return YOKE_AT_ONCE;
    }
    return timer_next_us(l);
}

/* A short round of tasks may go on for a while before anybody looks at the clock again. */
uint64_t yoke_loop_step(yoke_loop *l)
{
    unsigned n = 0;
    l->now_known = false;
    timer_fire_due(l);
    loop_take_inbox(l);
    do {
        n += run_ready(l);
    } while (n < l->runs_per_step && l->ready.head && !loop_is_waited_for(l));
    return loop_due_us(l);
}
