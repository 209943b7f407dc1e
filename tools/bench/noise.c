/* How much of the machine other programs used while the bench ran: below a few per cent is quiet.
 */
#define _GNU_SOURCE
#include "report.h"

#include <inttypes.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct {
    double busy_s; /* of all cores, by all programs */
    double own_s;  /* by this one */
    uint64_t ns;
} usage;

static double seconds(const struct timeval *t)
{
    return (double)t->tv_sec + (double)t->tv_usec * 1e-6;
}

/* False: this system does not tell. /proc/stat: user nice system idle iowait irq softirq. */
static bool read_usage(usage *u)
{
    uint64_t ticks[7] = {0};
    struct rusage own;
    FILE *f = fopen("/proc/stat", "r");
    if (!f) {
        return false;
    }
    size_t found = fscanf(f, "cpu") == 0 ? 0 : COUNT(ticks);
    while (found < COUNT(ticks) && fscanf(f, "%" SCNu64, &ticks[found]) == 1) {
        found++;
    }
    fclose(f);
    getrusage(RUSAGE_SELF, &own);
    uint64_t busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
    *u = (usage){.busy_s = (double)busy / (double)sysconf(_SC_CLK_TCK),
                 .own_s = seconds(&own.ru_utime) + seconds(&own.ru_stime),
                 .ns = now_ns()};
    return found == COUNT(ticks);
}

static usage at_start;
static bool known;

void noise_begin(void)
{
    known = read_usage(&at_start);
}

void print_noise(void)
{
    usage now;
    if (!known || !read_usage(&now)) {
        return;
    }
    double took_s = (double)(now.ns - at_start.ns) * 1e-9;
    double others_s = (now.busy_s - at_start.busy_s) - (now.own_s - at_start.own_s);
    double share = others_s / took_s / (double)sysconf(_SC_NPROCESSORS_ONLN) * 100;
    printf("\nin %.0f s; meanwhile other programs used %.0f %% of the machine\n", took_s,
           share > 0 ? share : 0);
}
