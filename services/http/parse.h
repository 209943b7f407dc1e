/* The head of a request, taken apart. Pure: no network, no state. */
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H

#include "yoke/http.h"

/* Why a request is refused: a status and one sentence, without quotes. */
typedef struct http_refusal {
    int status;
    const char *reason;
} http_refusal;

/* Take the head at the beginning of `text` apart. NULL: it is good, and r->head_length its length,
 * or 0 if it is not complete yet. Of the `length` bytes the first `seen` were looked at by the call
 * before. What `r` holds points into `text`. */
const http_refusal *http_parse(http_request *r, const char *text, size_t length, size_t seen);

#endif
