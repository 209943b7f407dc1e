/* Core 1 from outside: its state, its end, and the faults that it ends with (yoke/core.h). */
#include "yoke/core.h"

#include "internal.h"

#include "hardware/sync.h"

static atomic_uint state = CORE_OFF; /* enum core_state */
static atomic_bool guarded;
static bool broken; /* the lock was taken over; not told yet */
static core_fault seen;

void core_set_state(enum core_state to)
{
    atomic_store_explicit(&state, to, memory_order_release);
}

enum core_state core_state(void)
{
    return (enum core_state)atomic_load_explicit(&state, memory_order_acquire);
}

void core_guard(void)
{
    atomic_store_explicit(&guarded, true, memory_order_release);
}

bool core_is_guarded(void)
{
    return atomic_load_explicit(&guarded, memory_order_acquire);
}

/* On core 1, in its handler: from now on it only waits to be reset. */
_Noreturn void core_stop(const core_fault *f)
{
    seen = *f;
    core_set_state(CORE_FAULTED);
    atomic_store_explicit(&cores[0].rung, true, memory_order_release);
    __dsb();
    __sev();
    for (;;) {
        __wfe();
    }
}

core_fault core_seen(void)
{
    return core_state() == CORE_FAULTED ? seen : (core_fault){.kind = CORE_NO_FAULT};
}

/* On core 0, which has waited for the lock in vain: the caller takes it over. */
void core_died_with_lock(void)
{
    core1_reset();
    broken = true;
}

/* With the lock in hand, core 1 is not between two operations on a list of the kernel. */
enum core_end core_reset(void)
{
    uint32_t saved = yoke_port_lock();
    core1_end();
    yoke_port_unlock(saved);
    enum core_end end = broken ? CORE_ENDED_WITH_LOCK : CORE_ENDED_CLEAN;
    broken = false;
    return end;
}
