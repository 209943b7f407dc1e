/* Which route a path belongs to. Pure. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "yoke/http.h"

/* The route of this path and method: the first that fits. NULL: there is none, and `*allowed` has
 * the methods that this path knows, 0 if it is not there at all. HEAD goes where GET goes. */
const http_route *http_route_find(const http_route *routes, http_text path, uint8_t method,
                                  uint8_t *allowed);

/* What stands in `path` where the route's path has {name}, as it came; at == NULL: no such place.
 */
http_text http_route_parameter(const http_route *route, http_text path, const char *name);

/* The value of `key` in "a=1&b=2", as it came; at == NULL: there is none. */
http_text http_query_value(http_text query, const char *key);

/* "GET, HEAD, POST" of a set of methods, OPTIONS with it, into `to` of HTTP_ALLOW_MAX bytes. */
#define HTTP_ALLOW_MAX 48u
void http_route_allow(uint8_t methods, char *to);

#endif
