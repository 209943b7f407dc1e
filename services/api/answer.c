/* What all handlers need: a name out of the path, a body as JSON, an answer without a body. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

json_token api_tokens[API_TOKENS];

const api_device *api_it;

void api_open(const api_device *device)
{
    api_it = device;
}

/* A reason stands in quotes in the answer. */
int api_refuse(http_exchange *x, int status, const char *reason)
{
    char plain[CFG_PROBLEM_MAX + 1];
    size_t n = 0;
    for (; n < sizeof plain - 2 && reason[n]; n++) {
        plain[n] = reason[n] == '"' || reason[n] == '\\' ? '\'' : reason[n];
    }
    if (n && plain[n - 1] != '.') {
        plain[n++] = '.';
    }
    plain[n] = '\0';
    return http_fail(x, status, plain);
}

int api_done(http_exchange *x, int status)
{
    http_answer(x, status, NULL);
    return YOKE_OK;
}

bool api_parse(http_exchange *x, http_text body, json_document *d)
{
    if (json_parse(d, body.at, body.length, api_tokens, API_TOKENS) < 0) {
        api_refuse(x, 400, d->problem);
        return false;
    }
    return true;
}

int api_obey(yoke_task *t, http_exchange *x, api_command *command)
{
    http_text *body = HTTP_STATE(http_text, x);
    YOKE_BEGIN(t);
    YOKE_TRY(t, http_body(t, x, body));
    command(x, *body);
    YOKE_FINALLY(t);
    YOKE_END(t);
}

bool api_name(http_exchange *x, char name[API_NAME_MAX])
{
    if (http_parameter(x, "name", name, API_NAME_MAX) >= 0) {
        return true;
    }
    http_fail(x, 404, "There is nothing of that name.");
    return false;
}

int api_print_row(yoke_task *t, http_exchange *x, api_rows *write, unsigned row, unsigned rows)
{
    char text[METRICS_ROW_MAX];
    size_t n = write(row, text, sizeof text);
    if (n == 0) {
        return 0;
    }
    int answer = http_print(t, x, "%s%.*s", row && row % rows == 0 ? "," : "", (int)n, text);
    return answer < 0 ? answer : 1;
}
