/* Core 1 was ended from outside: both loops are put in order again. */
#include "yoke/rescue.h"

#include "../internal.h"

/* --- lists ----------------------------------------------------------- */

/* A list ends where its next one is to be linked in; what stands there means nothing. */

static bool is_in_inbox(const yoke_loop *l, const yoke_task *t)
{
    yoke_task *const *link = &l->inbox.head;
    while (link != l->inbox.tail && *link != t) {
        link = &(*link)->next_in_inbox;
    }
    return link != l->inbox.tail;
}

static void add_to_inbox(yoke_loop *l, yoke_task *t)
{
    *l->inbox.tail = t;
    l->inbox.tail = &t->next_in_inbox;
}

/* Under the lock. A task may have been marked, or taken out of the list, and not come further; a
 * list may have been emptied, and not its end be known yet. */
static void mend_inbox(yoke_loop *l, yoke_witness *w)
{
    if (!l->inbox.head) {
        l->inbox.tail = &l->inbox.head;
    }
    for (unsigned i = 0; i < YOKE_WITNESS_TASKS; i++) {
        yoke_task *t = w->tasks[i];
        if (t && task_mark(t) & IN_INBOX && !is_in_inbox(l, t)) {
            add_to_inbox(l, t);
        }
    }
    atomic_store_explicit(&l->waiting, true, memory_order_relaxed);
}

/* --- the tasks of the app loop --------------------------------------- */

static bool is_ready(const yoke_loop *l, const yoke_task *t)
{
    yoke_task *const *link = &l->ready.head;
    while (link != l->ready.tail && *link != t) {
        link = &(*link)->next;
    }
    return link != l->ready.tail;
}

static void time_again(yoke_task *t)
{
    if (task_flags(t) & IN_TREE) {
        timer_insert(t, (uint64_t)t->due_high << 32 | t->due_low);
    }
}

/* Into the ready list, as if woken; a sleeper also into the tree. */
static void put_back(yoke_loop *l, yoke_task *t)
{
    if (task_flags(t) & STARTED && !is_ready(l, t)) {
        task_change(t, QUEUED, 0);
        time_again(t);
        loop_ready(l, t);
    }
}

/* The ready list of the ended loop. */
static void put_back_list(yoke_loop *l, const yoke_task_list *list, const yoke_task *lost)
{
    yoke_task *t = list->head;
    for (yoke_task *const *link = &list->head; link != list->tail;) {
        link = &t->next;
        yoke_task *next = *link;
        if (t != lost) {
            put_back(l, t);
        }
        t = next;
    }
}

/* Those that wait, and those on their way into the list or out of it. */
static void put_back_known(yoke_loop *l, yoke_witness *w, const yoke_task *lost)
{
    for (unsigned i = 0; i < YOKE_WITNESS_TASKS; i++) {
        yoke_task *t = w->tasks[i];
        if (t && t != lost) {
            put_back(l, t);
        }
    }
}

/* The task of a worker's step belongs to its worker; only its time is the loop's. */
static void keep_step_timers(const yoke_app *app, const yoke_task *lost)
{
    for (const yoke_worker *w = yoke_worker_next(app, NULL); w; w = yoke_worker_next(app, w)) {
        yoke_task *t = w->present_step == yoke_step_task ? w->present_arg : NULL;
        if (t && t != lost && task_flags(t) & STARTED) {
            time_again(t);
        }
    }
}

static void rebuild(yoke_witness *w, const yoke_task *lost)
{
    yoke_loop *l = w->loop;
    yoke_task_list before = l->ready;
    if (before.tail == &l->ready.head) {
        before.tail = &before.head;
    }
    l->ready.tail = &l->ready.head;
    l->timers = NULL;
    l->now_known = false;
    keep_step_timers(w->app, lost);
    put_back_list(l, &before, lost);
    put_back_known(l, w, lost);
}

static void forget(yoke_witness *w, const yoke_task *t)
{
    for (unsigned i = 0; i < YOKE_WITNESS_TASKS; i++) {
        if (w->tasks[i] == t) {
            w->tasks[i] = NULL;
        }
    }
}

/* Under the lock. */
static void take_from_inbox(yoke_loop *l, const yoke_task *t)
{
    yoke_task **link = &l->inbox.head;
    while (link != l->inbox.tail && *link != t) {
        link = &(*link)->next_in_inbox;
    }
    if (link == l->inbox.tail) {
        return;
    }
    if (l->inbox.tail == &t->next_in_inbox) {
        l->inbox.tail = link;
    } else {
        *link = t->next_in_inbox;
    }
}

/* As if its body had ended; but if it has not, nothing of its FINALLY was done. Of what others want
 * of it only another start is left. */
static void end_lost(yoke_loop *l, yoke_task *t, bool ended)
{
    if (ended && task_flags(t) & DONE) {
        return; /* its frame is its owner's already */
    }
    if (!ended) {
        t->rc = YOKE_EIO;
    }
    uint32_t saved = yoke_port_lock();
    uint8_t again = task_mark(t) & START;
    task_mark_set(t, again ? START | IN_INBOX : 0);
    if (!again) {
        take_from_inbox(l, t);
    }
    t->line = 0;
    atomic_store_explicit(&t->flags, DONE, memory_order_release);
    unlock_and_pend(saved, wake_locked(&t->joiner));
}

/* --- the workers ----------------------------------------------------- */

static void mend_workers(yoke_app *app)
{
    app->tail = &app->workers;
    atomic_store_explicit(&app->present, NULL, memory_order_relaxed);
    for (yoke_worker *w = yoke_worker_next(app, NULL); w; w = yoke_worker_next(app, w)) {
        atomic_store_explicit(&w->begun, w->stats.runs, memory_order_release);
        app->tail = &w->next;
    }
}

/* Removing something that is not in makes an app loop that is off look at those who leave. */
static void let_leave(yoke_app *app)
{
    static yoke_worker nobody;
    yoke_worker_remove(app, &nobody);
}

static void be_off(yoke_app *app)
{
    yoke_loop *target = NULL;
    uint32_t saved = yoke_port_lock();
    if (yoke_app_state(app) == YOKE_APP_STOPPING) {
        target = wake_locked(&app->joiner);
    }
    atomic_store_explicit(&app->state, YOKE_APP_OFF, memory_order_relaxed);
    atomic_store_explicit(&app->loop.stopped, true, memory_order_release);
    unlock_and_pend(saved, target);
}

/* --- for the supervisor ---------------------------------------------- */

void yoke_app_rescue(yoke_witness *w)
{
    yoke_app *app = w->app;
    yoke_task *lost = w->running;
    rebuild(w, lost);
    uint32_t saved = yoke_port_lock();
    mend_inbox(w->loop, w);
    yoke_port_unlock(saved);
    if (lost) {
        forget(w, lost);
        end_lost(w->loop, lost, w->ended);
    }
    w->running = NULL;
    w->turns = 0;
    mend_workers(app);
    be_off(app);
    let_leave(app);
}

void yoke_platform_rescue(yoke_witness *w)
{
    uint32_t saved = yoke_port_lock();
    mend_inbox(w->loop, w);
    yoke_port_unlock(saved);
    for (unsigned i = 0; i < YOKE_WITNESS_TASKS; i++) {
        yoke_task *t = w->tasks[i];
        if (t) {
            yoke_wake(t);
        }
    }
}
