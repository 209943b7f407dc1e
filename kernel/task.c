/* The life of a task, and the waits that need nothing but a task. */
#include "internal.h"

_Noreturn void yoke_check_failed(const char *module, uint16_t number)
{
    yoke_port_fail(module, number);
}

_Noreturn void yoke_task_lost(void)
{
    yoke_port_fail("task", 101);
}

/* --- from any core, any interrupt ---------------------------------------------------------- */

static bool running(const yoke_task *t)
{
    return task_flags(t) & STARTED;
}

void task_begin(const yoke_loop *home, yoke_task *t)
{
    t->core = home->core;
    t->joiner = NULL;
    t->line = 0;
    t->rc = YOKE_OK;
    task_mark_set(t, 0);
    task_change(t, UINT8_MAX, STARTED);
}

int yoke_start(yoke_loop *home, yoke_task *t)
{
    yoke_loop *target = NULL;
    uint32_t saved = yoke_port_lock();
    bool free = !running(t);
    if (free) {
        task_begin(home, t);
        target = task_ready_locked(t);
    }
    yoke_port_unlock(saved);
    pend(target);
    return free ? YOKE_OK : YOKE_EBUSY;
}

void yoke_wake(yoke_task *t)
{
    uint32_t saved = yoke_port_lock();
    yoke_loop *target = running(t) ? task_ready_locked(t) : NULL;
    yoke_port_unlock(saved);
    pend(target);
}

void yoke_cancel(yoke_task *t)
{
    yoke_loop *target = NULL;
    uint32_t saved = yoke_port_lock();
    if (running(t) && !(task_mark(t) & CANCELLED)) {
        task_mark_set(t, task_mark(t) | CANCEL | CANCELLED);
        target = task_ready_locked(t);
    }
    yoke_port_unlock(saved);
    pend(target);
}

bool yoke_done(const yoke_task *t)
{
    return atomic_load_explicit(&t->flags, memory_order_acquire) & DONE;
}

/* --- one run ----------------------------------------------------------------------------------- */

static void notify(yoke_loop *l, yoke_task *t, enum yoke_event event)
{
    for (yoke_observer *o = l->observers; o; o = o->next) {
        o->see(o, t, event);
    }
}

/* What others left while the task was queued: this run answers the wakes; a cancel is noted. */
static void take_marks(yoke_task *t)
{
    uint32_t saved = yoke_port_lock();
    uint8_t mark = task_mark(t);
    task_mark_set(t, mark & CANCELLED);
    yoke_port_unlock(saved);
    if (mark & CANCEL) {
        task_change(t, 0, CANCELS);
    }
}

/* Give the task up, unless it was woken meanwhile. */
static void pause(yoke_loop *l, yoke_task *t)
{
    if (task_flags(t) & YIELDS) {
        list_append(&l->ready, t);
        return;
    }
    uint32_t saved = yoke_port_lock();
    if (task_mark(t) & WOKEN) {
        list_append(&l->ready, t);
    } else {
        task_change(t, QUEUED, 0);
    }
    yoke_port_unlock(saved);
}

/* After the unlock the frame is its owner's again. */
void task_end(yoke_loop *l, yoke_task *t)
{
    if (task_flags(t) & IN_TREE) {
        timer_remove(l, t);
    }
    uint32_t saved = yoke_port_lock();
    yoke_task *joiner = t->joiner;
    t->joiner = NULL;
    atomic_store_explicit(&t->flags, DONE, memory_order_release);
    yoke_loop *target = joiner ? task_ready_locked(joiner) : NULL;
    yoke_port_unlock(saved);
    pend(target);
}

int task_step(yoke_loop *l, yoke_task *t)
{
    if (task_mark(t) & (WOKEN | CANCEL)) {
        take_marks(t);
    }
    if (l->observers) {
        notify(l, t, YOKE_RUNS);
    }
    int answer = t->body(t);
    if (answer != YOKE_PENDING) {
        t->rc = answer;
    }
    if (l->observers) {
        notify(l, t, answer == YOKE_PENDING ? YOKE_PAUSES : YOKE_ENDS);
    }
    return answer;
}

void task_run(yoke_loop *l, yoke_task *t)
{
    if (task_step(l, t) == YOKE_PENDING) {
        pause(l, t);
    } else {
        task_end(l, t);
    }
}

/* --- to await ---------------------------------------------------------------------------------- */

int yoke_settle(yoke_task *t, int answer)
{
    uint8_t flags = task_flags(t);
    if (answer == YOKE_PENDING && (flags & CANCELS)) {
        task_change(t, CANCELS, 0);
        answer = YOKE_ECANCELED;
    }
    if (answer != YOKE_PENDING && (flags & (TIMED | YIELDS))) {
        if (flags & IN_TREE) {
            timer_remove(yoke_home(t), t);
        }
        task_change(t, TIMED | IN_TREE | WITHIN | YIELDS, 0);
    }
    return t->status = answer;
}

int yoke_park(yoke_task *t, yoke_task **slot)
{
    bool leaves = (task_flags(t) & CANCELS) || task_expired(t);
    yoke_check(!*slot || *slot == t || leaves, "task", 102);
    if (!leaves) {
        *slot = t;
    } else if (*slot == t) {
        *slot = NULL;
    }
    return YOKE_PENDING;
}

int yoke_yield(yoke_task *t)
{
    if (task_flags(t) & YIELDS) {
        return YOKE_OK;
    }
    task_change(t, 0, YIELDS);
    return YOKE_PENDING;
}

static void set_timer(yoke_task *t, uint64_t due_us, uint8_t kind)
{
    timer_insert(yoke_home(t), t, due_us);
    task_change(t, 0, TIMED | IN_TREE | kind);
}

static uint64_t after_ms(const yoke_task *t, uint32_t ms)
{
    return yoke_now_us(yoke_home(t)) + (uint64_t)ms * 1000;
}

static int asleep(const yoke_task *t)
{
    return task_expired(t) && !(task_flags(t) & WITHIN) ? YOKE_OK : YOKE_PENDING;
}

int yoke_sleep_until(yoke_task *t, uint64_t due_us)
{
    if (!(task_flags(t) & TIMED)) {
        set_timer(t, due_us, 0);
    }
    return asleep(t);
}

int yoke_sleep_ms(yoke_task *t, uint32_t ms)
{
    if (!(task_flags(t) & TIMED)) {
        set_timer(t, after_ms(t, ms), 0);
    }
    return asleep(t);
}

/* A task has one timer: the earlier of a sleep and its limit keeps it. */
int yoke_within(yoke_task *t, uint32_t ms, int answer)
{
    if (answer != YOKE_PENDING) {
        return answer;
    }
    uint8_t flags = task_flags(t);
    if (task_expired(t)) {
        return flags & WITHIN ? YOKE_ETIMEDOUT : YOKE_PENDING;
    }
    uint64_t due_us = after_ms(t, ms);
    if (!(flags & TIMED)) {
        set_timer(t, due_us, WITHIN);
    } else if (timer_is_after(t, due_us)) {
        timer_remove(yoke_home(t), t);
        set_timer(t, due_us, WITHIN);
    }
    return YOKE_PENDING;
}

/* --- children ---------------------------------------------------------------------------------- */

static int join_child(yoke_task *t, yoke_task *child)
{
    return yoke_done(child) ? child->rc : yoke_park(t, &child->joiner);
}

/* On the same loop nothing changes while the parent runs; across loops the lock sees to that. */
int yoke_join(yoke_task *t, yoke_task *child)
{
    yoke_check(t != child, "task", 103);
    if (t->core == child->core) {
        return join_child(t, child);
    }
    uint32_t saved = yoke_port_lock();
    int answer = join_child(t, child);
    yoke_port_unlock(saved);
    return answer;
}

int yoke_gather(yoke_task *t, yoke_task *const children[], size_t n)
{
    int first_error = YOKE_OK;
    bool pending = false;
    for (size_t i = 0; i < n; i++) {
        int answer = yoke_join(t, children[i]);
        if (answer == YOKE_PENDING) {
            pending = true;
        } else if (answer < 0 && first_error == YOKE_OK) {
            first_error = answer;
        }
    }
    for (size_t i = 0; first_error && pending && i < n; i++) {
        yoke_cancel(children[i]);
    }
    return pending ? YOKE_PENDING : first_error;
}
