/* Core 1 from outside, and the record of its faults. */
#include "yoke/core.h"

#include "internal.h"

static bool guarded;
static bool stands_still;
static bool broken; /* the lock was taken over; not told yet */
static enum core_fault_kind fault;
static uint64_t fault_us;
static core_fault record;

void core_reset_state(bool power_on)
{
    guarded = stands_still = broken = false;
    fault = CORE_NO_FAULT;
    if (power_on) {
        record = (core_fault){.kind = CORE_NO_FAULT};
    }
}

void core_launched(void)
{
    stands_still = false;
    fault = CORE_NO_FAULT;
}

_Noreturn void sim_fault(uint32_t kind)
{
    fault = (enum core_fault_kind)kind;
    fault_us = yoke_port_now_us();
    sim_stall();
}

_Noreturn void sim_stall(void)
{
    stands_still = true;
    core_stands_still();
}

static void end(void)
{
    core_end();
    stands_still = false;
    fault = CORE_NO_FAULT;
}

bool core_breaks_lock(void)
{
    if (!guarded || !stands_still) {
        return false;
    }
    core_fault seen = core_seen();
    end();
    fault = (enum core_fault_kind)seen.kind;
    broken = true;
    return true;
}

void core_guard(void)
{
    guarded = true;
}

enum core_state core_state(void)
{
    if (fault != CORE_NO_FAULT) {
        return CORE_FAULTED;
    }
    return core_1_runs() ? CORE_RUNNING : CORE_OFF;
}

core_fault core_seen(void)
{
    core_fault f = {.kind = fault};
    if (fault != CORE_NO_FAULT) {
        f.core = 1;
        f.at_us = fault_us;
    }
    return f;
}

/* Nobody else holds the lock meanwhile: there is one thread, and the caller does not. */
enum core_end core_reset(void)
{
    yoke_port_unlock(yoke_port_lock());
    end();
    enum core_end how = broken ? CORE_ENDED_WITH_LOCK : CORE_ENDED_CLEAN;
    broken = false;
    return how;
}

bool core_fault_read(core_fault *f)
{
    *f = record;
    return record.kind != CORE_NO_FAULT;
}

void core_fault_write(const core_fault *f)
{
    record = *f;
}
