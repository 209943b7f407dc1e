/* Metrics: the exact text, of sources made for it and of both loops. */
#include "world.h"

#include "yoke/delay.h"
#include "yoke/inspect.h"
#include "yoke/metrics.h"

#include <stdio.h>

static char text[16384];

/* All of it, in pieces of `size` bytes. */
static const char *rows(const metrics_source *const *tables, size_t size)
{
    static char piece[4096];
    metrics_reader r;
    size_t n, length = 0;
    metrics_begin(&r, tables);
    while ((n = metrics_text(&r, piece, size)) > 0) {
        assert_true(n <= size && length + n < sizeof text);
        assert_int_equal(piece[n - 1], '\n'); /* whole rows only */
        memcpy(text + length, piece, n);
        length += n;
    }
    assert_int_equal(metrics_text(&r, piece, size), 0); /* and it stays so */
    text[length] = '\0';
    return text;
}

/* --- sources made for it --------------------------------------------- */

static bool read_one(unsigned n, metrics_sample *s)
{
    s->value = 7;
    return n == 0;
}

static bool read_none(unsigned n, metrics_sample *s)
{
    (void)n;
    (void)s;
    return false;
}

static bool read_some(unsigned n, metrics_sample *s)
{
    static const int64_t values[] = {0, 1, 1234567, -1500, INT64_MIN};
    static const char *const names[] = {"a", "b\\c", "\"d\"\n", "", "e"};
    if (n == 5) {
        return false;
    }
    s->value = values[n];
    metrics_label(s, "name", names[n]);
    metrics_label(s, "core", "1");
    return true;
}

static bool read_long(unsigned n, metrics_sample *s)
{
    static const char value[] = "0123456789012345678901234567890123456789"
                                "0123456789012345678901234567890123456789\"\"\"\"\"\"\"\"\"\"";
    metrics_label(s, "name", value);
    metrics_label(s, "left_out", "x");
    return n == 0;
}

static bool read_buckets(unsigned n, metrics_sample *s)
{
    s->buckets[0] = 5;
    s->buckets[3] = 2;
    s->buckets[YOKE_LATE_BUCKETS - 1] = 1;
    return n == 0;
}

static const metrics_source first[] = {
    {"one_total", "One.", METRICS_COUNTER, 0, read_one},
    {"none", "None.", METRICS_GAUGE, 0, read_none},
    {NULL, NULL, METRICS_GAUGE, 0, NULL},
};
static const metrics_source second[] = {
    {"some_seconds", "Some.", METRICS_GAUGE, 6, read_some},
    {NULL, NULL, METRICS_GAUGE, 0, NULL},
};
static const metrics_source empty[] = {{NULL, NULL, METRICS_GAUGE, 0, NULL}};
static const metrics_source buckets[] = {
    {"late_seconds", "Late.", METRICS_HISTOGRAM, 0, read_buckets},
    {NULL, NULL, METRICS_GAUGE, 0, NULL},
};
static const metrics_source lengthy[] = {
    {"long", "Long.", METRICS_GAUGE, 0, read_long},
    {NULL, NULL, METRICS_GAUGE, 0, NULL},
};

static const char *const expected = "# HELP one_total One.\n"
                                    "# TYPE one_total counter\n"
                                    "one_total 7\n"
                                    "# HELP some_seconds Some.\n"
                                    "# TYPE some_seconds gauge\n"
                                    "some_seconds{name=\"a\",core=\"1\"} 0.000000\n"
                                    "some_seconds{name=\"b\\\\c\",core=\"1\"} 0.000001\n"
                                    "some_seconds{name=\"\\\"d\\\"\\n\",core=\"1\"} 1.234567\n"
                                    "some_seconds{name=\"\",core=\"1\"} -0.001500\n"
                                    "some_seconds{name=\"e\",core=\"1\"} -9223372036854.775808\n";

static void test_rows_of_several_tables(void **state)
{
    (void)state;
    static const metrics_source *const tables[] = {empty, first, empty, empty, second, empty, NULL};
    for (size_t size = METRICS_ROW_MAX; size <= 4096; size += 61) {
        assert_string_equal(rows(tables, size), expected);
    }
}

static void test_nothing_to_tell(void **state)
{
    (void)state;
    static const metrics_source *const none[] = {NULL}, *const nothing[] = {empty, NULL};
    assert_string_equal(rows(none, METRICS_ROW_MAX), "");
    assert_string_equal(rows(nothing, METRICS_ROW_MAX), "");
}

static void test_a_histogram(void **state)
{
    (void)state;
    static const metrics_source *const tables[] = {buckets, NULL};
    const char *all = rows(tables, METRICS_ROW_MAX);
    static const char *const parts[] = {
        "# TYPE late_seconds histogram\nlate_seconds_bucket{le=\"0.000001\"} 5\n",
        "late_seconds_bucket{le=\"0.000004\"} 5\nlate_seconds_bucket{le=\"0.000008\"} 7\n",
        "late_seconds_bucket{le=\"0.262144\"} 7\nlate_seconds_bucket{le=\"+Inf\"} 8\n",
        "late_seconds_bucket{le=\"+Inf\"} 8\nlate_seconds_count 8\n",
    };
    for (unsigned i = 0; i < 4; i++) {
        assert_non_null(strstr(all, parts[i]));
    }
}

/* Never between a backslash and what it escapes; a label that has no room is left out. */
static void test_labels_that_are_too_long(void **state)
{
    (void)state;
    static const metrics_source *const tables[] = {lengthy, NULL};
    const char *row = strstr(rows(tables, METRICS_ROW_MAX), "long{");
    assert_string_equal(row, "long{name=\"0123456789012345678901234567890123456789"
                             "0123456789012345678901234567890123456789"
                             "\\\"\\\"\\\"\\\"\"} 0\n");
}

/* --- JSON ------------------------------------------------------------ */

static const char *members(const metrics_source *const *tables)
{
    metrics_reader r;
    size_t n, length = 0;
    metrics_begin(&r, tables);
    while ((n = metrics_member(&r, text + length, METRICS_ROW_MAX)) > 0) {
        length += n;
        text[length++] = '\n';
    }
    text[length] = '\0';
    return text;
}

static void test_members_of_an_object(void **state)
{
    (void)state;
    static const metrics_source *const tables[] = {first, buckets, empty, second, buckets, NULL};
    assert_string_equal(
        members(tables),
        "\"one_total\":7\n"
        "\"some_seconds{name=\\\"a\\\",core=\\\"1\\\"}\":0.000000\n"
        "\"some_seconds{name=\\\"b\\\\\\\\c\\\",core=\\\"1\\\"}\":0.000001\n"
        "\"some_seconds{name=\\\"\\\\\\\"d\\\\\\\"\\\\n\\\",core=\\\"1\\\"}\":1.234567\n"
        "\"some_seconds{name=\\\"\\\",core=\\\"1\\\"}\":-0.001500\n"
        "\"some_seconds{name=\\\"e\\\",core=\\\"1\\\"}\":-9223372036854.775808\n");
}

static void test_quoted_names(void **state)
{
    (void)state;
    char to[METRICS_NAME_MAX];
    assert_string_equal(metrics_quote(to, ""), "\"\"");
    assert_string_equal(metrics_quote(to, "a\"b\\\n\x7f\xc3\xa4"),
                        "\"a\\\"b\\\\\\u000a\\u007f\xc3\xa4\"");
    for (unsigned length = 30; length < 100; length++) { /* cut off, but a whole string */
        char name[101] = "";
        memset(name, length % 2 ? '\n' : 'x', length);
        name[length] = '\0';
        metrics_quote(to, name);
        size_t n = strlen(to);
        assert_true(n < METRICS_NAME_MAX && to[0] == '"' && to[n - 1] == '"' && to[n - 2] != '\\');
        assert_int_equal((n - 2) % (length % 2 ? 6 : 1), 0);
    }
}

/* --- both loops ------------------------------------------------------ */

static int work(void *arg)
{
    delay_us(*(uint32_t *)arg);
    return YOKE_OK;
}

static int idle_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_ms(t, 1000000));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void assert_has(const char *part)
{
    if (!strstr(text, part)) {
        fail_msg("no \"%s\" in:\n%s", part, text);
    }
}

static unsigned count(const char *part)
{
    unsigned n = 0;
    for (const char *at = text; (at = strstr(at, part)); at++) {
        n++;
    }
    return n;
}

/* Released at 0, 10, …, 90 ms, beside one that takes 3 ms every 20 ms. */
static void test_figures_of_both_loops(void **state)
{
    (void)state;
    static uint32_t short_us = 100, long_us = 3000;
    static yoke_worker beat = {.name = "beat", .step = work, .arg = &short_us, .period_us = 10000};
    static yoke_worker slow = {
        .name = "slow \"1\"", .step = work, .arg = &long_us, .period_us = 20000, .budget_us = 1000};
    static yoke_task idle = YOKE_TASK(idle_body);
    static const metrics_source *const tables[] = {metrics_loops, NULL};
    world_without_strays();
    world_open_again();
    inspect_open(&platform);
    metrics_open(&app);
    begin(&platform, &idle);
    assert_int_equal(yoke_worker_add(&app, &beat), YOKE_OK);
    assert_int_equal(yoke_worker_add(&app, &slow), YOKE_OK);
    assert_int_equal(yoke_app_start(&app), YOKE_OK);
    world_run_ms(95);
    rows(tables, 512);
    assert_has("yoke_app_running 1\n");
    assert_has("yoke_worker_runs_total{worker=\"beat\"} 10\n");
    assert_has("yoke_worker_runs_total{worker=\"slow \\\"1\\\"\"} 5\n");
    assert_has("yoke_worker_run_seconds_total{worker=\"beat\"} 0.001");
    assert_has("yoke_worker_period_seconds{worker=\"slow \\\"1\\\"\"} 0.020000\n");
    assert_has("yoke_worker_overruns_total{worker=\"slow \\\"1\\\"\"} 5\n");
    assert_has("yoke_worker_missed_periods_total{worker=\"beat\"} 0\n");
    assert_has("yoke_worker_lateness_seconds_count{worker=\"beat\"} 10\n");
    assert_has("yoke_worker_state{worker=\"beat\",state=\"active\"} 1\n");
    assert_has("yoke_worker_state{worker=\"slow \\\"1\\\"\",state=\"degraded\"} 1\n");
    assert_has("yoke_worker_state{worker=\"slow \\\"1\\\"\",state=\"active\"} 0\n");
    assert_has("\",task=\"idle_body\"} 1\n");
    assert_int_equal(count("yoke_task_runs_total{core=\"0\",frame=\""), 1);
    assert_int_equal(count("yoke_worker_lateness_seconds_bucket{"), 2 * YOKE_LATE_BUCKETS);
    char json[2 * METRICS_ROW_MAX];
    size_t n = metrics_worker_json(0, json, METRICS_ROW_MAX);
    json[n + metrics_worker_json(1, json + n, METRICS_ROW_MAX)] = '\0';
    assert_string_equal(
        json,
        "{\"name\":\"beat\",\"state\":\"active\",\"period_us\":10000,\"budget_us\":0,\"runs\":10,"
        "\"run_us_last\":100,\"run_us_longest\":100,\"run_us_total\":1000,\"late_us_longest\":0,"
        "\"late_after\":null,\"skips\":0,\"overruns\":0,\"errors\":0,\"error_last\":0,\"held\":0,"
        "\"late\":[10]}");
    assert_int_equal(metrics_worker_json(4, json, METRICS_ROW_MAX), 0);
    n = metrics_task_json(0, json, METRICS_ROW_MAX);
    json[n] = '\0';
    assert_non_null(strstr(json, "{\"name\":\"idle_body\",\"core\":0,\"frame\":\""));
    assert_non_null(strstr(json, "\"file\":\"metrics_test.c\",\"line\":"));
    assert_int_equal(metrics_task_json(1, json, METRICS_ROW_MAX), 0);
    yoke_cancel(&idle);
    yoke_app_stop(&app);
    world_run_ms(5);
    rows(tables, 512);
    assert_has("yoke_app_running 0\n");
    assert_int_equal(count("yoke_task_runs_total"), 0); /* no task: no head */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_rows_of_several_tables),
        in_world(test_nothing_to_tell),
        in_world(test_a_histogram),
        in_world(test_labels_that_are_too_long),
        in_world(test_members_of_an_object),
        in_world(test_quoted_names),
        in_world(test_figures_of_both_loops),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
