/* The lock of the kernel: a spin lock, held for some tens of nanoseconds.
 *
 * If its holder is not running (fewer cores than threads), a real-time thread that spins would
 * keep it from running; so after a while the waiting side sleeps for a moment. */
#include "internal.h"

#include <time.h>

#define SPINS_BEFORE_SLEEP 1000

static atomic_bool taken;

__attribute__((noinline, cold)) static void wait_for_release(void)
{
    for (int i = 0; atomic_load_explicit(&taken, memory_order_relaxed); i++) {
        if (i == SPINS_BEFORE_SLEEP) {
            nanosleep(&(struct timespec){.tv_nsec = 1000}, NULL);
            i = 0;
        }
    }
}

uint32_t yoke_port_lock(void)
{
    while (atomic_exchange_explicit(&taken, true, memory_order_acquire)) {
        wait_for_release();
    }
    return 0;
}

void yoke_port_unlock(uint32_t saved)
{
    (void)saved;
    atomic_store_explicit(&taken, false, memory_order_release);
}
