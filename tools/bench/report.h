/* What was measured, and the three ways it is shown: the table, the targets, the JSON file. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "bench.h"

#include <stdio.h>

#define RESULTS_MAX 160

/* One subject of one row, over all runs. */
typedef struct {
    const bench_family *family;
    const bench_row *row;
    const bench_subject *subject;
    uint32_t runs;
    bool wrong; /* a count did not come out: no figure */
    double samples[BENCH_FIGURES][BENCH_RUNS_MAX];
} bench_result;

typedef struct {
    double median;
    double min;
    double max;
} bench_spread;

typedef struct {
    bench_result all[RESULTS_MAX];
    size_t count;
} bench_report;

/* --- report.c --------------------------------------------------------------------------------- */

/* How many figures a family has. */
size_t figure_count(const bench_family *f);

/* Figure `index` of `r`: sorts its samples. */
bench_spread spread_of(bench_result *r, size_t index);

/* The result of that row, figure and peer; NULL: it was not measured, or came out wrong. */
bench_result *find_result(bench_report *all, const char *row, const char *peer);

/* Write every figure to `path`, making its folders. False, with a line on stderr: impossible. */
bool write_json(bench_report *all, const char *path);

/* --- table.c ---------------------------------------------------------------------------------- */

typedef struct {
    const char *bold;
    const char *dim;
    const char *good;
    const char *bad;
    const char *plain;
} bench_colours;

/* Colours for a terminal without NO_COLOR, else none. */
const bench_colours *colours(void);

void print_row(bench_result *results, size_t count);

/* --- noise.c: what other programs use meanwhile ----------------------------------------------- */

void noise_begin(void);
void print_noise(void);

/* --- targets.c -------------------------------------------------------------------------------- */

/* Print each target with its figure; answers how many were missed. */
size_t print_targets(bench_report *all);

#endif
