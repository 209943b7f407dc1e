/* The lock of the kernel: a spin lock, held for some tens of nanoseconds.
 *
 * If its holder is not running (fewer cores than threads), a real-time thread that spins would
 * keep it from running; so after a while the waiting side sleeps for a moment. If its holder is the
 * app thread, and has died with it, the platform thread takes it over (yoke/core.h). */
#include "internal.h"

#include <time.h>

#define SPINS_BEFORE_SLEEP 1000

static atomic_uint holder; /* enum lock_user */
static _Thread_local unsigned me = LOCK_OTHER;

void lock_introduce(enum lock_user user)
{
    me = user;
}

enum lock_user lock_holder(void)
{
    return (enum lock_user)atomic_load_explicit(&holder, memory_order_relaxed);
}

void lock_take_over(void)
{
    atomic_store_explicit(&holder, LOCK_FREE, memory_order_release);
}

static void rest(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000}, NULL);
}

__attribute__((noinline, cold)) static void wait_for_release(void)
{
    uint64_t began_us = 0;
    for (int i = 0; lock_holder() != LOCK_FREE; i++) {
        if (i < SPINS_BEFORE_SLEEP) {
            continue;
        }
        i = 0;
        rest();
        if (me == LOCK_PLATFORM && lock_holder() == LOCK_APP) {
            uint64_t now_us = yoke_port_now_us();
            began_us = began_us ? began_us : now_us;
            core_lock_is_stuck(now_us - began_us);
        }
    }
}

uint32_t yoke_port_lock(void)
{
    unsigned free = LOCK_FREE;
    while (!atomic_compare_exchange_weak_explicit(&holder, &free, me, memory_order_acquire,
                                                  memory_order_relaxed)) {
        wait_for_release();
        free = LOCK_FREE;
    }
    return 0;
}

void yoke_port_unlock(uint32_t saved)
{
    (void)saved;
    atomic_store_explicit(&holder, LOCK_FREE, memory_order_release);
}
