/* What both loops do: /metrics, /api/loops, /api/tasks, the list of workers. */
#include "internal.h"

/* Where an answer is. */
typedef struct {
    metrics_reader reader;
    unsigned row;
    bool more;
    bool is_own; /* the figures are this device's own, which come last */
} place;

/* --- figures --------------------------------------------------------- */

static void begin(place *me, const metrics_source *const *tables)
{
    me->is_own = false;
    metrics_begin(&me->reader, tables);
}

/* Behind those of every device; answers 1, or 0: that was all. */
static int go_on(place *me)
{
    if (me->is_own || !api_it->figures) {
        return 0;
    }
    me->is_own = true;
    metrics_begin(&me->reader, api_it->figures);
    return 1;
}

/* --- /metrics -------------------------------------------------------- */

/* The next rows; answers 1, or 0: that was all. Written in one piece, or not yet. */
static int print_text(yoke_task *t, http_exchange *x, place *me)
{
    char text[METRICS_ROW_MAX];
    metrics_reader next = me->reader;
    size_t n = metrics_text(&next, text, sizeof text);
    if (n == 0) {
        return go_on(me);
    }
    int answer = http_print(t, x, "%.*s", (int)n, text);
    if (answer < 0) {
        return answer;
    }
    me->reader = next;
    return 1;
}

int api_metrics(yoke_task *t, http_exchange *x)
{
    static const metrics_source *const tables[] = {metrics_loops, api_figures, NULL};
    place *me = HTTP_STATE(place, x);
    YOKE_BEGIN(t);
    http_answer(x, 200, "text/plain; version=0.0.4; charset=utf-8");
    begin(me, tables);
    do {
        YOKE_TRY(t, print_text(t, x, me));
    } while (t->status > 0);
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* --- JSON ------------------------------------------------------------ */

static int print_member(yoke_task *t, http_exchange *x, place *me)
{
    char text[METRICS_ROW_MAX];
    metrics_reader next = me->reader;
    size_t n = metrics_member(&next, text, sizeof text);
    if (n == 0) {
        return go_on(me);
    }
    int answer = http_print(t, x, "%s%.*s", me->more ? "," : "", (int)n, text);
    if (answer < 0) {
        return answer;
    }
    me->reader = next;
    me->more = true;
    return 1;
}

/* All rows from me->row on; it is the next list's again afterwards. */
static int print_list(yoke_task *t, http_exchange *x, api_rows *write, unsigned rows, place *me)
{
    while (me->row < UINT16_MAX) {
        int answer = api_print_row(t, x, write, me->row, rows);
        if (answer < 0) {
            return answer;
        }
        if (answer == 0) {
            break;
        }
        me->row++;
    }
    me->row = 0;
    return YOKE_OK;
}

static const char *app_state(void)
{
    static const char *const names[] = {"off", "running", "stopping"};
    return names[yoke_app_state(api_it->app)];
}

int api_loops(yoke_task *t, http_exchange *x)
{
    static const metrics_source *const tables[] = {api_figures, NULL};
    place *me = HTTP_STATE(place, x);
    YOKE_BEGIN(t);
    YOKE_TRY(t, http_print(t, x, "{\"app\":\"%s\",\"workers\":[", app_state()));
    YOKE_TRY(t, print_list(t, x, metrics_worker_json, 2, me));
    YOKE_TRY(t, http_print(t, x, "],\"tasks\":["));
    YOKE_TRY(t, print_list(t, x, metrics_task_json, 1, me));
    YOKE_TRY(t, http_print(t, x, "],\"figures\":{"));
    begin(me, tables);
    do {
        YOKE_TRY(t, print_member(t, x, me));
    } while (t->status > 0);
    YOKE_TRY(t, http_print(t, x, "}}"));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int answer_list(yoke_task *t, http_exchange *x, api_rows *write, unsigned rows)
{
    place *me = HTTP_STATE(place, x);
    YOKE_BEGIN(t);
    YOKE_TRY(t, http_print(t, x, "["));
    YOKE_TRY(t, print_list(t, x, write, rows, me));
    YOKE_TRY(t, http_print(t, x, "]"));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

int api_workers(yoke_task *t, http_exchange *x)
{
    return answer_list(t, x, metrics_worker_json, 2);
}

int api_tasks(yoke_task *t, http_exchange *x)
{
    return answer_list(t, x, metrics_task_json, 1);
}

int api_app(yoke_task *t, http_exchange *x)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, http_print(t, x, "{\"state\":\"%s\"}", app_state()));
    YOKE_FINALLY(t);
    YOKE_END(t);
}
