/* What the figures must reach on a host. A miss is shown, never hidden. */
#include "report.h"

/* A median: `figure` is the index among those of its family. */
typedef struct {
    const char *row;
    const char *peer; /* NULL: no such term */
    size_t figure;
} term;

/* `value`, divided by `by` if there is one, is to be at most `limit`. */
typedef struct {
    const char *what;
    const char *unit;
    term value;
    term by;
    double limit;
} target;

#define WORKER      "yoke, real-time, spin 300 us"
#define PLAIN_SLEEP "plain sleep, real-time"
#define LATENESS    "lateness, 10 ms worker"

static const target targets[] = {
    {"yield, 2 tasks", "ns", {"yield, 2 tasks", "yoke", 0}, {0}, 6},
    {"yield, 1,000 tasks", "ns", {"yield, 1,000 tasks", "yoke", 0}, {0}, 6},
    {"spawn and join", "ns", {"spawn and join", "yoke", 0}, {0}, 15},
    {"snapshot, nobody writes", "ns", {"snapshot, nobody writes", "yoke", 0}, {0}, 4},
    {"timer of 100 k, against one of 1 k",
     "times",
     {"timers, 100 k", "yoke", 0},
     {"timers, 1 k", "yoke", 0},
     2.5},
    {"timer of 100 k, against libev's",
     "times",
     {"timers, 100 k", "yoke", 0},
     {"timers, 100 k", "libev", 0},
     1},
    {"wake, loop polling, p50", "us", {"wake, loop polling", "yoke", 0}, {0}, 0.15},
    {"lateness of the worker, p99", "us", {LATENESS, WORKER, 1}, {0}, 1},
    {"the same, against the plain sleep's",
     "times",
     {LATENESS, WORKER, 1},
     {LATENESS, PLAIN_SLEEP, 1},
     1},
    {"its max, against the plain sleep's",
     "times",
     {LATENESS, WORKER, 2},
     {LATENESS, PLAIN_SLEEP, 2},
     1},
};

/* False: it was not measured. */
static bool evaluate(bench_report *all, const term *t, double *value)
{
    bench_result *r = find_result(all, t->row, t->peer);
    if (r) {
        *value = spread_of(r, t->figure).median;
    }
    return r;
}

/* Answers true when the target was missed. */
static bool print_target(bench_report *all, const target *t)
{
    const bench_colours *c = colours();
    double value = 0;
    double by = 1;
    if (!evaluate(all, &t->value, &value) || (t->by.peer && !evaluate(all, &t->by, &by))) {
        printf("  %-38s not measured\n", t->what);
        return false;
    }
    printf("  %-38s ", t->what);
    bool met = value <= t->limit * by;
    printf("%8.3g %-5s (at most %3g)  %s%s%s\n", value / by, t->unit, t->limit,
           met ? c->good : c->bad, met ? "met" : "MISSED", c->plain);
    return !met;
}

size_t print_targets(bench_report *all)
{
    size_t missed = 0;
    printf("\n%stargets%s\n", colours()->bold, colours()->plain);
    for (size_t i = 0; i < COUNT(targets); i++) {
        missed += print_target(all, &targets[i]);
    }
    return missed;
}
