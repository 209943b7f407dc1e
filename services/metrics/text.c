/* The text form, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats */
#include "loops.h"

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

const char *metrics_digits(char to[METRICS_DIGITS], uint64_t n, unsigned width)
{
    char *at = &to[METRICS_DIGITS - 1];
    *at = '\0';
    for (unsigned i = 0; at != to && (n || i < width); i++) {
        *--at = (char)('0' + n % 10);
        n /= 10;
    }
    return at;
}

/* 1234567 with 6 decimals is 1.234567: no floating point, so nothing is lost. */
static void print_number(paper *p, int64_t value, unsigned decimals)
{
    uint64_t whole = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t unit = 1;
    for (unsigned i = 0; i < decimals; i++) {
        unit *= 10;
    }
    char digits[METRICS_DIGITS];
    print(p, "%s%s", value < 0 ? "-" : "", metrics_digits(digits, whole / unit, 1));
    if (decimals) {
        print(p, ".%s", metrics_digits(digits, whole % unit, decimals));
    }
}

/* --- rows ------------------------------------------------------------ */

static void print_head(paper *p, const metrics_source *source)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    print(p, "# HELP %s %s\n", source->name, source->help);
    print(p, "# TYPE %s %s\n", source->name, kinds[source->kind]);
}

static void print_series(paper *p, const char *name, const metrics_sample *s)
{
    print(p, "%s", name);
    if (s->labels_length) {
        print(p, "{%.*s}", (int)s->labels_length, s->labels);
    }
}

static void print_value(paper *p, const metrics_source *source, const metrics_sample *s)
{
    print_series(p, source->name, s);
    print(p, " ");
    print_number(p, s->value, source->decimals);
    print(p, "\n");
}

/* Row k: how many were less than 2^k us; the last has them all. There is no sum, so no row tells
 * one. */
static void print_bucket(paper *p, const metrics_source *source, const metrics_sample *s,
                         unsigned row)
{
    char digits[METRICS_DIGITS];
    uint64_t sum = 0;
    for (unsigned i = 0; i <= row; i++) {
        sum += s->buckets[i];
    }
    print(p, "%s_bucket{%.*s%sle=\"", source->name, (int)s->labels_length, s->labels,
          s->labels_length ? "," : "");
    if (row < YOKE_LATE_BUCKETS - 1) {
        print_number(p, INT64_C(1) << row, 6);
        print(p, "\"} %s\n", metrics_digits(digits, sum, 1));
        return;
    }
    print(p, "+Inf\"} %s\n%s_count", metrics_digits(digits, sum, 1), source->name);
    print_series(p, "", s);
    print(p, " %s\n", metrics_digits(digits, sum, 1));
}

/* --- the walk -------------------------------------------------------- */

/* To a source that there is, or to the end. */
static void skip_ends(metrics_reader *r)
{
    while (r->tables[0] && !r->source->name) {
        r->source = *++r->tables;
    }
}

static void next_source(metrics_reader *r)
{
    r->n = r->row = 0;
    r->source++;
    skip_ends(r);
}

/* The sample that the reader stands at, or the first one of a later source; false: the end. */
static bool find_sample(metrics_reader *r, metrics_sample *s)
{
    while (r->tables[0]) {
        memset(s, 0, sizeof *s);
        if (r->source->read(r->n, s)) {
            return true;
        }
        next_source(r);
    }
    return false;
}

/* Row 0 of the first sample is the head of all. */
static bool print_row(paper *p, metrics_reader *r)
{
    metrics_sample s;
    if (!find_sample(r, &s)) {
        return false;
    }
    unsigned head = r->n == 0;
    bool is_histogram = r->source->kind == METRICS_HISTOGRAM;
    if (r->row < head) {
        print_head(p, r->source);
    } else if (is_histogram) {
        print_bucket(p, r->source, &s, r->row - head);
    } else {
        print_value(p, r->source, &s);
    }
    if (++r->row == head + (is_histogram ? YOKE_LATE_BUCKETS : 1)) {
        r->row = 0;
        r->n++;
    }
    return true;
}

void metrics_begin(metrics_reader *r, const metrics_source *const *tables)
{
    *r = (metrics_reader){.tables = tables, .source = tables[0]};
    skip_ends(r);
}

size_t metrics_text(metrics_reader *r, char *to, size_t size)
{
    paper p = {.to = to, .room = size};
    while (p.room - p.length >= METRICS_ROW_MAX && print_row(&p, r)) {
    }
    return p.length;
}

/* --- JSON ------------------------------------------------------------ */

static void print_quoted(paper *p, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            print(p, "\\%c", c);
        } else if (c < ' ' || c == 0x7f) {
            print(p, "\\u%04x", c);
        } else {
            print(p, "%c", c);
        }
    }
}

const char *metrics_quote(char *to, const char *name)
{
    paper p = {.to = to, .room = METRICS_NAME_MAX - 1}; /* of which one is for the end */
    print(&p, "\"");
    for (; *name && p.length + 7 < p.room; name++) {
        print_quoted(&p, name, 1);
    }
    p.room++;
    print(&p, "\"");
    return to;
}

size_t metrics_member(metrics_reader *r, char *to, size_t size)
{
    metrics_sample s;
    paper p = {.to = to, .room = size};
    while (find_sample(r, &s) && r->source->kind == METRICS_HISTOGRAM) {
        next_source(r);
    }
    if (!r->tables[0]) {
        return 0;
    }
    print(&p, "\"%s", r->source->name);
    if (s.labels_length) {
        print(&p, "{");
        print_quoted(&p, s.labels, s.labels_length);
        print(&p, "}");
    }
    print(&p, "\":");
    print_number(&p, s.value, r->source->decimals);
    r->n++;
    return p.length;
}
