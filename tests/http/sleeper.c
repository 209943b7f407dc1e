/* What a thread sees that only sleeps until each next 10 ms, with real-time priority if that is
 * given: what the system itself makes late. It runs until its input ends, then prints one line. */
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>

#define PERIOD_NS INT64_C(10000000)
#define PRIORITY  50

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_until(int64_t ns)
{
    struct timespec until = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0) {
    }
}

static bool input_ended(void)
{
    struct pollfd input = {.fd = 0, .events = POLLIN};
    return poll(&input, 1, 0) > 0;
}

int main(void)
{
    struct sched_param how = {.sched_priority = PRIORITY};
    bool real_time = sched_setscheduler(0, SCHED_FIFO, &how) == 0;
    prctl(PR_SET_TIMERSLACK, 1UL);
    int64_t frames = 0, missed = 0, latest = 0, due = now_ns();
    while (!input_ended()) {
        due += PERIOD_NS;
        sleep_until(due);
        int64_t late = now_ns() - due;
        frames++;
        missed += late / PERIOD_NS;
        due += late / PERIOD_NS * PERIOD_NS;
        latest = late > latest ? late : latest;
    }
    printf("{\"realTime\":%s,\"frames\":%lld,\"missed\":%lld,\"late_us\":%lld}\n",
           real_time ? "true" : "false", (long long)frames, (long long)missed,
           (long long)(latest / 1000));
    return 0;
}
