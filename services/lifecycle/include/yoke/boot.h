/* Why this run of the device began, and whether the runs before it ever became healthy.
 *
 *   boot_open() ── healthy or restarted in order ──▶ failed: 0, or as it was
 *       │
 *       └── neither: a fault, the watchdog, a failed start ──▶ the next run sees one more failed
 *
 * After BOOT_FAILED_MAX of these in a row the device is in safe mode: yoke/startup.h leaves out
 * what the app has marked, the app loop first of all, so that it can be mended from outside. The
 * count is in a word that a restart leaves alone. It begins anew with the power: people switch
 * lamps off and on at the wall, and a lamp that stays dark after five times would be broken. */
#ifndef YOKE_BOOT_H
#define YOKE_BOOT_H

#include "yoke/watchdog.h"

#define BOOT_FAILED_MAX 5u  /* in a row: safe mode */
#define BOOT_TEXT_MAX   80u /* bytes of boot_text(), with its final 0 */

enum boot_cause {
    BOOT_BY_POWER,    /* or the reset pin */
    BOOT_BY_WATCHDOG, /* a loop did not live */
    BOOT_BY_FAULT,    /* a failed check or an exception, which yoke/core.h has recorded */
    BOOT_BY_RESTART,  /* in order, for the sake of `restart` */
};

/* Why a run ended in order. */
enum boot_restart {
    RESTART_NONE,
    RESTART_COMMAND,       /* from the console or the network */
    RESTART_BUTTON,        /* … a button */
    RESTART_FACTORY_RESET, /* the configuration has been cleared */
    RESTART_UPDATE,        /* new firmware is in place */
    RESTART_FAILED_START,  /* a step did not start: counts as failed */
    RESTART_END,           /* the program has ended; whatever began the next run */
};

typedef struct {
    enum boot_cause cause;
    enum boot_restart restart; /* of BOOT_BY_RESTART */
    unsigned failed;           /* runs in a row before this one; at most 255 */
    bool safe;                 /* safe mode */
} boot_account;

/* Take the account over from the last run. Once, first of all in main(). */
void boot_open(void);

/* The account of this run. Either loop. */
const boot_account *boot_now(void);

/* This run is as it should be: none has failed. Platform loop. */
void boot_is_healthy(void);

/* This run ends in order, because of `why`. Platform loop, or after it. */
void boot_ends(enum boot_restart why);

/* What the account says, as a sentence without a full stop: "restarted on command; safe mode …";
 * `text` has room for BOOT_TEXT_MAX bytes. Either loop. */
const char *boot_text(char *text);

#endif
