/* How the loops wait, and the real-time priority of the app thread. */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define SPIN_US_MAX  1000000u
#define PRIORITY_MAX 99u
#define LOCK_US_MAX  60000000u

posix_tuning posix_tune = {
    .app_spin_us = 300, .platform_spin_us = 0, .app_priority = 50, .lock_limit_us = 1000000};

static void from_environment(const char *name, uint32_t *value, uint32_t max)
{
    const char *text = getenv(name);
    if (!text) {
        return;
    }
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || n > max) {
        fprintf(stderr, "yoke: %s=%s is not a number from 0 to %u; using %u\n", name, text, max,
                *value);
        return;
    }
    *value = (uint32_t)n;
}

__attribute__((constructor)) static void read_environment(void)
{
    from_environment("YOKE_APP_SPIN_US", &posix_tune.app_spin_us, SPIN_US_MAX);
    from_environment("YOKE_PLATFORM_SPIN_US", &posix_tune.platform_spin_us, SPIN_US_MAX);
    from_environment("YOKE_APP_PRIORITY", &posix_tune.app_priority, PRIORITY_MAX);
    from_environment("YOKE_LOCK_LIMIT_US", &posix_tune.lock_limit_us, LOCK_US_MAX);
}

static void say_once(int error)
{
    static bool said;
    if (!said) {
        fprintf(stderr,
                "yoke: no real-time priority for the app loop (%s); it keeps its times as well as "
                "the system lets it\n",
                strerror(error));
    }
    said = true;
}

void tuning_for_app_thread(void)
{
    prctl(PR_SET_TIMERSLACK, 1UL);
    struct sched_param how = {.sched_priority = (int)posix_tune.app_priority};
    if (how.sched_priority == 0) {
        return;
    }
    int error = pthread_setschedparam(pthread_self(), SCHED_FIFO, &how);
    if (error) {
        say_once(error);
    }
}
