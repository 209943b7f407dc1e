/* The text form, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats */
#include "yoke/metrics.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char *to;
    size_t room, length;
} paper;

/* What does not fit is cut off; METRICS_ROW_MAX and the limits of the names see that it does. */
__attribute__((format(printf, 2, 3))) static void print(paper *p, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int n = vsnprintf(p->to + p->length, p->room - p->length, format, values);
    va_end(values);
    p->length += n > 0 ? (size_t)n : 0;
    if (p->length >= p->room) {
        p->length = p->room - 1;
    }
}

/* --- labels ---------------------------------------------------------- */

static bool put(metrics_sample *s, const char *text, size_t size)
{
    if (s->labels_length + size >= METRICS_LABELS_MAX) {
        return false;
    }
    memcpy(s->labels + s->labels_length, text, size);
    s->labels_length += size;
    return true;
}

static bool put_escaped(metrics_sample *s, char c)
{
    switch (c) {
    case '\\':
        return put(s, "\\\\", 2);
    case '"':
        return put(s, "\\\"", 2);
    case '\n':
        return put(s, "\\n", 2);
    default:
        return put(s, &c, 1);
    }
}

/* The quote at the end has its room before the value is written. */
void metrics_label(metrics_sample *s, const char *name, const char *value)
{
    size_t before = s->labels_length;
    bool fits = (!before || put(s, ",", 1)) && put(s, name, strlen(name)) && put(s, "=\"", 2);
    if (!fits || s->labels_length + 1 >= METRICS_LABELS_MAX) {
        s->labels_length = before;
        return;
    }
    while (*value && s->labels_length + 3 < METRICS_LABELS_MAX && put_escaped(s, *value)) {
        value++;
    }
    put(s, "\"", 1);
}

/* --- numbers --------------------------------------------------------- */

/* 1234567 with 6 decimals is 1.234567: no floating point, so nothing is lost. */
static void print_number(paper *p, int64_t value, unsigned decimals)
{
    uint64_t whole = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t unit = 1;
    for (unsigned i = 0; i < decimals; i++) {
        unit *= 10;
    }
    print(p, "%s%llu", value < 0 ? "-" : "", (unsigned long long)(whole / unit));
    if (decimals) {
        print(p, ".%0*llu", (int)decimals, (unsigned long long)(whole % unit));
    }
}

/* --- rows ------------------------------------------------------------ */

static void print_head(paper *p, const metrics_source *source)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    print(p, "# HELP %s %s\n", source->name, source->help);
    print(p, "# TYPE %s %s\n", source->name, kinds[source->kind]);
}

static void print_labels(paper *p, const metrics_sample *s)
{
    if (s->labels_length) {
        print(p, "{%.*s}", (int)s->labels_length, s->labels);
    }
}

static void print_value(paper *p, const metrics_source *source, const metrics_sample *s)
{
    print(p, "%s", source->name);
    print_labels(p, s);
    print(p, " ");
    print_number(p, s->value, source->decimals);
    print(p, "\n");
}

/* Row k: how many were less than 2^k us. There is no sum of them, so no row tells one. */
static void print_bucket(paper *p, metrics_reader *r)
{
    const metrics_sample *s = &r->sample;
    const char *comma = s->labels_length ? "," : "";
    r->sum += s->buckets[r->row];
    print(p, "%s_bucket{%.*s%sle=\"", r->source->name, (int)s->labels_length, s->labels, comma);
    if (r->row == YOKE_LATE_BUCKETS - 1) {
        print(p, "+Inf");
    } else {
        print_number(p, INT64_C(1) << r->row, 6);
    }
    print(p, "\"} %llu\n", (unsigned long long)r->sum);
}

static void print_count(paper *p, const metrics_reader *r)
{
    print(p, "%s_count", r->source->name);
    print_labels(p, &r->sample);
    print(p, " %llu\n", (unsigned long long)r->sum);
}

/* --- the walk -------------------------------------------------------- */

static unsigned rows_of(const metrics_source *source)
{
    return source->kind == METRICS_HISTOGRAM ? YOKE_LATE_BUCKETS + 1 : 1;
}

/* The next sample of this source; false: it has no more. */
static bool next_sample(metrics_reader *r)
{
    memset(&r->sample, 0, sizeof r->sample);
    r->sum = 0;
    r->row = 0;
    return r->source->read(r->n++, &r->sample);
}

static void next_source(metrics_reader *r)
{
    r->n = r->row = 0;
    r->source++;
    while (r->tables[0] && !r->source->name) {
        r->source = *++r->tables;
    }
}

/* A source without a sample has no head either. */
static void print_row(paper *p, metrics_reader *r)
{
    if (r->n == 0 || r->row == rows_of(r->source)) {
        bool first = r->n == 0;
        if (!next_sample(r)) {
            next_source(r);
            return;
        }
        if (first) {
            print_head(p, r->source);
            return;
        }
    }
    if (r->source->kind != METRICS_HISTOGRAM) {
        print_value(p, r->source, &r->sample);
    } else if (r->row < YOKE_LATE_BUCKETS) {
        print_bucket(p, r);
    } else {
        print_count(p, r);
    }
    r->row++;
}

void metrics_begin(metrics_reader *r, const metrics_source *const *tables)
{
    memset(r, 0, sizeof *r);
    r->tables = tables;
    r->source = tables[0];
    while (r->tables[0] && !r->source->name) {
        r->source = *++r->tables;
    }
}

size_t metrics_text(metrics_reader *r, char *to, size_t size)
{
    paper p = {.to = to, .room = size};
    while (r->tables[0] && p.room - p.length > METRICS_ROW_MAX - 1) {
        print_row(&p, r);
    }
    return p.length;
}
