/* Core 1 from outside: what state it is in, how it is ended wherever it stands, and the record of
 * what went wrong, which survives a reset.
 *
 *             yoke_port_launch()               a fault on core 1
 *   CORE_OFF ───────────────────▶ CORE_RUNNING ─────────────────▶ CORE_FAULTED
 *      ▲                               │                               │
 *      ├── its loop stopped ◀──────────┤                               │
 *      └── core_reset() ◀──────────────┴───────────────────────────────┘
 *
 * The lock (yoke/port.h). core_reset() takes it first, so that core 1 is not between two of its
 * list operations when it ends. If core 1 has died with it, the lock cannot be had: a port's
 * yoke_port_lock() on core 0 that has waited for longer than any holder may take ends core 1 itself
 * and takes the lock over, so the platform loop goes on. core_reset() tells. */
#ifndef YOKE_CORE_H
#define YOKE_CORE_H

#include "yoke/task.h"

enum core_state { CORE_OFF, CORE_RUNNING, CORE_FAULTED };

/* What the last end of core 1 left behind. */
enum core_end {
    CORE_ENDED_CLEAN,     /* nobody held the lock: the kernel's lists are whole */
    CORE_ENDED_WITH_LOCK, /* core 1 held it: what it guards may be half written */
};

enum core_fault_kind {
    CORE_NO_FAULT,
    CORE_STALL,     /* one turn of the app loop did not end */
    CORE_EXCEPTION, /* HardFault; a deadly signal on the host */
    CORE_STACK,     /* its stack overflowed */
    CORE_CHECK,     /* a numbered check failed; the whole device restarts */
};

#define CORE_NAME_MAX 23u

/* One fault. Plain bytes: kept as they are across a reset. */
typedef struct {
    uint32_t kind;                /* enum core_fault_kind */
    uint32_t core;                /* 0 or 1 */
    uint64_t at_us;               /* clock of that run */
    uint64_t address;             /* of the instruction; 0: unknown */
    uint32_t number;              /* of a check; the signal on the host; else 0 */
    uint32_t restarts;            /* of core 1 in that run, this one included */
    uint32_t left_off;            /* 1: core 1 was not started again, but left off */
    char name[CORE_NAME_MAX + 1]; /* of the worker, task or module; "": unknown */
} core_fault;

/* Begin to guard core 1: from now on a fault on it stops it alone (CORE_FAULTED) instead of the
 * whole device, and a lock that it died with is taken over. Platform loop, core 1 being off. */
void core_guard(void);

/* Any core. */
enum core_state core_state(void);

/* What the port saw of the fault that stopped core 1: kind, address, number; the rest is zero.
 * Kind CORE_NO_FAULT unless core_state() is CORE_FAULTED. Platform loop. */
core_fault core_seen(void);

/* End core 1 wherever it is, in a step, in a fault or asleep, and leave it ready for a launch; what
 * it has set going (DMA) runs out by itself. Off already: only tells how it ended. Platform loop.
 * On the chip some microseconds; on the host until the thread has gone. */
enum core_end core_reset(void);

/* --- the record ------------------------------------------------------- */

/* The fault recorded last, in this run or the one before: true, and `*f`. Chip: RAM that a reset
 * leaves alone; host: a file (ports/posix/README.md). Platform loop, also before it runs. */
bool core_fault_read(core_fault *f);

/* Record `f` in place of what was; kind CORE_NO_FAULT: forget it. Platform loop. */
void core_fault_write(const core_fault *f);

#endif
