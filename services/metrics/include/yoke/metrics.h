/* Figures of the device, as text for Prometheus and as JSON: a row at a time, in whatever room the
 * caller has.
 *
 *   tables of sources ──▶ metrics_reader ──▶ metrics_text(): some whole rows ──▶ the caller's
 *   (each service's, or the app's)                 again until it answers 0
 *
 * A source is one figure with its name, its help and a function that reads it; it may have several
 * samples, told apart by labels. Names follow Prometheus' conventions: seconds and bytes, `_total`
 * on what only grows. Nothing is kept between two readings but the place, so a task may pause
 * between any two calls. */
#ifndef YOKE_METRICS_H
#define YOKE_METRICS_H

#include "yoke/app.h"

#define METRICS_ROW_MAX    384u /* bytes of what is written at once, at most */
#define METRICS_LABELS_MAX 96u  /* bytes of all labels of a sample; what is longer is cut off */
#define METRICS_NAME_MAX   48u  /* bytes of a quoted name; what is longer is cut off */

enum metrics_kind {
    METRICS_COUNTER,   /* only grows; starts again at 0, also after 2^32 */
    METRICS_GAUGE,     /* goes up and down */
    METRICS_HISTOGRAM, /* of microseconds, by powers of two, as in yoke_worker_stats */
};

typedef struct {
    int64_t value;                       /* a number of 10^-decimals units */
    uint32_t buckets[YOKE_LATE_BUCKETS]; /* METRICS_HISTOGRAM: this, and no value */
    char labels[METRICS_LABELS_MAX];     /* name="value",…: by metrics_label() */
    size_t labels_length;
} metrics_sample;

/* Constant; in a table whose last row has no name. */
typedef struct {
    const char *name; /* yoke_worker_runs_total: at most 48 characters */
    const char *help; /* one line, at most 120 characters */
    enum metrics_kind kind;
    uint8_t decimals; /* of the value: 6 where it is in microseconds and the name says seconds */
    /* The `n`-th sample, 0 first; false: there is none. `s` is zero before. Platform loop. */
    bool (*read)(unsigned n, metrics_sample *s);
} metrics_source;

/* Where a reading is. A copy of it reads the same rows again. */
typedef struct {
    const metrics_source *const *tables; /* the last is NULL */
    const metrics_source *source;
    uint16_t n, row; /* the sample, and which row of it */
} metrics_reader;

/* Begin to read `tables`, which ends with NULL. */
void metrics_begin(metrics_reader *r, const metrics_source *const *tables);

/* Write the next rows to `to`, as many as surely fit into `size` bytes, at least METRICS_ROW_MAX;
 * without a final 0. Answers how many bytes; 0: that was all. Platform loop. */
size_t metrics_text(metrics_reader *r, char *to, size_t size);

/* The same, one sample a call, as a member of a JSON object, without a comma:
 * "yoke_log_dropped_total{core=\"0\"}":0. Histograms are left out. */
size_t metrics_member(metrics_reader *r, char *to, size_t size);

/* Add `name="value"` to the labels of `s`, with what must be escaped escaped. */
void metrics_label(metrics_sample *s, const char *name, const char *value);

/* --- both loops ------------------------------------------------------- */

/* What metrics_loops tells of: the workers of `app`, and the tasks that services/inspect sees on
 * both loops. Once, before the first reading. */
void metrics_open(const yoke_app *app);

extern const metrics_source metrics_loops[];

/* Write the account of the `n`-th worker, or task, as a JSON object: the fields of
 * yoke_worker_stats and inspect_row under their own names. A worker's has two rows, 2n and 2n + 1,
 * the second with its histogram: no more than METRICS_ROW_MAX bytes each, which `size` has at
 * least. Answers how many bytes; 0: there is none. Platform loop. */
size_t metrics_worker_json(unsigned row, char *to, size_t size);
size_t metrics_task_json(unsigned n, char *to, size_t size);

/* `name` as a JSON string, in `to`, which has METRICS_NAME_MAX bytes; answers `to`. */
const char *metrics_quote(char *to, const char *name);

#endif
