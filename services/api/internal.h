/* What the files of the API share. */
#ifndef API_INTERNAL_H
#define API_INTERNAL_H

#include "yoke/api.h"

extern const api_device *api_it;

/* Figures of what the device has: network, server, flash. */
extern const metrics_source api_figures[];

/* Of the body that is looked at; good until the next await. */
#define API_TOKENS 128u
extern json_token api_tokens[API_TOKENS];

/* A body as JSON, its tokens api_tokens. */
bool api_parse(http_exchange *x, http_text body, json_document *d);

/* A handler's body: wait for that of the request, and give it to `command`, which answers. */
typedef int api_command(http_exchange *x, http_text body);
YOKE_ASYNC int api_obey(yoke_task *t, http_exchange *x, api_command *command);

/* Answer `status` with a reason that may have quotes, or with a `done` that needs no words. */
int api_refuse(http_exchange *x, int status, const char *reason);
int api_done(http_exchange *x, int status);

/* The part {name} of the path, of at most API_NAME_MAX - 1 bytes; false: answered with 404. */
bool api_name(http_exchange *x, char name[API_NAME_MAX]);

/* Write the next row of a list of JSON objects, each of which has `rows` of them. Answers 1, or 0:
 * there is none. */
typedef size_t api_rows(unsigned row, char *to, size_t size);
YOKE_ASYNC int api_print_row(yoke_task *t, http_exchange *x, api_rows *write, unsigned row,
                             unsigned rows);

#endif
