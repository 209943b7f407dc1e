#include "rules.h"

#include "route.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

static const http_refusal foreign_host = {421, "This host name is not served here."};
static const http_refusal foreign_origin = {403, "Pages of another origin may not ask."};
static const http_refusal no_token = {401, "The right bearer token is missing."};
static const http_refusal not_json = {415, "The body must be application/json."};

/* --- host ------------------------------------------------------------ */

static http_text without_port(http_text host)
{
    http_text port;
    host = http_text_until(host, ':', &port);
    if (host.length > 1 && host.at[host.length - 1] == '.') {
        host.length--;
    }
    return host;
}

static bool is_address(http_text host, const uint8_t ip[4])
{
    char text[16];
    snprintf(text, sizeof text, "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
    return http_text_is(host, text);
}

const http_refusal *http_check_host(const http_request *r, const char *const *hosts,
                                    const uint8_t ip[4])
{
    http_text host = without_port(r->field[HTTP_HOST]);
    for (; *hosts; hosts++) {
        if (http_text_is(host, *hosts)) {
            return NULL;
        }
    }
    return is_address(host, ip) ? NULL : &foreign_host;
}

/* --- origin ---------------------------------------------------------- */

static bool follows(http_text text, const char *beginning, http_text *rest)
{
    size_t n = strlen(beginning);
    if (text.length < n || !http_text_is((http_text){text.at, n}, beginning)) {
        return false;
    }
    *rest = (http_text){text.at + n, text.length - n};
    return true;
}

const http_refusal *http_check_origin(const http_request *r)
{
    http_text origin = r->field[HTTP_ORIGIN];
    http_text host;
    if (!origin.at) {
        return NULL; /* not a page: those cannot leave it out when it counts */
    }
    if (!follows(origin, "http://", &host) && !follows(origin, "https://", &host)) {
        return &foreign_origin;
    }
    return http_text_same(host, r->field[HTTP_HOST]) ? NULL : &foreign_origin;
}

/* --- token ----------------------------------------------------------- */

static bool is_secret(http_text given, const char *secret)
{
    size_t length = strlen(secret);
    unsigned different = given.length != length;
    for (size_t i = 0; i < given.length; i++) {
        different |= (unsigned char)(given.at[i] ^ secret[length ? i % length : 0]);
    }
    return !different;
}

const http_refusal *http_check_token(const http_request *r, const char *token, bool in_query)
{
    http_text given;
    if (!token || !*token) {
        return NULL;
    }
    if (!follows(r->field[HTTP_AUTHORIZATION], "bearer ", &given)) {
        given = in_query ? http_query_value(r->query, "access_token") : (http_text){NULL, 0};
    }
    return given.at && is_secret(http_text_trim(given), token) ? NULL : &no_token;
}

/* --- content type ---------------------------------------------------- */

const http_refusal *http_check_type(const http_request *r)
{
    http_text parameters;
    http_text type = r->field[HTTP_CONTENT_TYPE];
    bool is_empty = !r->is_chunked && r->content_bytes == 0;
    if (!(r->method & (HTTP_POST | HTTP_PUT | HTTP_PATCH)) || (is_empty && !type.at)) {
        return NULL;
    }
    type = http_text_trim(http_text_until(type, ';', &parameters));
    return http_text_is(type, "application/json") ? NULL : &not_json;
}
