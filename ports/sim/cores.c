/* Two cores in one thread.
 *
 * Each core has its own clock. A turn of a loop takes no time unless its code calls delay_us();
 * then its clock runs ahead, and before the call comes back the other core is stepped until it has
 * caught up. What is due at the same time happens in an order drawn from the seed. */
#include "internal.h"
#include "yoke/delay.h"

#include <setjmp.h>

/* So many turns in a row are free; each further one takes 1 us, so that a loop which always has
 * something to do does not stop the clock. */
#define FREE_TURNS 64u

typedef struct {
    yoke_loop *loop; /* NULL: the core is idle */
    uint64_t now_us; /* its clock */
    uint64_t due_us; /* when it has to step next */
    unsigned turns;  /* in a row */
    bool stepping;   /* also for ever, when its turn does not come back */
    unsigned lives;  /* a turn whose life is over is left at the next opportunity, */
    jmp_buf out[2];  /* this way: that of each second life, since one may not be left yet */
} core;

static core cores[YOKE_CORES];
static core *current; /* whose turn it is; NULL: nobody's */
static bool in_interrupt;
static uint64_t clock_us; /* when the last thing happened: the time outside of turns */
static const yoke_task *root_task;

void cores_reset(void)
{
    for (unsigned i = 0; i < YOKE_CORES; i++) {
        cores[i] = (core){.now_us = sim_set->start_us, .due_us = YOKE_NEVER};
    }
    current = NULL;
    in_interrupt = false;
    clock_us = sim_set->start_us;
    root_task = NULL;
}

bool core_1_calls(void)
{
    return current == &cores[1] && !in_interrupt;
}

uint64_t yoke_port_now_us(void)
{
    return current ? current->now_us : clock_us;
}

yoke_loop *yoke_port_here(void)
{
    return current && !in_interrupt ? current->loop : NULL;
}

void interrupt(void (*run)(void *arg), void *arg)
{
    bool before = in_interrupt;
    in_interrupt = true;
    run(arg);
    in_interrupt = before;
}

/* A loop that pends itself is in the middle of a turn, and looks at its end. */
void yoke_port_pend(yoke_loop *l)
{
    core *c = &cores[l->core];
    uint64_t now_us = yoke_port_now_us();
    if (l != yoke_port_here() && now_us < c->due_us) {
        c->due_us = now_us;
    }
}

/* --- one turn --------------------------------------------------------------------------------- */

static uint64_t turn_due_us(const core *c)
{
    if (!c->loop || c->stepping || c->due_us == YOKE_NEVER) {
        return YOKE_NEVER;
    }
    return c->due_us > c->now_us ? c->due_us : c->now_us;
}

static void move_clock(core *c, uint64_t at_us)
{
    if (at_us > c->now_us) {
        c->now_us = at_us;
        c->turns = 0;
    } else if (++c->turns > FREE_TURNS) {
        c->now_us++;
    }
}

static void run_turn(core *c, uint64_t at_us)
{
    unsigned life = c->lives;
    move_clock(c, at_us);
    c->due_us = YOKE_NEVER; /* who pends it meanwhile sets it again */
    c->stepping = true;
    current = c;
    if (setjmp(c->out[life % 2])) { /* this turn does not come back */
        current = NULL;
        return;
    }
    uint64_t due_us = c->loop->step(c->loop);
    if (lock_held_here()) {
        yoke_port_fail("sim", 903);
    }
    current = NULL;
    c->stepping = false;
    if (due_us < c->due_us) {
        c->due_us = due_us;
    }
    if (atomic_load_explicit(&c->loop->stopped, memory_order_acquire)) {
        c->loop = NULL;
    }
}

/* --- what happens next ------------------------------------------------------------------------ */

static uint64_t next_us(void)
{
    uint64_t at_us = interrupts_next_us();
    for (unsigned i = 0; i < YOKE_CORES; i++) {
        uint64_t due_us = turn_due_us(&cores[i]);
        at_us = due_us < at_us ? due_us : at_us;
    }
    return at_us;
}

/* Of the loops and interrupts that are due at `at_us`, one. */
static void run_one(uint64_t at_us)
{
    core *due[YOKE_CORES];
    unsigned loops = 0;
    for (unsigned i = 0; i < YOKE_CORES; i++) {
        if (turn_due_us(&cores[i]) == at_us) {
            due[loops++] = &cores[i];
        }
    }
    unsigned drawn = random_below(loops + (interrupts_next_us() == at_us));
    if (drawn < loops) {
        run_turn(due[drawn], at_us);
    } else {
        interrupts_run_next();
    }
}

/* Let one thing happen; false: nothing is due until `limit_us`. What is due just then happens
 * before or after. */
static bool advance(uint64_t limit_us)
{
    strays_maybe();
    uint64_t at_us = next_us();
    if (at_us == YOKE_NEVER || at_us > limit_us || (root_task && yoke_done(root_task))) {
        return false;
    }
    if (at_us == limit_us && random_below(2)) {
        return false;
    }
    clock_us = at_us > clock_us ? at_us : clock_us;
    run_one(at_us);
    return true;
}

/* The caller's turn is not over: only the other core and interrupts can be due meanwhile. */
void delay_us(uint32_t us)
{
    core *busy = current;
    bool interrupted = in_interrupt;
    if (!busy || interrupted || lock_held_here()) {
        yoke_port_fail("sim", 904);
    }
    uint64_t until_us = busy->now_us + us;
    unsigned life = busy->lives;
    current = NULL;
    while (advance(until_us) && busy->lives == life) {
    }
    if (busy->lives != life) {
        longjmp(busy->out[life % 2], 1);
    }
    current = busy;
    busy->now_us = until_us;
    busy->turns = us ? 0 : busy->turns;
}

/* --- core 1 ----------------------------------------------------------------------------------- */

int yoke_port_launch(yoke_loop *l)
{
    core *c = &cores[l->core];
    if (c->loop) {
        return YOKE_EBUSY;
    }
    uint64_t now_us = yoke_port_now_us();
    strays_watch(l);
    core_launched();
    atomic_store(&l->stopped, false);
    c->loop = l;
    c->due_us = now_us;
    c->turns = 0;
    return YOKE_OK;
}

/* Whoever sets `stopped` does it in the last turn of core 1, and in one thread that is over. */
void yoke_port_reap(yoke_loop *l)
{
    if (cores[l->core].stepping) {
        yoke_port_fail("sim", 905);
    }
}

_Noreturn void core_stands_still(void)
{
    if (!core_1_calls()) {
        yoke_port_fail("sim", 908);
    }
    longjmp(current->out[current->lives % 2], 1);
}

bool core_1_runs(void)
{
    return cores[1].loop;
}

/* If its turn is under way, we are called from within its delay, or it stands still. */
void core_end(void)
{
    core *c = &cores[1];
    c->lives++;
    c->loop = NULL;
    c->stepping = false;
}

/* --- all of it -------------------------------------------------------------------------------- */

static void cancel(void *task)
{
    yoke_cancel(task);
}

static void run_until_done(const yoke_task *root)
{
    while (!yoke_done(root)) {
        if (!advance(YOKE_NEVER)) {
            yoke_port_fail("sim", 907);
        }
    }
}

/* Core 1 stands still afterwards, and goes on when this is called again. */
int yoke_run(yoke_loop *platform, yoke_task *root)
{
    if (!sim_set) {
        config_from_environment();
    }
    if (sim_set->end_us) {
        sim_interrupt_at(sim_set->end_us, cancel, root);
    }
    strays_watch(platform);
    cores[0].loop = platform;
    int answer = yoke_start(platform, root);
    if (answer == YOKE_OK) {
        root_task = root;
        run_until_done(root);
        answer = root->rc;
    }
    cores[0].loop = NULL;
    root_task = NULL;
    return answer;
}
