/* A route of each kind, for tests on the simulator and for real clients. */
#ifndef ROUTES_H
#define ROUTES_H

#include "yoke/http.h"

#define SITE_BIG_LINES   300u   /* of "line 123\n" at /big */
#define SITE_LARGE_BYTES 65536u /* at /large */

extern const http_route site_routes[];
extern http_channel site_news; /* what /events and /ws follow */
extern http_page site_page;    /* at / */

#endif
