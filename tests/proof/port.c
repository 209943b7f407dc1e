#include "port.h"

#include "internal.h"
#include "yoke/port.h"

#include <stdio.h>

#define TURNS_MAX 20u

yoke_loop platform;
yoke_loop app;
uint64_t port_now_us;
bool port_may_jump;
static yoke_loop *loop_of[THREADS_MAX]; /* NULL: the thread is no loop */
static yoke_task *const *tasks;
static unsigned task_count;
static unsigned running[TASKS_MAX]; /* by thread + 1; 0: not running */

GHOST void port_setup(yoke_task *const *tasks_, unsigned count)
{
    tasks = tasks_;
    task_count = count;
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        loop_of[i] = NULL;
        running[i] = 0;
    }
    port_now_us = 1;
    port_may_jump = true;
    yoke_loop_init(&platform, 0);
    yoke_loop_init(&app, 1);
    name_object(&platform, sizeof platform, "platform");
    name_object(&app, sizeof app, "app");
}

/* --- what must hold at any time ----------------------------------------------------------- */

GHOST static unsigned times_ready(const yoke_loop *l, const yoke_task *t)
{
    unsigned times = 0;
    unsigned length = 0;
    yoke_task *const *at = &l->ready.head;
    for (; *at && at != l->ready.tail; at = &(*at)->next) {
        times += *at == t;
        must(++length <= task_count, "a ready list runs in a circle");
    }
    return times;
}

GHOST static unsigned times_in_inbox(const yoke_loop *l, const yoke_task *t)
{
    unsigned times = 0;
    unsigned length = 0;
    yoke_task *const *at = &l->inbox.head;
    for (; *at && at != l->inbox.tail; at = &(*at)->next_in_inbox) {
        times += *at == t;
        must(++length <= task_count, "an inbox runs in a circle");
    }
    return times;
}

/* A list being run is in nobody's head any more; a task of it counts when its body is entered. */
GHOST static void check_lists(void)
{
    for (unsigned i = 0; i < task_count; i++) {
        const yoke_task *t = tasks[i];
        must(times_ready(&platform, t) + times_ready(&app, t) <= 1, "a task is ready twice");
        must(times_in_inbox(&platform, t) + times_in_inbox(&app, t) <= 1,
             "a task is in the inbox twice");
    }
}

GHOST static unsigned index_of(const yoke_task *t)
{
    unsigned i = 0;
    while (tasks[i] != t) {
        i++;
    }
    return i;
}

GHOST void enter_body(yoke_task *t)
{
    unsigned *by = &running[index_of(t)];
    must(*by == 0, "a task runs twice at once");
    must(times_ready(&platform, t) + times_ready(&app, t) == 0, "a task runs and is ready");
    *by = current_thread() + 1;
}

GHOST void leave_body(yoke_task *t)
{
    running[index_of(t)] = 0;
}

/* --- the port's functions ----------------------------------------------------------------- */

uint32_t yoke_port_lock(void)
{
    lock_take();
    return 0;
}

void yoke_port_unlock(uint32_t saved)
{
    (void)saved;
    check_lists();
    lock_give();
}

void yoke_port_pend(yoke_loop *l)
{
    flag_set(l->core);
}

GHOST yoke_loop *yoke_port_here(void)
{
    return loop_of[current_thread()];
}

/* Once in an execution, at any reading, much time has passed. */
GHOST uint64_t yoke_port_now_us(void)
{
    if (port_may_jump && choose(2)) {
        port_may_jump = false;
        port_now_us += JUMP_MS * 1000u;
    }
    return port_now_us;
}

_Noreturn void yoke_port_fail(const char *module, uint16_t number)
{
    static char text[40];
    snprintf(text, sizeof text, "check %s %u", module, (unsigned)number);
    proof_fail(text);
}

GHOST void be_loop(yoke_loop *l)
{
    loop_of[current_thread()] = l;
}

/* Sleep until pended, or until the time comes. */
GHOST static void sleep_until(const yoke_loop *l, uint64_t due_us)
{
    if (due_us == YOKE_NEVER) {
        flag_wait(l->core);
    } else if (due_us != YOKE_AT_ONCE && !flag_take(l->core) && due_us > port_now_us) {
        port_now_us = due_us;
    }
}

static void run_turns(yoke_loop *l)
{
    be_loop(l);
    for (unsigned turns = 0; turns <= TURNS_MAX; turns++) {
        sleep_until(l, l->step(l));
    }
    proof_fail("a loop does not come to rest");
}

void run_platform(void)
{
    run_turns(&platform);
}

void run_app(void)
{
    run_turns(&app);
}
