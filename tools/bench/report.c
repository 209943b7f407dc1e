/* Medians, and the JSON file. */
#define _GNU_SOURCE
#include "report.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_MAX_BYTES 4096

size_t figure_count(const bench_family *f)
{
    size_t n = 0;
    while (n < BENCH_FIGURES && f->figures[n]) {
        n++;
    }
    return n;
}

bench_spread spread_of(bench_result *r, size_t index)
{
    double *samples = r->samples[index];
    double upper = percentile(samples, r->runs, 50);
    double median = upper;
    if (r->runs % 2 == 0) {
        median = (samples[r->runs / 2 - 1] + samples[r->runs / 2]) / 2;
    }
    return (bench_spread){.median = median, .min = samples[0], .max = samples[r->runs - 1]};
}

bench_result *find_result(bench_report *all, const char *row, const char *peer)
{
    for (size_t i = 0; i < all->count; i++) {
        bench_result *r = &all->all[i];
        if (!strcmp(r->row->name, row) && !strcmp(r->subject->peer, peer)) {
            return r->runs && !r->wrong ? r : NULL;
        }
    }
    return NULL;
}

/* Make the folders of `path`. */
static void make_folders(const char *path)
{
    char folder[PATH_MAX_BYTES];
    for (const char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        size_t length = (size_t)(at - path);
        if (length < sizeof folder) {
            memcpy(folder, path, length);
            folder[length] = '\0';
            mkdir(folder, 0777); /* it is there, or opening the file will say why not */
        }
    }
}

/* Our own names have nothing that JSON would want escaped. */
static void write_figure(FILE *f, bench_result *r, size_t index, const char *separator)
{
    bench_spread s = spread_of(r, index);
    const char *figure = r->family->figures[index];
    fprintf(f,
            "%s  {\"name\": \"%s%s%s\", \"value\": %.6g, \"unit\": \"%s\", \"peer\": \"%s\", "
            "\"min\": %.6g, \"max\": %.6g, \"runs\": %u}",
            separator, r->row->name, *figure ? ", " : "", figure, s.median, r->family->unit,
            r->subject->peer, s.min, s.max, r->runs);
}

static void write_figures(FILE *f, bench_report *all)
{
    const char *separator = "";
    fputs("[\n", f);
    for (size_t i = 0; i < all->count; i++) {
        bench_result *r = &all->all[i];
        for (size_t k = 0; r->runs && !r->wrong && k < figure_count(r->family); k++) {
            write_figure(f, r, k, separator);
            separator = ",\n";
        }
    }
    fputs("\n]\n", f);
}

bool write_json(bench_report *all, const char *path)
{
    make_folders(path);
    FILE *f = fopen(path, "w");
    bool ok = f;
    if (ok) {
        write_figures(f, all);
        ok = !ferror(f);
        ok = fclose(f) == 0 && ok;
    }
    if (!ok) {
        fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
    }
    return ok;
}
