#include "life.h"

#include "yoke/delay.h"

lifecycle life;

static void told(const core_fault *f, yoke_worker *w)
{
    note_at("kind %u in %s, restart %u", (unsigned)f->kind, f->name[0] ? f->name : "-",
            (unsigned)f->restarts);
    if (w) {
        note("removed %s", w->name);
    }
}

void life_open(void)
{
    life = (lifecycle){.task = YOKE_TASK(lifecycle_body), .stall_ms = 80, .told = told};
    lifecycle_open(&life, &platform, &app);
    begin(&platform, &life.task);
}

int life_setup(void **state)
{
    world_setup(state);
    life_open();
    return 0;
}

int act(void *arg)
{
    actor *me = arg;
    me->count++;
    if (me->harm && me->good-- == 0) {
        me->harm(me->arg);
    }
    return YOKE_OK;
}

void add(actor *a)
{
    a->worker.arg = a;
    assert_int_equal(yoke_worker_add(&app, &a->worker), YOKE_OK);
}

enum yoke_worker_state state_of(const actor *a)
{
    return (enum yoke_worker_state)yoke_worker_read(&a->worker).state;
}

void stand_still(void *unused)
{
    (void)unused;
    sim_stall();
}

void stand_still_with_the_lock(void *unused)
{
    (void)unused;
    (void)yoke_port_lock();
    sim_stall();
}

void crash(void *unused)
{
    (void)unused;
    sim_fault(CORE_EXCEPTION);
}

void take_50_ms(void *unused)
{
    (void)unused;
    delay_us(50000);
}
