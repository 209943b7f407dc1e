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

/* --- from any core, any interrupt ------------------------------------ */

/* Who sees STARTED sees the core that it was started on: a pair with task_begin(). */
static bool is_taken(const yoke_task *t)
{
    return (atomic_load_explicit(&t->flags, memory_order_acquire) & STARTED) ||
           (task_mark(t) & START);
}

void task_begin(yoke_loop *l, yoke_task *t)
{
    atomic_store_explicit(&t->core, l->core, memory_order_relaxed);
    t->line = 0;
    t->rc = YOKE_OK;
    t->again = false;
    atomic_store_explicit(&t->flags, STARTED | QUEUED, memory_order_release);
}

__attribute__((noinline, cold)) static int start_there(yoke_loop *home, yoke_task *t)
{
    int answer = YOKE_EBUSY;
    yoke_loop *target = NULL;
    uint32_t saved = yoke_port_lock();
    if (!is_taken(t)) {
        atomic_store_explicit(&t->core, home->core, memory_order_relaxed);
        target = loop_post_locked(t, START);
        answer = YOKE_OK;
    }
    unlock_and_pend(saved, target);
    return answer;
}

/* On the home loop itself without the lock: nobody else may start it there at the same time. */
int yoke_start(yoke_loop *home, yoke_task *t)
{
    if (yoke_port_here() != home) {
        return start_there(home, t);
    }
    if (is_taken(t)) {
        return YOKE_EBUSY;
    }
    task_begin(home, t);
    loop_append(home, t);
    return YOKE_OK;
}

yoke_loop *wake_locked(yoke_task **waiter)
{
    yoke_task *t = *waiter;
    *waiter = NULL;
    if (!t || !is_taken(t)) {
        return NULL;
    }
    yoke_loop *home = yoke_home(t);
    if (yoke_port_here() != home) {
        return loop_post_locked(t, 0);
    }
    loop_ready(home, t);
    return NULL;
}

void yoke_wake(yoke_task *t)
{
    uint32_t saved = yoke_port_lock();
    unlock_and_pend(saved, wake_locked(&t));
}

void yoke_cancel(yoke_task *t)
{
    yoke_loop *target = NULL;
    uint32_t saved = yoke_port_lock();
    if (is_taken(t) && !(task_mark(t) & CANCELLED)) {
        target = loop_post_locked(t, CANCEL | CANCELLED);
    }
    unlock_and_pend(saved, target);
}

bool yoke_done(const yoke_task *t)
{
    return atomic_load_explicit(&t->flags, memory_order_acquire) & DONE && !(task_mark(t) & START);
}

/* --- one run --------------------------------------------------------- */

static void notify(yoke_loop *l, yoke_task *t, enum yoke_event event)
{
    for (yoke_observer *o = l->observers; o; o = o->next) {
        o->see(o, t, event);
    }
}

static int run_body(yoke_task *t)
{
    int answer = t->body(t);
    if (answer != YOKE_PENDING) {
        t->rc = answer;
    }
    return answer;
}

/* Out of the way of a loop that nobody observes. */
__attribute__((noinline, cold)) static int step_observed(yoke_loop *l, yoke_task *t)
{
    notify(l, t, YOKE_RUNS);
    int answer = run_body(t);
    notify(l, t, answer == YOKE_PENDING ? YOKE_PAUSES : YOKE_ENDS);
    return answer;
}

int task_step(yoke_loop *l, yoke_task *t)
{
    t->again = false;
    return l->observers ? step_observed(l, t) : run_body(t);
}

/* Under the lock: `t` is DONE and its frame is its owner's again, so it must not be in the inbox.
 */
static yoke_loop *end_locked(yoke_task *t)
{
    atomic_store_explicit(&t->flags, DONE, memory_order_release);
    uint8_t again = task_mark(t) & START;
    task_mark_set(t, again);
    if (again) {
        loop_post_locked(t, START);
    }
    return wake_locked(&t->joiner);
}

void task_end(yoke_loop *l, yoke_task *t)
{
    timer_stop(t);
    uint32_t saved = yoke_port_lock();
    while (task_mark(t) & IN_INBOX) {
        yoke_port_unlock(saved);
        loop_take_inbox(l);
        saved = yoke_port_lock();
    }
    unlock_and_pend(saved, end_locked(t));
}

void task_run(yoke_loop *l, yoke_task *t)
{
    if (task_step(l, t) != YOKE_PENDING) {
        task_end(l, t);
    } else if (t->again) {
        loop_append(l, t);
    } else {
        task_change(t, QUEUED, 0);
    }
}

/* --- to await -------------------------------------------------------- */

extern inline int yoke_settle(yoke_task *t, int answer);
extern inline int yoke_yield(yoke_task *t);

/* Who is cancelled in yoke_yield() does not wait for its turn any more. */
int yoke_settle_rest(yoke_task *t, int answer)
{
    uint8_t flags = task_flags(t);
    if (answer == YOKE_PENDING) {
        flags &= (uint8_t)~CANCELS;
        answer = YOKE_ECANCELED;
        t->again = false;
    }
    if (flags & IN_TREE) {
        timer_remove(t);
    }
    task_flags_set(t, flags & (STARTED | QUEUED | CANCELS));
    return t->status = answer;
}

int yoke_park(yoke_task *t, yoke_task **slot)
{
    yoke_task *other = *slot;
    uint8_t flags = task_flags(t);
    if (flags & CANCELS || (flags & (TIMED | IN_TREE)) == TIMED) {
        if (other == t) {
            *slot = NULL;
        }
        return YOKE_PENDING;
    }
    yoke_check(!other || other == t, "task", 102);
    *slot = t;
    return YOKE_PENDING;
}

static bool expired(const yoke_task *t, uint8_t kind)
{
    return (task_flags(t) & (TIMED | IN_TREE | WITHIN)) == (TIMED | kind);
}

/* A task has one timer: of a sleep and the limits around it the earliest keeps it. Asked again
 * after a stray wake, a later turn's time is no earlier, so nothing changes. */
static int wait_until(yoke_task *t, uint8_t kind, uint64_t due_us)
{
    if (!(task_flags(t) & TIMED) || timer_is_after(t, due_us)) {
        timer_stop(t);
        timer_insert(t, due_us);
        task_change(t, WITHIN, TIMED | IN_TREE | kind);
    }
    return expired(t, kind) ? YOKE_OK : YOKE_PENDING;
}

static int wait_ms(yoke_task *t, uint8_t kind, uint32_t ms)
{
    return wait_until(t, kind, yoke_now_us(yoke_home(t)) + (uint64_t)ms * 1000);
}

int yoke_sleep_until(yoke_task *t, uint64_t due_us)
{
    return wait_until(t, 0, due_us);
}

int yoke_sleep_ms(yoke_task *t, uint32_t ms)
{
    return wait_ms(t, 0, ms);
}

int yoke_within(yoke_task *t, uint32_t ms, int answer)
{
    if (answer != YOKE_PENDING) {
        return answer;
    }
    return wait_ms(t, WITHIN, ms) == YOKE_OK ? YOKE_ETIMEDOUT : YOKE_PENDING;
}

/* --- children -------------------------------------------------------- */

/* On the same loop nothing changes while the parent runs; across loops the lock sees to that. */
int yoke_join(yoke_task *t, yoke_task *child)
{
    bool across = task_core(t) != task_core(child);
    uint32_t saved = across ? yoke_port_lock() : 0;
    int answer = is_taken(child) ? yoke_park(t, &child->joiner) : child->rc;
    if (across) {
        yoke_port_unlock(saved);
    }
    return answer;
}

/* What went wrong first is not the cancel that followed from it. */
static int graver(int a, int b)
{
    return a == YOKE_OK || a == YOKE_ECANCELED ? b : a;
}

int yoke_gather(yoke_task *t, yoke_task *const children[], size_t n)
{
    int error = YOKE_OK;
    bool pending = false;
    for (size_t i = 0; i < n; i++) {
        int answer = yoke_join(t, children[i]);
        if (answer == YOKE_PENDING) {
            pending = true;
        } else if (answer < 0) {
            error = graver(error, answer);
        }
    }
    if (!pending) {
        return error;
    }
    for (size_t i = 0; error && i < n; i++) {
        yoke_cancel(children[i]);
    }
    return YOKE_PENDING;
}
