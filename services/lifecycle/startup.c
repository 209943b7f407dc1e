/* Steps go up one after the other, and down in reverse. */
#include "yoke/startup.h"

static const startup_step *step_of(const startup *s)
{
    return &s->steps[s->begun - 1];
}

static bool is_left_out(const startup *s)
{
    return step_of(s)->not_in_safe_mode && boot_now()->safe;
}

static void tell(const startup *s, enum startup_event event)
{
    if (s->told) {
        s->told(step_of(s), event, s->answer);
    }
}

static uint32_t or_usual(uint32_t ms, uint32_t usual_ms)
{
    return ms ? ms : usual_ms;
}

/* --- up ---------------------------------------------------------------------- */

static int begin(startup *s)
{
    yoke_task *task = step_of(s)->task;
    return task ? yoke_start(yoke_home(&s->task), task) : YOKE_OK;
}

static int await_start(yoke_task *t, const startup_step *step)
{
    int answer = step->start ? step->start(t, step->arg) : YOKE_OK;
    return yoke_within(t, or_usual(step->start_ms, STARTUP_STEP_MS), answer);
}

/* A task that has ended with an error by now has failed. */
static int look_at_task(const startup *s)
{
    const yoke_task *task = step_of(s)->task;
    if (s->task.status < 0) {
        return s->task.status;
    }
    return task && yoke_done(task) && task->rc < 0 ? task->rc : YOKE_OK;
}

/* False: the step in hand ends it all. */
static bool goes_on(startup *s)
{
    tell(s, s->answer < 0 ? STARTUP_FAILED : STARTUP_STARTED);
    if (s->answer >= 0) {
        return true;
    }
    return s->answer != YOKE_ECANCELED && (step_of(s)->may_fail || boot_now()->safe);
}

/* --- down -------------------------------------------------------------------- */

static int await_stop(yoke_task *t, const startup_step *step)
{
    int answer = step->stop ? step->stop(t, step->arg) : YOKE_OK;
    return yoke_within(t, or_usual(step->stop_ms, STARTUP_STEP_MS), answer);
}

static int await_end(yoke_task *t, const startup_step *step)
{
    if (!step->task) {
        return YOKE_OK;
    }
    yoke_cancel(step->task);
    int answer = yoke_join(t, step->task);
    return yoke_within(t, or_usual(step->stop_ms, STARTUP_STEP_MS), answer);
}

/* The wait was ended by a cancel of our own task; that comes once, so the second try is whole. But
 * a task that was cancelled answers the same. */
static bool is_interrupted(startup *s)
{
    return s->task.status == YOKE_ECANCELED && s->tries++ == 0;
}

/* What a task ended with is its own affair, as long as it has ended. */
static void look_at_end(startup *s)
{
    const yoke_task *task = step_of(s)->task;
    if (task && !yoke_done(task)) {
        s->answer = YOKE_ETIMEDOUT;
    }
    tell(s, s->answer < 0 ? STARTUP_NOT_STOPPED : STARTUP_STOPPED);
}

/* --- the task ---------------------------------------------------------------- */

int startup_body(yoke_task *t)
{
    startup *me = YOKE_FRAME(startup, t);
    YOKE_BEGIN(t);
    me->begun = 0;
    while (me->begun < me->count) {
        me->begun++;
        me->answer = YOKE_OK;
        if (is_left_out(me)) {
            tell(me, STARTUP_LEFT_OUT);
            continue;
        }
        me->answer = begin(me);
        if (me->answer >= 0) {
            YOKE_AWAIT(t, await_start(t, step_of(me)));
            me->answer = t->status;
        }
        if (me->answer >= 0) {
            YOKE_AWAIT(t, yoke_yield(t)); /* its task runs */
            me->answer = look_at_task(me);
        }
        if (!goes_on(me)) {
            t->rc = me->answer;
            goto yoke_finally_;
        }
    }
    me->is_up = true;
    YOKE_TRY(t, yoke_sleep_ms(t, or_usual(me->healthy_ms, STARTUP_HEALTHY_MS)));
    boot_is_healthy();
    YOKE_TRY(t, yoke_signal_wait(t, &me->never, NULL));
    YOKE_FINALLY(t);
    me->is_up = false;
    for (; me->begun; me->begun--) {
        if (is_left_out(me)) {
            continue;
        }
        me->tries = 0;
        do {
            YOKE_AWAIT(t, await_stop(t, step_of(me)));
        } while (is_interrupted(me));
        me->answer = t->status == YOKE_ECANCELED ? YOKE_OK : t->status;
        do {
            YOKE_AWAIT(t, await_end(t, step_of(me)));
        } while (is_interrupted(me));
        look_at_end(me);
    }
    YOKE_END(t);
}

void startup_restart(startup *s, enum boot_restart why)
{
    if (!s->restart) {
        s->restart = why;
    }
    yoke_cancel(&s->task);
}

int startup_run(startup *s, yoke_loop *platform)
{
    bool has_failed = yoke_run(platform, &s->task) != YOKE_ECANCELED;
    bool restarts = s->restart || (has_failed && s->restarts);
    boot_ends(s->restart ? s->restart : has_failed ? RESTART_FAILED_START : RESTART_END);
    if (restarts) {
        watchdog_restart();
    }
    return has_failed ? 1 : 0;
}

const char *startup_text(enum startup_event event, int answer)
{
    bool late = answer == YOKE_ETIMEDOUT;
    switch (event) {
    case STARTUP_STARTED:
        return "started";
    case STARTUP_FAILED:
        return late                       ? "did not start in time"
               : answer == YOKE_ECANCELED ? "was to start when all was stopped"
                                          : "did not start";
    case STARTUP_LEFT_OUT:
        return "left out in safe mode";
    case STARTUP_STOPPED:
        return "stopped";
    default:
        return late ? "did not stop in time" : "did not stop";
    }
}
