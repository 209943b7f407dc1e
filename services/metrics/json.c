/* The accounts of one worker and of one task, as JSON. */
#include "loops.h"

#include "yoke/inspect.h"
#include "yoke/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What does not fit is not written at all; METRICS_ROW_MAX sees that it does. */
static size_t length_of(int n, size_t size)
{
    return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

static size_t account(const yoke_worker *w, const yoke_worker_stats *a, char *to, size_t size)
{
    static const char *const states[] = {"off", "active", "degraded", "quarantined"};
    char name[METRICS_NAME_MAX], after[METRICS_NAME_MAX] = "null";
    if (a->late_after) {
        metrics_quote(after, a->late_after->name);
    }
    int n = snprintf(
        to, size,
        "{\"name\":%s,\"state\":\"%s\",\"period_us\":%" PRIu32 ",\"budget_us\":%" PRIu32
        ",\"runs\":%" PRIu32 ",\"run_us_last\":%" PRIu32 ",\"run_us_longest\":%" PRIu32
        ",\"run_us_total\":%" PRIu32 ",\"late_us_longest\":%" PRIu32 ",\"late_after\":%s,",
        metrics_quote(name, w->name), states[a->state], w->period_us, w->budget_us, a->runs,
        a->run_us_last, a->run_us_longest, a->run_us_total, a->late_us_longest, after);
    return length_of(n, size);
}

/* The buckets up to the last that is not 0. */
static int put_late(char *to, size_t size, const uint32_t *late)
{
    unsigned count = YOKE_LATE_BUCKETS;
    int n = 0;
    while (count && !late[count - 1]) {
        count--;
    }
    for (unsigned i = 0; i < count && (size_t)n < size; i++) {
        n += snprintf(to + n, size - (size_t)n, "%s%" PRIu32, i ? "," : "", late[i]);
    }
    return n;
}

static size_t counts(const yoke_worker_stats *a, char *to, size_t size)
{
    int n = snprintf(to, size,
                     "\"skips\":%" PRIu32 ",\"overruns\":%" PRIu32 ",\"errors\":%" PRIu32
                     ",\"error_last\":%" PRId32 ",\"held\":%" PRIu32 ",\"late\":[",
                     a->skips, a->overruns, a->errors, a->error_last, a->held);
    n += put_late(to + n, size - (size_t)n, a->late);
    n += snprintf(to + n, size - (size_t)n, "]}");
    return length_of(n, size);
}

size_t metrics_worker_json(unsigned row, char *to, size_t size)
{
    const yoke_worker *w = metrics_worker(row / 2);
    if (!w) { /* the second row of one that has left since the first: the object ends all the same
               */
        return row % 2 ? length_of(snprintf(to, size, "\"late\":[]}"), size) : 0;
    }
    yoke_worker_stats a = yoke_worker_read(w);
    return row % 2 ? counts(&a, to, size) : account(w, &a, to, size);
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

size_t metrics_task_json(unsigned n, char *to, size_t size)
{
    inspect_row r;
    char name[METRICS_NAME_MAX], file[METRICS_NAME_MAX], total[METRICS_DIGITS];
    if (!inspect_task(n, &r)) {
        return 0;
    }
    return length_of(snprintf(to, size,
                              "{\"name\":%s,\"core\":%u,\"frame\":\"%" PRIxPTR
                              "\",\"file\":%s,\"line\":%" PRIu32 ",\"runs\":%" PRIu32
                              ",\"run_us_longest\":%" PRIu32 ",\"run_us_total\":%s}",
                              metrics_quote(name, r.name ? r.name : ""), r.core, (uintptr_t)r.task,
                              metrics_quote(file, r.file ? file_name(r.file) : ""), r.line, r.runs,
                              r.run_us_longest, metrics_digits(total, r.run_us_total, 1)),
                     size);
}
