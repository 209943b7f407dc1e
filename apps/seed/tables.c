/* What the shell of the seed program shows: the accounts of workers and tasks, a row at a time. */
#include "seed.h"
#include "yoke/inspect.h"

#include <stdio.h>
#include <string.h>

/* --- looks ----------------------------------------------------------- */

static const char *style(const char *code)
{
    return console_has_colour() ? code : "";
}

static const char *const bold = "\033[1m", *const yellow = "\033[33m", *const red = "\033[31m";
static const char *const plain = "\033[0m";

typedef struct {
    char text[16];
} quantity;

static quantity time_text(uint64_t us)
{
    quantity q;
    if (us < 1000) {
        snprintf(q.text, sizeof q.text, "%u us", (unsigned)us);
    } else if (us < 1000000) {
        snprintf(q.text, sizeof q.text, "%u.%02u ms", (unsigned)us / 1000, (unsigned)us / 10 % 100);
    } else {
        unsigned ms = (unsigned)(us / 1000);
        snprintf(q.text, sizeof q.text, "%u.%02u s", ms / 1000, ms / 10 % 100);
    }
    return q;
}

/* --- workers --------------------------------------------------------- */

static const char *state_name(uint32_t state)
{
    static const char *const names[] = {"off", "active", "degraded", "quarantined"};
    return names[state];
}

static const char *state_style(uint32_t state)
{
    return style(state == YOKE_WORKER_QUARANTINED ? red
                 : state == YOKE_WORKER_DEGRADED  ? yellow
                                                  : "");
}

static void say_account(shell *s, const yoke_worker *w, const yoke_worker_stats *a)
{
    quantity period = time_text(w->period_us), latest = time_text(a->late_us_longest);
    quantity last = time_text(a->run_us_last), longest = time_text(a->run_us_longest);
    shell_say(s, "%-15s %s%-11s%s %10s %8u %9s %9s %9s %7u %7u %7u", w->name, state_style(a->state),
              state_name(a->state), style(plain), w->period_us ? period.text : "slack", a->runs,
              last.text, longest.text, w->period_us ? latest.text : "-", a->skips, a->overruns,
              a->errors);
}

/* The bound below which `permille` of all steps began after their release. */
static quantity bound(const yoke_worker_stats *a, uint32_t permille)
{
    uint64_t seen = 0;
    for (unsigned i = 0; i < YOKE_LATE_BUCKETS - 1; i++) {
        seen += a->late[i];
        if (seen * 1000 >= (uint64_t)a->runs * permille) {
            return time_text(UINT64_C(1) << i);
        }
    }
    return time_text((uint64_t)a->late_us_longest + 1);
}

static unsigned highest_bucket(const yoke_worker_stats *a)
{
    unsigned i = YOKE_LATE_BUCKETS - 1;
    while (i && !a->late[i]) {
        i--;
    }
    return i;
}

/* One bar for each power of two of microseconds, as high as the count has digits to base 4. */
static void draw(char *text, const yoke_worker_stats *a)
{
    static const char bars[8][4] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                    "\u2585", "\u2586", "\u2587", "\u2588"};
    for (unsigned i = 0; i <= highest_bucket(a); i++) {
        unsigned height = 0;
        for (uint32_t n = a->late[i]; n; n >>= 2) {
            height++;
        }
        const char *bar = height ? bars[height < 8 ? height - 1 : 7] : " ";
        size_t length = strlen(bar);
        memcpy(text, bar, length + 1);
        text += length;
    }
}

static void say_lateness(shell *s, const yoke_worker *w, const yoke_worker_stats *a)
{
    if (!w->period_us) {
        shell_say(s, "    runs in slack time; turns without enough of it: %u", a->held);
        return;
    }
    quantity half = bound(a, 500), most = bound(a, 990), latest = time_text(a->late_us_longest);
    char bars[YOKE_LATE_BUCKETS * 3 + 1] = "";
    if (console_has_colour()) {
        draw(bars, a);
    }
    shell_say(s, "    late: half under %s, 99%% under %s, at most %s%s%s  %s", half.text, most.text,
              latest.text, a->late_after ? ", after " : "",
              a->late_after ? a->late_after->name : "", bars);
}

static const yoke_worker *worker_number(unsigned n)
{
    const yoke_worker *w = yoke_worker_next(&seed_app, NULL);
    while (w && n--) {
        w = yoke_worker_next(&seed_app, w);
    }
    return w;
}

bool seed_say_workers(shell *s, unsigned row)
{
    if (row == 0) {
        shell_say(s, "%s%-15s %-11s %10s %8s %9s %9s %9s %7s %7s %7s%s", style(bold), "WORKER",
                  "STATE", "PERIOD", "RUNS", "LAST", "LONGEST", "LATEST", "SKIPS", "OVERRUN",
                  "ERRORS", style(plain));
        return worker_number(0);
    }
    const yoke_worker *w = worker_number((row - 1) / 2);
    if (!w) {
        shell_say(s, "(removed)");
        return false;
    }
    yoke_worker_stats account = yoke_worker_read(w);
    if (row % 2) {
        say_account(s, w, &account);
        return true;
    }
    say_lateness(s, w, &account);
    return worker_number(row / 2);
}

/* --- tasks ----------------------------------------------------------- */

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void say_task(shell *s, const inspect_row *r)
{
    char place[48] = "-";
    if (r->file) {
        snprintf(place, sizeof place, "%s:%u", file_name(r->file), r->line);
    }
    shell_say(s, "%-18s %4u  %-22s %8u %9s %9s", r->name ? r->name : "-", r->core, place, r->runs,
              time_text(r->run_us_longest).text, time_text(r->run_us_total).text);
}

bool seed_say_tasks(shell *s, unsigned row)
{
    inspect_row r;
    if (row == 0) {
        shell_say(s, "%s%-18s %4s  %-22s %8s %9s %9s%s", style(bold), "TASK", "CORE", "PAUSED AT",
                  "RUNS", "LONGEST", "TOTAL", style(plain));
        return inspect_task(0, &r);
    }
    if (!inspect_task(row - 1, &r)) {
        shell_say(s, "(ended)");
        return false;
    }
    say_task(s, &r);
    return inspect_task(row, &r);
}
