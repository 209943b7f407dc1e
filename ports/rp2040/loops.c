/* The two loops, each on its core. */
#include "internal.h"

#include "hardware/structs/nvic.h"
#include "hardware/sync.h"

#include <unistd.h>

/* In a handler this is nobody's: what it wakes goes through the inbox. */
yoke_loop *yoke_port_here(void)
{
    return __get_current_exception() ? NULL : cores[get_core_num()].loop;
}

static bool is_stopped(const yoke_loop *l)
{
    return atomic_load_explicit(&l->stopped, memory_order_relaxed); /* set by a step of its own */
}

void app_run(void)
{
    yoke_loop *l = cores[1].loop;
    while (!is_stopped(l)) {
        uint64_t due_us = l->step(l);
        if (due_us != YOKE_AT_ONCE) {
            wait_app(due_us);
        }
    }
}

static void run_platform(yoke_loop *l, const yoke_task *root)
{
    for (;;) {
        uint64_t due_us = l->step(l);
        if (yoke_done(root)) {
            return;
        }
        if (due_us != YOKE_AT_ONCE) {
            wait_platform(due_us);
        }
    }
}

static void open_all(void)
{
    lock_open();
    wait_open();
    wait_begin();
    stack_paint_own();
    guard_begin();
    console_open();
    fault_open();
}

/* The root task has left core 1 running: stop it after its present step. */
static void stop_app(void)
{
    yoke_loop *l = cores[1].loop;
    if (l) {
        atomic_store_explicit(&l->stopped, true, memory_order_release);
        yoke_port_pend(l);
        yoke_port_reap(l);
    }
}

int yoke_run(yoke_loop *platform, yoke_task *root)
{
    open_all();
    cores[0].loop = platform;
    int answer = yoke_start(platform, root);
    if (answer == YOKE_OK) {
        run_platform(platform, root);
        answer = root->rc;
    }
    stop_app();
    cores[0].loop = NULL;
    console_close();
    return answer;
}

/* main() has ended, and there is nothing to go back to. */
_Noreturn void _exit(int status)
{
    (void)status;
    save_and_disable_interrupts();
    *(io_rw_32 *)&nvic_hw->icer = ~UINT32_C(0); /* one that stays pending would end each sleep */
    for (;;) {
        __wfi();
    }
}
