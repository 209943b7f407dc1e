/* What changes something: workers, the app loop, buttons, a restart. */
#include "internal.h"

#include <string.h>

static const char no_such_worker[] = "There is no worker of that name.";

/* --- one worker ------------------------------------------------------ */

/* Its place in the list, and itself; NULL: answered with 404. */
static yoke_worker *find(http_exchange *x, unsigned *n)
{
    char name[API_NAME_MAX];
    if (!api_name(x, name)) {
        return NULL;
    }
    yoke_worker *w = NULL;
    *n = 0;
    while ((w = yoke_worker_next(api_it->app, w)) && strcmp(w->name, name) != 0) {
        ++*n;
    }
    if (!w) {
        http_fail(x, 404, no_such_worker);
    }
    return w;
}

/* One step of writing it, row 0 and then row 1. Answers 1, or 0: that was all. */
static int print_worker(yoke_task *t, http_exchange *x, unsigned *row)
{
    unsigned n;
    if (*row == 2 || !find(x, &n)) {
        return 0;
    }
    int answer = api_print_row(t, x, metrics_worker_json, 2 * n + *row, 1u << 31);
    if (answer > 0) {
        ++*row;
    }
    return answer;
}

int api_worker(yoke_task *t, http_exchange *x)
{
    unsigned *row = HTTP_STATE(unsigned, x);
    YOKE_BEGIN(t);
    do {
        YOKE_TRY(t, print_worker(t, x, row));
    } while (t->status > 0);
    YOKE_FINALLY(t);
    YOKE_END(t);
}

int api_remove_worker(yoke_task *t, http_exchange *x)
{
    unsigned n;
    (void)t;
    yoke_worker *w = find(x, &n);
    if (!w) {
        return YOKE_OK;
    }
    if (!api_it->remove || api_it->remove(w->name) < 0) {
        return http_fail(x, 409, "This worker belongs to the program and stays.");
    }
    return api_done(x, 204);
}

int api_revive_worker(yoke_task *t, http_exchange *x)
{
    unsigned n;
    (void)t;
    yoke_worker *w = find(x, &n);
    if (!w) {
        return YOKE_OK;
    }
    yoke_worker_set(api_it->app, w, w->step, w->arg);
    return api_done(x, 204);
}

/* --- a new worker ---------------------------------------------------- */

typedef struct {
    char name[API_NAME_MAX];
    int32_t period_ms, run_ms;
} new_worker;

static int get_optional(json_document *d, const char *name, int32_t max, int32_t *to)
{
    unsigned value = json_find(d, JSON_ROOT, name);
    return value ? json_get_int(d, value, 0, max, to) : YOKE_OK;
}

static bool take(json_document *d, new_worker *w)
{
    w->run_ms = API_RUN_MS_INITIAL;
    return json_get_string(d, json_find(d, JSON_ROOT, "name"), w->name, sizeof w->name) >= 0 &&
           json_get_int(d, json_find(d, JSON_ROOT, "period_ms"), 0, API_PERIOD_MS_MAX,
                        &w->period_ms) >= 0 &&
           get_optional(d, "run_ms", API_RUN_MS_MAX, &w->run_ms) >= 0;
}

/* Printable ASCII, so that it is the same in a path, a label and a log. */
static bool is_name(const char *name)
{
    for (const char *c = name; *c; c++) {
        if (*c < ' ' || *c > '~' || *c == '/') {
            return false;
        }
    }
    return *name;
}

static bool is_there(const char *name)
{
    const yoke_worker *w = NULL;
    while ((w = yoke_worker_next(api_it->app, w))) {
        if (strcmp(w->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int add(http_exchange *x, http_text body)
{
    static json_document d;
    new_worker w;
    if (!api_it->add) {
        return http_fail(x, 501, "This program has no workers to add.");
    }
    if (!api_parse(x, body, &d)) {
        return YOKE_OK;
    }
    if (!take(&d, &w)) {
        return api_refuse(x, 400, d.problem);
    }
    if (!is_name(w.name)) {
        return http_fail(x, 400, "A name is printable ASCII without a slash, and not empty.");
    }
    if (is_there(w.name)) {
        return http_fail(x, 409, "There is a worker of that name already.");
    }
    int answer = api_it->add(w.name, (uint32_t)w.period_ms * 1000, (uint32_t)w.run_ms * 1000);
    if (answer == YOKE_EFULL) {
        return http_fail(x, 409, "There is no room for another worker; remove one first.");
    }
    return answer < 0 ? http_fail(x, 400, "The name is too long.") : api_done(x, 201);
}

int api_add_worker(yoke_task *t, http_exchange *x)
{
    return api_obey(t, x, add);
}

/* --- the app loop ---------------------------------------------------- */

static int set_app(http_exchange *x, http_text body)
{
    static json_document d;
    char state[12];
    if (!api_it->start || !api_it->stop) {
        return http_fail(x, 501, "The app loop of this program is not started and stopped.");
    }
    if (!api_parse(x, body, &d)) {
        return YOKE_OK;
    }
    if (json_get_string(&d, json_find(&d, JSON_ROOT, "state"), state, sizeof state) < 0) {
        return api_refuse(x, 400, d.problem);
    }
    if (strcmp(state, "off") == 0) {
        api_it->stop();
    } else if (strcmp(state, "running") != 0) {
        return http_fail(x, 400, "The state must be running or off.");
    } else if (yoke_app_state(api_it->app) != YOKE_APP_RUNNING && api_it->start() < 0) {
        return http_fail(x, 409, "Core 1 is in use: the app loop has not stopped yet.");
    }
    return api_done(x, 204);
}

int api_set_app(yoke_task *t, http_exchange *x)
{
    return api_obey(t, x, set_app);
}

/* --- buttons and the restart ------------------------------------------ */

static int press(http_exchange *x, http_text body)
{
    static json_document d;
    char text[4];
    int32_t ms = 100;
    int n = http_parameter(x, "number", text, sizeof text);
    bool number = n == 1 && text[0] >= '0' && text[0] <= '9';
    if (!number || !api_it->buttons || (unsigned)(text[0] - '0') >= api_it->buttons->count) {
        return http_fail(x, 404, "There is no such button.");
    }
    if (!api_parse(x, body, &d)) {
        return YOKE_OK;
    }
    if (get_optional(&d, "ms", BUTTONS_PRESS_MS_MAX, &ms) < 0) {
        return api_refuse(x, 400, d.problem);
    }
    int answer = buttons_press(api_it->buttons, (unsigned)(text[0] - '0'), (uint32_t)ms);
    if (answer == YOKE_EBUSY) {
        return http_fail(x, 409, "It is still pressed.");
    }
    return answer < 0 ? http_fail(x, 400, "That is shorter than its bounces.") : api_done(x, 202);
}

int api_button(yoke_task *t, http_exchange *x)
{
    return api_obey(t, x, press);
}

/* The answer goes out first. */
int api_restart(yoke_task *t, http_exchange *x)
{
    YOKE_BEGIN(t);
    if (!api_it->restart) {
        return http_fail(x, 501, "This program cannot be restarted from here.");
    }
    api_done(x, 202);
    YOKE_TRY(t, http_flush(t, x));
    api_it->restart();
    YOKE_FINALLY(t);
    YOKE_END(t);
}
