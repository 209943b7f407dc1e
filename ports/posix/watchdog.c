/* The watchdog: a timer of the system whose signal ends the process with a status that asks for
 * another start; why it began is handed over in a file (state.c). */
#define _GNU_SOURCE
#include "yoke/watchdog.h"

#include "internal.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#define START_AGAIN 75 /* EX_TEMPFAIL of sysexits.h: try again */
#define BARK_SIGNAL SIGRTMAX

static timer_t timer;
static bool exists;
static struct itimerspec limit;

static _Noreturn void restart(enum boot_reason why)
{
    state_write("boot", &why, sizeof why);
    _exit(START_AGAIN);
}

static void bark(int number)
{
    (void)number;
    static const char text[] = "yoke: the watchdog was not fed; the device restarts\n";
    if (write(STDERR_FILENO, text, sizeof text - 1) >= 0) {
        restart(BOOT_WATCHDOG);
    }
    restart(BOOT_WATCHDOG);
}

static bool make_timer(void)
{
    if (!exists) {
        struct sigaction action = {.sa_handler = bark};
        sigemptyset(&action.sa_mask);
        sigaction(BARK_SIGNAL, &action, NULL);
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = BARK_SIGNAL};
        exists = timer_create(CLOCK_MONOTONIC, &event, &timer) == 0;
    }
    return exists;
}

int watchdog_start(uint32_t ms)
{
    if (ms == 0 || ms > WATCHDOG_MS_MAX) {
        return YOKE_EINVAL;
    }
    state_open();
    if (!make_timer()) {
        return YOKE_EIO;
    }
    limit.it_value = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    watchdog_feed();
    return YOKE_OK;
}

void watchdog_feed(void)
{
    if (exists) {
        timer_settime(timer, 0, &limit, NULL);
    }
}

_Noreturn void watchdog_restart(void)
{
    state_open();
    restart(BOOT_REQUESTED);
}

enum boot_reason watchdog_boot_reason(void)
{
    static bool known;
    static enum boot_reason reason = BOOT_POWER_ON;
    if (!known) {
        known = true;
        state_open();
        if (!state_read("boot", &reason, sizeof reason) || reason > BOOT_REQUESTED) {
            reason = BOOT_POWER_ON;
        }
        state_remove("boot");
    }
    return reason;
}

static uint32_t kept_word;
static bool word_known;

uint32_t watchdog_word(void)
{
    bool kept = watchdog_boot_reason() != BOOT_POWER_ON;
    if (!word_known && (!kept || !state_read("word", &kept_word, sizeof kept_word))) {
        kept_word = 0;
    }
    word_known = true;
    return kept_word;
}

void watchdog_word_set(uint32_t word)
{
    (void)watchdog_boot_reason(); /* opens the folder */
    state_write("word", &word, sizeof word);
    kept_word = word;
    word_known = true;
}
