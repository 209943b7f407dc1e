/* The account of runs, in one word that survives: mark, why the run ended, how many have failed. */
#include "yoke/boot.h"

#include <stdio.h>

#define MARK       0xb0070000u /* a word that is not there by chance */
#define MARK_MASK  0xffff0000u
#define FAILED_MAX 255u

static boot_account account;
static bool is_healthy;

static void write_word(enum boot_restart why, unsigned failed)
{
    watchdog_word_set(MARK | (uint32_t)why << 8 | (failed < FAILED_MAX ? failed : FAILED_MAX));
}

/* In order, if somebody has written why; the watchdog may have come in between even then. */
static enum boot_cause cause_of(enum boot_restart why)
{
    switch (watchdog_boot_reason()) {
    case BOOT_POWER_ON:
        return BOOT_BY_POWER;
    case BOOT_WATCHDOG:
        return why ? BOOT_BY_RESTART : BOOT_BY_WATCHDOG;
    default:
        return why ? BOOT_BY_RESTART : BOOT_BY_FAULT;
    }
}

/* Until it is healthy or ends in order, this run is one that has failed. */
void boot_open(void)
{
    uint32_t word = watchdog_word();
    word = (word & MARK_MASK) == MARK ? word : 0;
    enum boot_restart why = (enum boot_restart)(word >> 8 & 0xff);
    is_healthy = false;
    account.cause = cause_of(why);
    account.restart = account.cause == BOOT_BY_RESTART ? why : RESTART_NONE;
    account.failed = word & FAILED_MAX;
    account.safe = account.failed >= BOOT_FAILED_MAX;
    write_word(RESTART_NONE, account.failed + 1);
}

const boot_account *boot_now(void)
{
    return &account;
}

void boot_is_healthy(void)
{
    is_healthy = true;
    write_word(RESTART_NONE, 0);
}

void boot_ends(enum boot_restart why)
{
    unsigned failed = is_healthy ? 0 : account.failed;
    write_word(why, why == RESTART_FAILED_START ? failed + 1 : failed);
}

static const char *cause_text(void)
{
    static const char *const causes[] = {
        [BOOT_BY_POWER] = "started by power-on",
        [BOOT_BY_WATCHDOG] = "restarted by the watchdog",
        [BOOT_BY_FAULT] = "restarted after a fault",
    };
    static const char *const restarts[] = {
        [RESTART_NONE] = "restarted",
        [RESTART_COMMAND] = "restarted on command",
        [RESTART_BUTTON] = "restarted by a button",
        [RESTART_FACTORY_RESET] = "restarted after a factory reset",
        [RESTART_UPDATE] = "restarted after an update",
        [RESTART_FAILED_START] = "restarted after a failed start",
        [RESTART_END] = "restarted after its end",
    };
    if (account.cause != BOOT_BY_RESTART) {
        return causes[account.cause];
    }
    bool known = account.restart < sizeof restarts / sizeof *restarts;
    return restarts[known ? account.restart : RESTART_NONE];
}

const char *boot_text(char *text)
{
    int n = snprintf(text, BOOT_TEXT_MAX, "%s", cause_text());
    if (account.failed) {
        snprintf(text + n, BOOT_TEXT_MAX - (size_t)n, "; %s%u failed start%s before it",
                 account.safe ? "safe mode after " : "", account.failed,
                 account.failed == 1 ? "" : "s");
    }
    return text;
}
