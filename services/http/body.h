/* The body of a request, out of the bytes as they come: of a known length, or in chunks. Pure. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "yoke/http.h"

/* Begin a body as `r` announces it; more than `limit` bytes of it are refused. */
void http_body_begin(http_body_state *b, const http_request *r, uint32_t limit);

/* Put what `in` holds of the body into `out`, which may overlap it if it begins no later. Answers
 * how many bytes that are, at most `size`; `*used`: how many of `n` it took for that, the signs
 * between chunks among them. YOKE_EINVAL: these are no chunks; YOKE_EFULL: more than the limit. */
int http_body_take(http_body_state *b, const char *in, size_t n, size_t *used, char *out,
                   size_t size);

static inline bool http_body_is_done(const http_body_state *b)
{
    return b->step == 0;
}

#endif
