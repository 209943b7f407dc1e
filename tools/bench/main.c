/* One command, one table: Yoke's kernel beside what else one could take on a host. */
#define _GNU_SOURCE
#include "report.h"

#include <fnmatch.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define RUNS_DEFAULT  5u
#define RUNS_QUICK    3u
#define QUICK_DIVISOR 4u

static const bench_family *const families[] = {
    &yield_family,        &spawn_family, &timers_family,   &wake_asleep_family,
    &wake_polling_family, &ring_family,  &snapshot_family, &lateness_family,
};

typedef struct {
    const char *only; /* pattern; NULL: all */
    const char *json;
    uint32_t runs;
    bool quick;
    bool check;
    bool list;
} options;

static bench_report report;

/* --- what is to be measured ------------------------------------------------------------------- */

static bool is_wanted(const options *o, const bench_row *row, const bench_subject *s)
{
    char name[128];
    char pattern[128];
    snprintf(name, sizeof name, "%s: %s", row->name, s->peer);
    snprintf(pattern, sizeof pattern, "*%s*", o->only ? o->only : "");
    return fnmatch(pattern, name, 0) == 0;
}

static void add_subjects(const options *o, const bench_family *f, const bench_row *row,
                         const bench_subject *list)
{
    for (; list->peer; list++) {
        if (list->kind == f->kind && is_wanted(o, row, list) && report.count < RESULTS_MAX) {
            report.all[report.count++] = (bench_result){.family = f, .row = row, .subject = list};
        }
    }
}

static void add_row(const options *o, const bench_family *f, const bench_row *row)
{
    add_subjects(o, f, row, f->own);
    for (size_t i = 0; bench_peers[i]; i++) {
        add_subjects(o, f, row, bench_peers[i]);
    }
}

/* --- measuring -------------------------------------------------------------------------------- */

static void show_progress(const bench_result *r, uint32_t run, uint32_t runs)
{
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K%s: %s (run %u of %u)\r", r->row->name, r->subject->peer, run + 1,
                runs);
    }
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K");
    }
}

static void measure(const options *o, bench_result *r)
{
    const bench_subject *s = r->subject;
    double figures[BENCH_FIGURES] = {0};
    if (r->wrong || (s->possible && !s->possible())) {
        return;
    }
    uint32_t work = r->row->work / (s->slower ? s->slower : 1) / (o->quick ? QUICK_DIVISOR : 1);
    bench_case c = {.n = r->row->n, .work = work ? work : 1, .arg = s->arg};
    show_progress(r, r->runs, o->runs);
    r->wrong = !s->run(&c, figures);
    for (size_t i = 0; i < BENCH_FIGURES; i++) {
        r->samples[i][r->runs] = figures[i];
    }
    r->runs++;
}

/* Side by side: each subject once, then each again. Answers false when a count was wrong. */
static bool measure_row(const options *o, const bench_family *f, const bench_row *row)
{
    size_t from = report.count;
    bool ok = true;
    add_row(o, f, row);
    for (uint32_t run = 0; run < o->runs; run++) {
        for (size_t i = from; i < report.count; i++) {
            measure(o, &report.all[i]);
            ok &= !report.all[i].wrong;
        }
    }
    clear_progress();
    if (report.count > from) {
        print_row(&report.all[from], report.count - from);
    }
    return ok;
}

static void print_head(const options *o)
{
    struct utsname system;
    uname(&system);
    printf("%syoke bench%s: %u runs%s, each figure the median; %ld cores, %s %s\n", colours()->bold,
           colours()->plain, o->runs, o->quick ? " of a quarter of the work" : "",
           sysconf(_SC_NPROCESSORS_ONLN), system.sysname, system.release);
    printf("%s %s\n", bench_compiler, bench_flags);
    for (size_t i = 0; bench_absent[i]; i++) {
        printf("%s is not installed here and left out\n", bench_absent[i]);
    }
}

static int run_all(const options *o)
{
    bool ok = true;
    print_head(o);
    noise_begin();
    for (size_t i = 0; i < COUNT(families); i++) {
        for (size_t k = 0; k < families[i]->row_count; k++) {
            ok &= measure_row(o, families[i], &families[i]->rows[k]);
        }
    }
    if (report.count == 0) {
        fprintf(stderr, "bench: nothing is named like \"%s\"; see --list\n", o->only);
        return 2;
    }
    size_t missed = print_targets(&report);
    print_noise();
    bool written = write_json(&report, o->json);
    if (!ok) {
        fprintf(stderr, "bench: a count came out wrong\n");
    }
    return !ok || !written ? 2 : o->check && missed ? 1 : 0;
}

static int list_all(const options *o)
{
    for (size_t i = 0; i < COUNT(families); i++) {
        for (size_t k = 0; k < families[i]->row_count; k++) {
            add_row(o, families[i], &families[i]->rows[k]);
        }
    }
    for (size_t i = 0; i < report.count; i++) {
        printf("%s: %s\n", report.all[i].row->name, report.all[i].subject->peer);
    }
    return 0;
}

/* --- options ---------------------------------------------------------------------------------- */

static int help(FILE *to, int answer)
{
    fputs("usage: bench [options]\n"
          "  --quick         a quarter of the work, 3 runs: to see that all is well (30 s)\n"
          "  --only PATTERN  measure what has PATTERN in \"row: peer\"; * and ? as in a shell\n"
          "  --runs N        runs of each, 1 to 101; default 5, and no fewer for the full table\n"
          "  --json FILE     where every figure goes; default build/report/bench.json\n"
          "  --check         exit code 1 when a target is missed\n"
          "  --list          name all there is to measure\n"
          "  --help          this\n"
          "exit code: 0 measured, 1 target missed (--check), 2 a count was wrong or bad usage\n",
          to);
    return answer;
}

static bool take_runs(options *o, const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    o->runs = (uint32_t)n;
    return *text >= '1' && *text <= '9' && !*end && n <= BENCH_RUNS_MAX;
}

enum { QUICK, ONLY, RUNS, JSON, CHECK, LIST, HELP };

static const struct option known[] = {
    {"quick", no_argument, NULL, QUICK},     {"only", required_argument, NULL, ONLY},
    {"runs", required_argument, NULL, RUNS}, {"json", required_argument, NULL, JSON},
    {"check", no_argument, NULL, CHECK},     {"list", no_argument, NULL, LIST},
    {"help", no_argument, NULL, HELP},       {0},
};

/* False: not an option of ours, or without a value that makes sense. */
static bool take_option(options *o, int option)
{
    switch (option) {
    case QUICK:
        return o->quick = true;
    case ONLY:
        o->only = optarg;
        return true;
    case RUNS:
        return take_runs(o, optarg);
    case JSON:
        o->json = optarg;
        return true;
    case CHECK:
        return o->check = true;
    case LIST:
        return o->list = true;
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    options o = {.json = "build/report/bench.json"};
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) >= 0) {
        if (option == HELP) {
            return help(stdout, 0);
        }
        if (!take_option(&o, option)) {
            return help(stderr, 2);
        }
    }
    if (optind < argc) {
        return help(stderr, 2);
    }
    if (o.list) {
        return list_all(&o);
    }
    if (!o.runs) {
        o.runs = o.quick ? RUNS_QUICK : RUNS_DEFAULT;
    } else if (o.runs < RUNS_DEFAULT && !o.quick && !o.only) {
        fprintf(stderr, "bench: the full table takes at least %u runs\n", RUNS_DEFAULT);
        return 2;
    }
    return run_all(&o);
}
