/* The app loop: which worker runs next, and the ways in and out. */
#include "internal.h"

#include <string.h>

static yoke_app *app_of(yoke_loop *l)
{
    return (yoke_app *)(void *)((char *)l - offsetof(yoke_app, loop));
}

/* Who sees a worker in the list sees what stands in it: a pair with append(). */
static yoke_worker *follow(const _Atomic(yoke_worker *) *link)
{
    return atomic_load_explicit(link, memory_order_acquire);
}

/* The same, where nobody appends meanwhile. */
ALWAYS_INLINE yoke_worker *after(const yoke_worker *w)
{
    return atomic_load_explicit(&w->next, memory_order_relaxed);
}

ALWAYS_INLINE bool is_in(const yoke_app *app, enum yoke_app_state state)
{
    return atomic_load_explicit(&app->state, memory_order_relaxed) == state;
}

/* The app loop is to look at its state and its workers before it does anything else. Gives the lock
 * back. */
static void ring(yoke_app *app, uint32_t saved)
{
    atomic_store_explicit(&app->loop.waiting, true, memory_order_relaxed);
    unlock_and_pend(saved, &app->loop);
}

/* When the app loop is in state `from`, it is in state `to` from now on. */
static bool move_state(yoke_app *app, enum yoke_app_state from, enum yoke_app_state to)
{
    bool moved = false;
    uint32_t saved = yoke_port_lock();
    if (is_in(app, from)) {
        atomic_store_explicit(&app->state, to, memory_order_relaxed);
        moved = true;
    }
    ring(app, saved);
    return moved;
}

/* --- workers come and go --------------------------------------------- */

/* Only the app loop unlinks, or a caller while it is off; others only append behind the last. */
static void unlink_worker(yoke_app *app, _Atomic(yoke_worker *) *at, yoke_worker *w)
{
    __atomic_store_n(&w->stats.state, YOKE_WORKER_OFF, __ATOMIC_RELAXED);
    uint32_t saved = yoke_port_lock();
    atomic_store_explicit(at, after(w), memory_order_relaxed);
    if (app->tail == &w->next) {
        app->tail = at;
    }
    w->in_list = false;
    unlock_and_pend(saved, wake_locked(&w->joiner));
}

static void begin_worker(yoke_worker *w)
{
    w->begins = true; /* the next look releases it: all that begin together are on one grid */
    w->waited_after = NULL;
    w->waited_us = 0;
    w->overruns_in_row = w->errors_in_row = 0;
    __atomic_store_n(&w->stats.state, YOKE_WORKER_ACTIVE, __ATOMIC_RELAXED);
}

static uint8_t take_wish(yoke_worker *w)
{
    uint32_t saved = yoke_port_lock();
    uint8_t wanted = worker_wanted(w);
    atomic_store_explicit(&w->wanted, wanted & LEAVE, memory_order_relaxed);
    w->present_step = w->step;
    w->present_arg = w->arg;
    yoke_port_unlock(saved);
    return wanted;
}

/* Do what others want of the workers: before the clock is read, since nobody is to be late for it.
 */
static void take_wishes(yoke_app *app)
{
    _Atomic(yoke_worker *) *at = &app->workers;
    yoke_worker *w;
    while ((w = follow(at))) {
        if (worker_wanted(w)) {
            uint8_t wanted = take_wish(w);
            if (wanted & LEAVE) {
                unlink_worker(app, at, w);
                continue;
            }
            if (w->stats.state != YOKE_WORKER_ACTIVE || wanted & BEGIN) {
                begin_worker(w);
            }
        }
        at = &w->next;
    }
}

/* --- which worker runs next ------------------------------------------ */

static int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Behind those that are as urgent. A background worker comes last; of two, the one that has waited
 * longer comes first. */
static void line_up(yoke_app *app, yoke_worker *w)
{
    w->deadline_us = w->release_us + worker_period_us(w);
    yoke_worker **at = &app->line;
    if (*at && us_until(w->deadline_us, app->newest->deadline_us) >= 0) {
        at = &app->newest->later; /* equal periods need no search */
    }
    while (*at && us_until(w->deadline_us, (*at)->deadline_us) >= 0) {
        at = &(*at)->later;
    }
    w->later = *at;
    *at = app->newest = w;
}

static void consider(yoke_app *app, yoke_worker *w, uint32_t now_us)
{
    if (worker_wanted(w) || w->stats.state == YOKE_WORKER_QUARANTINED) {
        return; /* what is wanted meanwhile has another look follow */
    }
    if (w->begins) {
        w->begins = false;
        w->release_us = now_us;
    }
    int32_t next_us = us_until(w->release_us, now_us);
    if (next_us <= 0) {
        worker_waits(app, w);
        line_up(app, w);
        next_us = us_until(w->deadline_us, now_us);
    } else if (!w->period_us) {
        app->pause_us = lesser(app->pause_us, next_us);
        return;
    }
    app->slack_us = lesser(app->slack_us, next_us);
}

/* Look at every worker: line up those that are released. */
static void look_at_all(yoke_app *app, uint32_t now_us)
{
    app->line = NULL;
    app->slack_us = app->pause_us = FAR_US;
    for (yoke_worker *w = follow(&app->workers); w; w = follow(&w->next)) {
        consider(app, w, now_us);
    }
    app->longest_us = 0;
    app->until_us = now_us + (uint32_t)app->slack_us;
}

/* --- one turn -------------------------------------------------------- */

/* Off, unless somebody asked for something in the last moment. */
static void finish(yoke_app *app)
{
    yoke_loop *target = NULL;
    uint32_t saved = yoke_port_lock();
    if (!loop_is_waited_for(&app->loop)) {
        target = wake_locked(&app->joiner);
        atomic_store_explicit(&app->state, YOKE_APP_OFF, memory_order_relaxed);
        atomic_store_explicit(&app->loop.stopped, true, memory_order_release);
    }
    unlock_and_pend(saved, target);
}

static int32_t slack_us(const yoke_app *app)
{
    return us_until(app->until_us, (uint32_t)app->loop.now_us);
}

#define AGE_US_MAX (1 << 28) /* an older release would look like one to come */

/* The longest step so far of this background worker ends before the next release; else it is held
 * back, counted. */
static bool fits(const yoke_app *app, yoke_worker *w)
{
    if (slack_us(app) >= (int32_t)w->stats.run_us_longest) {
        return true;
    }
    uint32_t oldest_us = (uint32_t)app->loop.now_us - AGE_US_MAX;
    if (us_until(w->release_us, oldest_us) < 0) {
        w->release_us = oldest_us;
    }
    __atomic_store_n(&w->stats.held, w->stats.held + 1, __ATOMIC_RELAXED);
    return false;
}

/* Step the workers in line, until somebody else is to be looked at. If nobody is, the background
 * workers stay in line for another round. False: nobody was stepped. */
static bool run_line(yoke_app *app)
{
    yoke_worker *w = app->line;
    yoke_worker *again = app->pause_us == FAR_US ? w : NULL;
    bool any = false;
    app->line = NULL;
    for (; w; w = w->later) {
        if (w->period_us) { /* these come first */
            again = again ? w->later : NULL;
        } else if (!fits(app, w)) {
            again = NULL;
            continue;
        }
        any = true;
        if (!worker_run(app, w) || slack_us(app) <= 0 ||
            loop_due_us(&app->loop) <= app->loop.now_us) {
            return true;
        }
    }
    app->line = again;
    return any;
}

static uint64_t app_step(yoke_loop *l)
{
    yoke_app *app = app_of(l);
    if (!app->line) {
        yoke_loop_step(l);
        take_wishes(app);
        l->now_us = yoke_port_now_us(); /* all that took its time */
        look_at_all(app, (uint32_t)l->now_us);
        if (is_in(app, YOKE_APP_STOPPING)) {
            finish(app);
            return YOKE_AT_ONCE; /* to see that it is stopped, or to look once more */
        }
    }
    if (run_line(app)) {
        return YOKE_AT_ONCE;
    }
    uint64_t tasks_us = loop_due_us(l); /* who waited for a worker to leave may be ready now */
    uint64_t workers_us = l->now_us + (uint32_t)lesser(slack_us(app), app->pause_us);
    return workers_us < tasks_us ? workers_us : tasks_us;
}

/* --- from either core ------------------------------------------------ */

void yoke_app_init(yoke_app *app)
{
    memset(app, 0, sizeof *app);
    yoke_loop_init(&app->loop, 1);
    app->loop.step = app_step;
    app->loop.runs_per_step = 0; /* a worker may be waiting */
    app->tail = &app->workers;
}

int yoke_app_start(yoke_app *app)
{
    if (!move_state(app, YOKE_APP_OFF, YOKE_APP_RUNNING)) {
        return YOKE_EBUSY;
    }
    for (yoke_worker *w = follow(&app->workers); w; w = after(w)) {
        atomic_store_explicit(&w->wanted, BEGIN, memory_order_relaxed);
    }
    app->line = NULL; /* look first */
    int answer = yoke_port_launch(&app->loop);
    if (answer < 0) {
        move_state(app, YOKE_APP_RUNNING, YOKE_APP_OFF);
    }
    return answer;
}

void yoke_app_stop(yoke_app *app)
{
    move_state(app, YOKE_APP_RUNNING, YOKE_APP_STOPPING);
}

int yoke_app_join(yoke_task *t, yoke_app *app)
{
    if (task_core(t) == app->loop.core) {
        return YOKE_EINVAL;
    }
    int answer = YOKE_OK;
    uint32_t saved = yoke_port_lock();
    if (!is_in(app, YOKE_APP_OFF)) {
        answer = yoke_park(t, &app->joiner);
    }
    yoke_port_unlock(saved);
    if (answer == YOKE_OK) {
        yoke_port_reap(&app->loop);
    }
    return answer;
}

static void want(yoke_worker *w, uint8_t wanted)
{
    atomic_store_explicit(&w->wanted, wanted, memory_order_relaxed);
}

/* Under the lock: complete, with the wish to begin, before it is linked in. */
static void append(yoke_app *app, yoke_worker *w)
{
    memset(&w->stats, 0, sizeof w->stats);
    w->stats.state = YOKE_WORKER_ACTIVE;
    atomic_store_explicit(&w->begun, 0, memory_order_relaxed);
    w->in_list = true;
    want(w, BEGIN);
    atomic_store_explicit(&w->next, NULL, memory_order_relaxed);
    atomic_store_explicit(app->tail, w, memory_order_release);
    app->tail = &w->next;
}

int yoke_worker_add(yoke_app *app, yoke_worker *w)
{
    int answer = YOKE_EBUSY;
    uint32_t saved = yoke_port_lock();
    if (!w->in_list) {
        answer = YOKE_EINVAL;
        if (w->step && w->period_us <= YOKE_PERIOD_US_MAX) {
            append(app, w);
            answer = YOKE_OK;
        }
    }
    ring(app, saved);
    return answer;
}

int yoke_worker_remove(yoke_app *app, yoke_worker *w)
{
    int answer = YOKE_ENOENT;
    uint32_t saved = yoke_port_lock();
    bool off = is_in(app, YOKE_APP_OFF);
    if (w->in_list) {
        want(w, LEAVE);
        answer = YOKE_OK;
    }
    ring(app, saved);
    if (off) {
        take_wishes(app);
    }
    return answer;
}

void yoke_worker_set(yoke_app *app, yoke_worker *w, yoke_step *step, void *arg)
{
    uint32_t saved = yoke_port_lock();
    w->step = step;
    w->arg = arg;
    want(w, worker_wanted(w) | REVIVE);
    ring(app, saved);
}

yoke_worker *yoke_worker_next(const yoke_app *app, const yoke_worker *w)
{
    return follow(w ? &w->next : &app->workers);
}
