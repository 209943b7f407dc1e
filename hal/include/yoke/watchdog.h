/* The watchdog: restarts the whole device unless it is fed. And why the device started, with a word
 * that one run leaves for the next. */
#ifndef YOKE_WATCHDOG_H
#define YOKE_WATCHDOG_H

#include "yoke/task.h"

/* RP2040: a counter of 24 bits that loses two a microsecond (data sheet, erratum RP2040-E1). */
#define WATCHDOG_MS_MAX 8300u

enum boot_reason {
    BOOT_POWER_ON,  /* or the reset pin */
    BOOT_WATCHDOG,  /* it was not fed */
    BOOT_REQUESTED, /* watchdog_restart(), or a failed check */
};

/* From now on the device restarts when it is not fed for `ms`, 1 to WATCHDOG_MS_MAX; it cannot be
 * stopped any more, but started anew with another time. YOKE_EINVAL: out of range. YOKE_EIO: the
 * machine refused. Platform loop. */
int watchdog_start(uint32_t ms);

/* Not started: no effect. Platform loop. */
void watchdog_feed(void);

/* Restart the whole device now. On the host the process ends with status 75, which asks whoever
 * started it to start it again. Any core, any interrupt. */
_Noreturn void watchdog_restart(void);

/* Why this run began. Any core. */
enum boot_reason watchdog_boot_reason(void);

/* A word that a restart of the device leaves as it is; 0 after BOOT_POWER_ON. Platform loop, also
 * before it runs. */
uint32_t watchdog_word(void);
void watchdog_word_set(uint32_t word);

#endif
