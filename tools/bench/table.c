/* The table: one line a subject, for each figure the median and the spread of all runs. */
#define _GNU_SOURCE
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PEER_WIDTH  29
#define VALUE_WIDTH 8
#define RANGE_WIDTH 18

const bench_colours *colours(void)
{
    static const bench_colours none = {"", "", "", "", ""};
    static const bench_colours some = {"\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[0m"};
    const char *no_colour = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no_colour && *no_colour) ? &some : &none;
}

/* Three digits that count, never an exponent. */
static void format(char text[16], double value)
{
    int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : 3;
    snprintf(text, 16, "%.*f", decimals, value);
}

static void print_spread(const bench_spread *s)
{
    char median[16];
    char min[16];
    char max[16];
    char range[40];
    format(median, s->median);
    format(min, s->min);
    format(max, s->max);
    snprintf(range, sizeof range, "%s..%s", min, max);
    const bench_colours *c = colours();
    printf(" %*s %s%-*s%s", VALUE_WIDTH, median, c->dim, RANGE_WIDTH, range, c->plain);
}

static void print_subject(bench_result *r)
{
    const bench_colours *c = colours();
    bool ours = !strncmp(r->subject->peer, "yoke", 4);
    printf("  %s%-*s%s", ours ? c->bold : "", PEER_WIDTH, r->subject->peer, c->plain);
    if (r->wrong) {
        printf(" %sWRONG: a count at the end did not come out%s\n", c->bad, c->plain);
        return;
    }
    if (!r->runs) {
        printf(" not permitted to this user\n");
        return;
    }
    for (size_t i = 0; i < figure_count(r->family); i++) {
        bench_spread s = spread_of(r, i);
        print_spread(&s);
    }
    printf("\n");
}

void print_row(bench_result *results, size_t count)
{
    const bench_colours *c = colours();
    const bench_family *f = results[0].family;
    char title[64];
    snprintf(title, sizeof title, "%s, %s", results[0].row->name, f->unit);
    printf("\n%s%-*s%s", c->bold, PEER_WIDTH + 2, title, c->plain);
    for (size_t i = 0; i < figure_count(f); i++) {
        const char *name = *f->figures[i] ? f->figures[i] : "median";
        printf(" %*s %s%-*s%s", VALUE_WIDTH, name, c->dim, RANGE_WIDTH, "min..max", c->plain);
    }
    printf("\n");
    for (size_t i = 0; i < count; i++) {
        print_subject(&results[i]);
    }
    fflush(stdout);
}
