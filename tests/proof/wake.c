/* The wake path: task.c, loop.c, timer.c, signal.c, post.c. No wake is lost, no task is in two
 * lists or runs twice at once, a cancel is delivered exactly once, a task that ends can be started
 * at once, however late it was woken. What port.c sees at each unlock comes on top. */
#include "yoke/post.h"
#include "yoke/signal.h"

#include "explore.h"
#include "port.h"

#include <stdatomic.h>

#define RUNS_MAX 8u

typedef struct {
    yoke_task task;
    unsigned runs;
    unsigned stage;
    unsigned canceled;
    unsigned timed_out;
    uint32_t value;
} frame;

static frame one, two;
static yoke_task *const tasks[] = {&one.task, &two.task};
static atomic_uint news; /* what task `one` waits for; stored relaxed */
static yoke_signal there, back;
static unsigned jobs_accepted[2];
static unsigned jobs_run;
static yoke_job job;

static void setup(yoke_body *body_one, yoke_body *body_two)
{
    one = (frame){.task = YOKE_TASK(body_one)};
    two = (frame){.task = YOKE_TASK(body_two)};
    atomic_init(&news, 0);
    there = back = (yoke_signal){0};
    name_object(&one.task.flags, 1, "one.flags");
    name_object(&one.task.mark, 1, "one.mark");
    name_object(&one, sizeof one, "one");
    name_object(&two.task.flags, 1, "two.flags");
    name_object(&two.task.mark, 1, "two.mark");
    name_object(&two, sizeof two, "two");
    name_object(&news, sizeof news, "news");
    name_object(&there, sizeof there, "signal there");
    name_object(&back, sizeof back, "signal back");
    port_setup(tasks, 2);
}

/* One run of a body that counts its runs. */
static int run_counted(frame *me, int (*inner)(frame *me))
{
    enter_body(&me->task);
    must(++me->runs <= RUNS_MAX, "a task is run again and again");
    int answer = inner(me);
    leave_body(&me->task);
    return answer;
}

static int news_reach(unsigned number)
{
    unsigned found = atomic_load_explicit(&news, memory_order_relaxed);
    return found >= number ? YOKE_OK : YOKE_PENDING;
}

static void tell(unsigned number)
{
    atomic_store_explicit(&news, number, memory_order_relaxed);
    yoke_wake(&one.task);
}

/* --- no wake is lost ---------------------------------------------------------------------- */

static int wait_for_two_news(frame *me)
{
    while (me->stage < 2) {
        if (yoke_settle(&me->task, news_reach(me->stage + 1)) == YOKE_PENDING) {
            return YOKE_PENDING;
        }
        me->stage++;
    }
    return YOKE_OK;
}

static int two_news_body(yoke_task *t)
{
    return run_counted(YOKE_FRAME(frame, t), wait_for_two_news);
}

static void setup_wake(void)
{
    setup(two_news_body, NULL);
    yoke_start(&platform, &one.task);
}

static void tell_twice(void)
{
    tell(1);
    tell(2);
}

static void stray_wake(void)
{
    yoke_wake(&one.task);
}

static void finish_wake(void)
{
    must(yoke_done(&one.task), "a wake was lost");
}

/* --- a task that wakes itself while it runs: it must run once more ------------------------ */

static int tell_itself(frame *me)
{
    int answer = news_reach(1);
    if (me->stage++ == 0) {
        tell(1);
    }
    return yoke_settle(&me->task, answer);
}

static int tell_itself_body(yoke_task *t)
{
    return run_counted(YOKE_FRAME(frame, t), tell_itself);
}

static void setup_self_wake(void)
{
    setup(tell_itself_body, NULL);
    yoke_start(&platform, &one.task);
}

/* --- waking from the home loop, while the other core wakes too; `two` yields in between ----------
 */

static int tell_from_home(frame *me)
{
    if (me->stage == 0) {
        me->stage = 1;
        tell(1);
    }
    if (yoke_settle(&me->task, yoke_yield(&me->task)) == YOKE_PENDING) {
        return YOKE_PENDING;
    }
    tell(2);
    return YOKE_OK;
}

static int tell_from_home_body(yoke_task *t)
{
    return run_counted(YOKE_FRAME(frame, t), tell_from_home);
}

static void setup_home_wake(void)
{
    setup(two_news_body, tell_from_home_body);
    yoke_start(&platform, &one.task);
    yoke_start(&platform, &two.task);
}

static void stray_wakes_of_both(void)
{
    yoke_wake(&one.task);
    yoke_wake(&two.task);
}

static void finish_home_wake(void)
{
    must(yoke_done(&one.task) && yoke_done(&two.task), "a wake was lost");
}

/* --- two tasks in one inbox, the first of them woken again ---------------------------------- */

static void setup_two_in_inbox(void)
{
    setup(two_news_body, two_news_body);
    yoke_start(&platform, &one.task);
    yoke_start(&platform, &two.task);
}

static void tell_one_two_one(void)
{
    atomic_store_explicit(&news, 2, memory_order_relaxed);
    yoke_wake(&one.task);
    yoke_wake(&two.task);
    yoke_wake(&one.task);
}

/* --- a cancel is delivered exactly once --------------------------------------------------- */

/* First a wait that only a cancel ends, then one that only news end. */
static int be_canceled_then_wait(frame *me)
{
    while (me->stage < 2) {
        int answer = me->stage == 0 ? YOKE_PENDING : news_reach(1);
        answer = yoke_settle(&me->task, answer);
        if (answer == YOKE_PENDING) {
            return YOKE_PENDING;
        }
        me->canceled += answer == YOKE_ECANCELED;
        me->stage++;
    }
    return YOKE_OK;
}

static int canceled_body(yoke_task *t)
{
    return run_counted(YOKE_FRAME(frame, t), be_canceled_then_wait);
}

static void setup_cancel(void)
{
    setup(canceled_body, NULL);
    yoke_start(&platform, &one.task);
}

static void cancel_and_tell(void)
{
    yoke_cancel(&one.task);
    tell(1);
}

static void cancel(void)
{
    yoke_cancel(&one.task);
}

static void finish_only_cancel(void)
{
    must(one.canceled == 1, "a cancel was lost or delivered twice");
}

static void finish_cancel(void)
{
    must(one.canceled == 1, "a cancel was lost or delivered twice");
    must(yoke_done(&one.task), "a wake was lost");
}

/* --- a task woken in its last run can be started at once, even on the other loop -----------------
 */

static int wait_for_news(frame *me)
{
    return yoke_settle(&me->task, news_reach(1));
}

static int one_news_body(yoke_task *t)
{
    return run_counted(YOKE_FRAME(frame, t), wait_for_news);
}

/* Runs on the app loop: waits for the end of `one`, starts it again, waits again. */
static int join_and_restart(frame *me, yoke_loop *home)
{
    while (me->stage < 2) {
        if (yoke_settle(&me->task, yoke_join(&me->task, &one.task)) == YOKE_PENDING) {
            return YOKE_PENDING;
        }
        if (me->stage++ == 0) {
            must(yoke_start(home, &one.task) == YOKE_OK, "an ended task cannot be started");
        }
    }
    return YOKE_OK;
}

static int restart_there(frame *me)
{
    return join_and_restart(me, &platform);
}

static int restart_here(frame *me)
{
    return join_and_restart(me, &app);
}

static int restart_there_body(yoke_task *t)
{
    return run_counted(YOKE_FRAME(frame, t), restart_there);
}

static int restart_here_body(yoke_task *t)
{
    return run_counted(YOKE_FRAME(frame, t), restart_here);
}

static void setup_restart_there(void)
{
    setup(one_news_body, restart_there_body);
    yoke_start(&platform, &one.task);
    yoke_start(&app, &two.task);
}

static void setup_restart_here(void)
{
    setup(one_news_body, restart_here_body);
    yoke_start(&platform, &one.task);
    yoke_start(&app, &two.task);
}

static void tell_once(void)
{
    tell(1);
}

static void finish_restart(void)
{
    must(yoke_done(&one.task) && yoke_done(&two.task), "a wake was lost");
    must(one.runs >= 2 && two.stage == 2, "a start was lost");
}

/* --- two tasks on two loops answer each other through signals ----------------------------- */

static int ask(frame *me)
{
    if (me->stage == 0) {
        me->stage = 1;
        yoke_signal_set(&there, 7);
    }
    return yoke_settle(&me->task, yoke_signal_wait(&me->task, &back, &me->value));
}

static int answer_it(frame *me)
{
    int answer = yoke_settle(&me->task, yoke_signal_wait(&me->task, &there, &me->value));
    if (answer == YOKE_OK) {
        yoke_signal_set(&back, me->value + 1);
    }
    return answer;
}

static int ask_body(yoke_task *t)
{
    return run_counted(YOKE_FRAME(frame, t), ask);
}

static int answer_body(yoke_task *t)
{
    return run_counted(YOKE_FRAME(frame, t), answer_it);
}

static void setup_signals(void)
{
    setup(ask_body, answer_body);
    yoke_start(&platform, &one.task);
    yoke_start(&app, &two.task);
}

static void finish_signals(void)
{
    must(yoke_done(&one.task) && yoke_done(&two.task), "a signal was lost");
    must(one.value == 8 && two.value == 7, "what a signal carries");
}

/* --- a time limit, a cancel and a signal at the same time: nothing received is lost ------- */

static int wait_within(frame *me)
{
    int answer = yoke_signal_wait(&me->task, &there, &me->value);
    answer = yoke_settle(&me->task, yoke_within(&me->task, JUMP_MS / 2, answer));
    me->timed_out += answer == YOKE_ETIMEDOUT;
    me->canceled += answer == YOKE_ECANCELED;
    return answer;
}

static int within_body(yoke_task *t)
{
    return run_counted(YOKE_FRAME(frame, t), wait_within);
}

static void setup_within(void)
{
    setup(within_body, NULL);
    yoke_start(&platform, &one.task);
}

static void set_signal(void)
{
    yoke_signal_set(&there, 7);
}

static void finish_within(void)
{
    bool got = one.value == 7;
    must(yoke_done(&one.task), "neither the signal nor the limit ended the wait");
    must(got + one.timed_out + one.canceled == 1, "a wait ended in two ways");
    must(there.full != got, "a value was lost or taken twice");
    must(!there.waiter, "a waiter that has ended");
    must(!platform.timers, "a timer of a task that has ended");
}

/* --- jobs posted from two sides: each accepted one runs once ------------------------------ */

GHOST static void count_job(void *arg)
{
    (void)arg;
    jobs_run++;
}

static void setup_post(void)
{
    setup(NULL, NULL);
    jobs_accepted[0] = jobs_accepted[1] = jobs_run = 0;
    job = (yoke_job){.task = {.body = NULL}, .run = count_job};
    name_object(&job, sizeof job, "job");
    jobs_accepted[0] = yoke_post(&platform, &job) == YOKE_OK; /* the first one sets the body */
}

static void post_twice(void)
{
    for (unsigned i = 0; i < 2; i++) {
        jobs_accepted[0] += yoke_post(&platform, &job) == YOKE_OK;
    }
}

static void post_too(void)
{
    jobs_accepted[1] += yoke_post(&platform, &job) == YOKE_OK;
}

/* A start on the loop itself takes no lock: against it, one that comes from elsewhere. */
static void post_at_home(void)
{
    be_loop(&platform);
    platform.step(&platform);
    post_twice();
    run_platform();
}

static void finish_post(void)
{
    must(jobs_run == jobs_accepted[0] + jobs_accepted[1], "a job lost, or run twice");
}

#define SCENARIO(name_, setup_, finish_, ...)                                       \
    {                                                                               \
        .name = name_, .setup = setup_, .threads = {__VA_ARGS__}, .finish = finish_ \
    }

const scenario scenarios[] = {
    SCENARIO("two wakes and a stray one", setup_wake, finish_wake, run_platform, tell_twice,
             stray_wake),
    SCENARIO("a task wakes itself while it runs", setup_self_wake, finish_wake, run_platform,
             stray_wake),
    SCENARIO("wakes from home and from the other core", setup_home_wake, finish_home_wake,
             run_platform, stray_wakes_of_both),
    SCENARIO("two tasks in one inbox", setup_two_in_inbox, finish_home_wake, run_platform,
             tell_one_two_one),
    SCENARIO("two cancels", setup_cancel, finish_only_cancel, run_platform, cancel, cancel),
    SCENARIO("two cancels, then a wake", setup_cancel, finish_cancel, run_platform, cancel_and_tell,
             cancel),
    SCENARIO("started again at its end", setup_restart_there, finish_restart, run_platform, run_app,
             tell_once),
    SCENARIO("started again on the other loop", setup_restart_here, finish_restart, run_platform,
             run_app, tell_once),
    SCENARIO("two loops, two signals", setup_signals, finish_signals, run_platform, run_app),
    SCENARIO("a signal against a time limit", setup_within, finish_within, run_platform,
             set_signal),
    SCENARIO("a signal, a cancel and a time limit", setup_within, finish_within, run_platform,
             set_signal, cancel),
    SCENARIO("jobs from two sides", setup_post, finish_post, run_platform, post_twice, post_too),
    SCENARIO("jobs from home and from the other core", setup_post, finish_post, post_at_home,
             post_too),
    {0},
};
