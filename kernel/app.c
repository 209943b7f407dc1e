/* The app loop: which worker runs next, and the ways in and out. */
#include "internal.h"

#include <string.h>

#define FAR_US (1u << 30) /* no release is further away */

static yoke_app *app_of(yoke_loop *l)
{
    return (yoke_app *)(void *)((char *)l - offsetof(yoke_app, loop));
}

static yoke_worker *first_worker(const yoke_app *app)
{
    return atomic_load_explicit(&app->workers, memory_order_acquire);
}

enum yoke_app_state yoke_app_state(const yoke_app *app)
{
    return (enum yoke_app_state)atomic_load_explicit(&app->state, memory_order_acquire);
}

/* Under the lock: when the app loop is in state `from`, it is in state `to` from now on. */
static bool move_state(yoke_app *app, enum yoke_app_state from, enum yoke_app_state to)
{
    if (yoke_app_state(app) != from) {
        return false;
    }
    atomic_store_explicit(&app->state, (unsigned char)to, memory_order_release);
    return true;
}

static bool move_state_locking(yoke_app *app, enum yoke_app_state from, enum yoke_app_state to)
{
    uint32_t saved = yoke_port_lock();
    bool moved = move_state(app, from, to);
    yoke_port_unlock(saved);
    return moved;
}

/* --- workers come and go -------------------------------------------------------------------------- */

static void take_wishes(yoke_worker *w, uint32_t now_us)
{
    uint32_t saved = yoke_port_lock();
    uint8_t wanted = worker_wanted(w);
    atomic_store_explicit(&w->wanted, wanted & LEAVE, memory_order_relaxed);
    yoke_port_unlock(saved);
    if (wanted & BEGIN || (wanted & REVIVE && w->stats.state != YOKE_WORKER_ACTIVE)) {
        worker_begin(w, now_us);
    }
}

/* Only whoever runs the sweep unlinks; others only append behind the last. */
static void unlink_worker(yoke_app *app, _Atomic(yoke_worker *) *at, yoke_worker *w)
{
    worker_set_state(w, YOKE_WORKER_OFF);
    uint32_t saved = yoke_port_lock();
    atomic_store_explicit(at, worker_after(w), memory_order_release);
    if (app->tail == &w->next) {
        app->tail = at;
    }
    w->in_list = false;
    yoke_task *joiner = w->joiner;
    w->joiner = NULL;
    yoke_loop *target = joiner ? task_ready_locked(joiner) : NULL;
    yoke_port_unlock(saved);
    pend(target);
}

/* Let go of all that want to leave. On the app loop, or while it is off. */
static void sweep(yoke_app *app)
{
    atomic_store_explicit(&app->leavers, false, memory_order_relaxed);
    app->background = NULL;
    app->last = NULL;
    _Atomic(yoke_worker *) *at = &app->workers;
    yoke_worker *w;
    while ((w = atomic_load_explicit(at, memory_order_acquire))) {
        if (worker_wanted(w) & LEAVE) {
            unlink_worker(app, at, w);
        } else {
            at = &w->next;
        }
    }
}

/* --- which worker runs next ------------------------------------------------------------------------- */

typedef struct {
    yoke_worker *urgent;      /* released, and of those the one with the earliest deadline */
    uint32_t next_release_us; /* of the periodic workers that are not released yet */
    uint32_t next_wake_us;    /* that, or the end of a background worker's pause */
} plan;

static uint32_t sooner(uint32_t a, uint32_t b, uint32_t now_us)
{
    return us_until(a, now_us) < us_until(b, now_us) ? a : b;
}

static int32_t deadline(const yoke_worker *w, uint32_t now_us)
{
    return us_until(w->release_us + worker_period_us(w), now_us);
}

static void consider_periodic(const yoke_app *app, yoke_worker *w, uint32_t now_us, plan *p)
{
    if (us_until(w->release_us, now_us) > 0) {
        p->next_release_us = sooner(p->next_release_us, w->release_us, now_us);
        return;
    }
    worker_waits(app, w);
    if (!p->urgent || deadline(w, now_us) < deadline(p->urgent, now_us)) {
        p->urgent = w;
    }
}

static plan look_at_all(const yoke_app *app, uint32_t now_us)
{
    plan p = {.next_release_us = now_us + FAR_US, .next_wake_us = now_us + FAR_US};
    for (yoke_worker *w = first_worker(app); w; w = worker_after(w)) {
        if (worker_wanted(w)) {
            take_wishes(w, now_us);
        }
        if (w->stats.state == YOKE_WORKER_QUARANTINED) {
            continue;
        }
        if (w->period_us) {
            consider_periodic(app, w, now_us, &p);
        } else if (us_until(w->release_us, now_us) > 0) {
            p.next_wake_us = sooner(p.next_wake_us, w->release_us, now_us);
        }
    }
    p.next_wake_us = sooner(p.next_wake_us, p.next_release_us, now_us);
    return p;
}

static bool is_background(const yoke_worker *w)
{
    return !w->period_us && w->stats.state != YOKE_WORKER_QUARANTINED &&
           !(worker_wanted(w) & (BEGIN | LEAVE));
}

/* Somebody wants something else than the next background worker. */
static bool is_wanted(const yoke_app *app)
{
    return atomic_load_explicit(&app->loop.waiting, memory_order_relaxed) ||
           atomic_load_explicit(&app->leavers, memory_order_relaxed) ||
           yoke_app_state(app) != YOKE_APP_RUNNING;
}

/* Each background worker that fits before the next release, once, beginning where the last round
 * broke off. Answers whether any ran. */
static bool run_background(yoke_app *app, uint32_t now_us, uint32_t until_us)
{
    bool any = false;
    yoke_worker *from = app->background ? app->background : first_worker(app);
    yoke_worker *w = from;
    do {
        if (is_background(w) && worker_fits(w, now_us, until_us)) {
            now_us = worker_run(app, w, now_us);
            any = true;
        }
        w = worker_after(w) ? worker_after(w) : first_worker(app);
    } while (w != from && !is_wanted(app));
    app->background = w;
    return any;
}

/* --- one turn ----------------------------------------------------------------------------------------- */

static void begin(yoke_app *app)
{
    uint32_t now_us = (uint32_t)yoke_port_now_us();
    for (yoke_worker *w = first_worker(app); w; w = worker_after(w)) {
        worker_begin(w, now_us);
    }
    app->last = NULL;
    move_state_locking(app, YOKE_APP_STARTING, YOKE_APP_RUNNING);
}

/* Off, unless a worker asked to leave in the last moment. */
static uint64_t finish(yoke_app *app)
{
    yoke_loop *target = NULL;
    uint32_t saved = yoke_port_lock();
    if (!atomic_load_explicit(&app->leavers, memory_order_relaxed)) {
        move_state(app, YOKE_APP_STOPPING, YOKE_APP_OFF);
        target = app->joiner ? task_ready_locked(app->joiner) : NULL;
        app->joiner = NULL;
        atomic_store_explicit(&app->loop.stopped, true, memory_order_release);
    }
    yoke_port_unlock(saved);
    pend(target);
    return YOKE_AT_ONCE; /* to see that it is stopped, or to sweep once more */
}

static uint64_t step_workers(yoke_app *app, uint64_t tasks_due_us)
{
    uint64_t now_us = yoke_port_now_us();
    plan p = look_at_all(app, (uint32_t)now_us);
    if (p.urgent) {
        worker_run(app, p.urgent, (uint32_t)now_us);
        return YOKE_AT_ONCE;
    }
    if (first_worker(app) && run_background(app, (uint32_t)now_us, p.next_release_us)) {
        return YOKE_AT_ONCE;
    }
    uint64_t wake_us = now_us + (uint32_t)(p.next_wake_us - (uint32_t)now_us);
    return wake_us < tasks_due_us ? wake_us : tasks_due_us;
}

static uint64_t app_step(yoke_loop *l)
{
    yoke_app *app = app_of(l);
    if (yoke_app_state(app) == YOKE_APP_STARTING) {
        begin(app);
    }
    uint64_t due_us = yoke_loop_step(l);
    if (atomic_load_explicit(&app->leavers, memory_order_relaxed)) {
        sweep(app);
    }
    if (yoke_app_state(app) == YOKE_APP_STOPPING) {
        return finish(app);
    }
    return step_workers(app, due_us);
}

/* --- from either core ------------------------------------------------------------------------------- */

void yoke_app_init(yoke_app *app)
{
    memset(app, 0, sizeof *app);
    yoke_loop_init(&app->loop, 1);
    app->loop.step = app_step;
    app->tail = &app->workers;
}

int yoke_app_start(yoke_app *app)
{
    if (!move_state_locking(app, YOKE_APP_OFF, YOKE_APP_STARTING)) {
        return YOKE_EBUSY;
    }
    int answer = yoke_port_launch(&app->loop);
    if (answer < 0) {
        move_state_locking(app, YOKE_APP_STARTING, YOKE_APP_OFF);
    }
    return answer;
}

void yoke_app_stop(yoke_app *app)
{
    uint32_t saved = yoke_port_lock();
    bool stops = move_state(app, YOKE_APP_RUNNING, YOKE_APP_STOPPING) ||
                 move_state(app, YOKE_APP_STARTING, YOKE_APP_STOPPING);
    yoke_port_unlock(saved);
    if (stops) {
        yoke_port_pend(&app->loop);
    }
}

int yoke_app_join(yoke_task *t, yoke_app *app)
{
    if (t->core == app->loop.core) {
        return YOKE_EINVAL;
    }
    int answer = YOKE_OK;
    uint32_t saved = yoke_port_lock();
    if (yoke_app_state(app) != YOKE_APP_OFF) {
        answer = yoke_park(t, &app->joiner);
    }
    yoke_port_unlock(saved);
    if (answer == YOKE_OK) {
        yoke_port_reap(&app->loop);
    }
    return answer;
}

/* Under the lock: complete before the app loop can see it. */
static void append(yoke_app *app, yoke_worker *w)
{
    memset(&w->stats, 0, sizeof w->stats);
    w->stats.state = YOKE_WORKER_ACTIVE;
    atomic_store_explicit(&w->next, NULL, memory_order_relaxed);
    atomic_store_explicit(&w->wanted, BEGIN, memory_order_relaxed);
    w->in_list = true;
    atomic_store_explicit(app->tail, w, memory_order_release);
    app->tail = &w->next;
}

int yoke_worker_add(yoke_app *app, yoke_worker *w)
{
    if (!w->step || w->period_us > YOKE_PERIOD_US_MAX) {
        return YOKE_EINVAL;
    }
    uint32_t saved = yoke_port_lock();
    bool free = !w->in_list;
    if (free) {
        append(app, w);
    }
    yoke_port_unlock(saved);
    yoke_port_pend(&app->loop);
    return free ? YOKE_OK : YOKE_EBUSY;
}

int yoke_worker_remove(yoke_app *app, yoke_worker *w)
{
    uint32_t saved = yoke_port_lock();
    bool in = w->in_list;
    if (in) {
        atomic_store_explicit(&w->wanted, worker_wanted(w) | LEAVE, memory_order_relaxed);
        atomic_store_explicit(&app->leavers, true, memory_order_relaxed);
    }
    bool off = yoke_app_state(app) == YOKE_APP_OFF;
    yoke_port_unlock(saved);
    if (in && off) {
        sweep(app);
    }
    yoke_port_pend(&app->loop);
    return in ? YOKE_OK : YOKE_ENOENT;
}

yoke_worker *yoke_worker_next(const yoke_app *app, const yoke_worker *w)
{
    return w ? worker_after(w) : first_worker(app);
}
