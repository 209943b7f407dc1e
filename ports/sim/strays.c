/* Stray wakes: an observer on each loop knows the tasks that are running, and one of them is woken
 * for no reason, as by an interrupt: between two turns, before and after each run of a body, and
 * whenever the lock is let go. */
#include "internal.h"

#define TASKS_MAX 128u

static yoke_task *tasks[TASKS_MAX];
static unsigned count;
static bool waking; /* the wake itself takes the lock */

void strays_reset(void)
{
    count = 0;
    waking = false;
}

static void remember(yoke_task *t)
{
    for (unsigned i = 0; i < count; i++) {
        if (tasks[i] == t) {
            return;
        }
    }
    if (count < TASKS_MAX) {
        tasks[count++] = t;
    }
}

static void forget(const yoke_task *t)
{
    for (unsigned i = 0; i < count; i++) {
        if (tasks[i] == t) {
            tasks[i] = tasks[--count];
            return;
        }
    }
}

static void see(yoke_observer *o, yoke_task *t, enum yoke_event event)
{
    (void)o;
    if (event == YOKE_ENDS) {
        forget(t);
    } else {
        remember(t);
    }
    strays_maybe();
}

static yoke_observer observers[YOKE_CORES] = {{.see = see}, {.see = see}};

/* Initialising a loop again takes its observers from it. */
void strays_watch(yoke_loop *l)
{
    if (!sim_set->strays) {
        return;
    }
    for (const yoke_observer *o = l->observers; o; o = o->next) {
        if (o == &observers[l->core]) {
            return;
        }
    }
    yoke_observe(l, &observers[l->core]);
}

static void wake(void *task)
{
    yoke_wake(task);
}

void strays_maybe(void)
{
    if (waking || !count || random_below(1000) >= sim_set->strays) {
        return;
    }
    waking = true;
    interrupt(wake, tasks[random_below(count)]);
    waking = false;
}
