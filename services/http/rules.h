/* Who may ask: the rules that keep other people's pages out. Pure. */
#ifndef HTTP_RULES_H
#define HTTP_RULES_H

#include "parse.h"

/* The Host is one of `hosts` (ended by NULL), or the address `ip`; its port does not count. Keeps
 * out names that were bound to our address by somebody else (DNS rebinding). */
const http_refusal *http_check_host(const http_request *r, const char *const *hosts,
                                    const uint8_t ip[4]);

/* An Origin, if there is one, is ourselves: the same host and port as in Host. */
const http_refusal *http_check_origin(const http_request *r);

/* There is no `token`, or the request bears it; `in_query`: or has it as access_token in its query,
 * since a page can give an event stream or a WebSocket no header. The time does not depend on where
 * it differs. */
const http_refusal *http_check_token(const http_request *r, const char *token, bool in_query);

/* A body that comes with POST, PUT or PATCH is application/json: no form of a page sends that. */
const http_refusal *http_check_type(const http_request *r);

#endif
