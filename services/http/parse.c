#include "parse.h"

#include "text.h"

#include <string.h>

#include <picohttpparser.h>

static const http_refusal malformed = {400, "The request line or a header is malformed."};
static const http_refusal twice = {400, "A header that may come once came twice."};
static const http_refusal no_host = {400, "There must be one Host header."};
static const http_refusal bad_target = {400, "The target must be a path."};
static const http_refusal bad_length = {400, "The length of the body is not clear."};
static const http_refusal long_target = {414, "The target is longer than the limit."};
static const http_refusal long_head = {431, "The headers are longer or more than the limit."};
static const http_refusal bad_expect = {417, "Nothing but 100-continue can be expected."};
static const http_refusal bad_coding = {501, "No transfer coding but chunked is known."};
static const http_refusal bad_method = {501, "This method is not known."};

static const char *const field_names[HTTP_FIELDS] = {
    [HTTP_HOST] = "host",
    [HTTP_ORIGIN] = "origin",
    [HTTP_CONTENT_TYPE] = "content-type",
    [HTTP_CONTENT_LENGTH] = "content-length",
    [HTTP_TRANSFER_ENCODING] = "transfer-encoding",
    [HTTP_EXPECT] = "expect",
    [HTTP_AUTHORIZATION] = "authorization",
    [HTTP_IF_NONE_MATCH] = "if-none-match",
    [HTTP_UPGRADE] = "upgrade",
    [HTTP_SOCKET_KEY] = "sec-websocket-key",
    [HTTP_SOCKET_VERSION] = "sec-websocket-version",
};

static const struct {
    const char *name;
    uint8_t method;
} methods[] = {
    {"GET", HTTP_GET},     {"HEAD", HTTP_HEAD},     {"POST", HTTP_POST},       {"PUT", HTTP_PUT},
    {"PATCH", HTTP_PATCH}, {"DELETE", HTTP_DELETE}, {"OPTIONS", HTTP_OPTIONS},
};

/* --- one header ------------------------------------------------------ */

static void take_connection(http_request *r, http_text value)
{
    if (http_text_lists(value, "close")) {
        r->keeps_alive = false;
    } else if (http_text_lists(value, "keep-alive")) {
        r->keeps_alive = true;
    }
    if (http_text_lists(value, "upgrade")) {
        r->wants_upgrade = true;
    }
}

static const http_refusal *take_field(http_request *r, http_text name, http_text value)
{
    if (http_text_is(name, "connection")) {
        take_connection(r, value);
    }
    for (unsigned i = 0; i < HTTP_FIELDS; i++) {
        if (http_text_is(name, field_names[i])) {
            if (r->field[i].at) {
                return i == HTTP_HOST ? &no_host : &twice;
            }
            r->field[i] = value;
        }
    }
    return NULL;
}

/* The parser lets a name of odd characters pass, and a line that continues the one before. */
static const http_refusal *take_fields(http_request *r, const struct phr_header *h, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        http_text name = {h[i].name, h[i].name_len};
        if (!h[i].name || !http_text_is_token(name)) {
            return &malformed;
        }
        http_text value = http_text_trim((http_text){h[i].value, h[i].value_len});
        const http_refusal *why = take_field(r, name, value);
        if (why) {
            return why;
        }
    }
    return NULL;
}

/* --- the request line ------------------------------------------------ */

static void take_method(http_request *r, http_text name)
{
    for (unsigned i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (name.length == strlen(methods[i].name) &&
            memcmp(name.at, methods[i].name, name.length) == 0) {
            r->method = methods[i].method;
        }
    }
}

/* "http://host/path" is the same as "/path" with that Host (RFC 9112, 3.2.2). */
static http_text skip_authority(http_request *r, http_text target)
{
    static const char scheme[] = "http://";
    size_t n = sizeof scheme - 1;
    if (target.length < n || !http_text_same((http_text){target.at, n}, (http_text){scheme, n})) {
        return target;
    }
    http_text rest = {target.at + n, target.length - n};
    size_t length = 0;
    while (length < rest.length && rest.at[length] != '/') {
        length++;
    }
    r->field[HTTP_HOST] = (http_text){rest.at, length};
    return (http_text){rest.at + length, rest.length - length};
}

static const http_refusal *take_target(http_request *r, http_text target)
{
    if (target.length > HTTP_TARGET_MAX) {
        return &long_target;
    }
    target = skip_authority(r, target);
    bool is_all = r->method == HTTP_OPTIONS && http_text_is(target, "*");
    if (!is_all && (target.length == 0 || target.at[0] != '/')) {
        return &bad_target;
    }
    r->path = http_text_until(target, '?', &r->query);
    return NULL;
}

/* --- what the headers mean together ---------------------------------- */

static const http_refusal *take_length(http_request *r)
{
    http_text length = r->field[HTTP_CONTENT_LENGTH];
    http_text coding = r->field[HTTP_TRANSFER_ENCODING];
    if (coding.at && (length.at || r->is_http_1_0)) {
        return &bad_length;
    }
    if (coding.at && !http_text_is(coding, "chunked")) {
        return &bad_coding;
    }
    if (length.at && !http_text_number(length, UINT32_MAX, &r->content_bytes)) {
        return &bad_length;
    }
    r->is_chunked = coding.at != NULL;
    r->has_body = r->is_chunked || length.at;
    return NULL;
}

static const http_refusal *take_expect(http_request *r)
{
    http_text expect = r->field[HTTP_EXPECT];
    if (expect.at && !http_text_is(expect, "100-continue")) {
        return &bad_expect;
    }
    r->expects_continue = expect.at && !r->is_http_1_0;
    return NULL;
}

static const http_refusal *take_request(http_request *r, http_text method, http_text target,
                                        const struct phr_header *headers, size_t n)
{
    r->keeps_alive = !r->is_http_1_0;
    const http_refusal *why = take_fields(r, headers, n);
    if (!why && !r->field[HTTP_HOST].at) {
        why = &no_host;
    }
    if (!why && !http_text_is_token(method)) {
        why = &malformed;
    }
    take_method(r, method);
    if (!why && !r->method) {
        why = &bad_method;
    }
    if (!why) {
        why = take_target(r, target);
    }
    if (!why) {
        why = take_length(r);
    }
    return why ? why : take_expect(r);
}

/* --- whole or not ---------------------------------------------------- */

static const http_refusal *not_complete(const char *text, size_t length)
{
    if (length < HTTP_HEAD_MAX) {
        return NULL;
    }
    size_t line = length > 2 ? 2 : 0; /* an empty line may stand before the request */
    return memchr(text + line, '\n', length - line) ? &long_head : &long_target;
}

const http_refusal *http_parse(http_request *r, const char *text, size_t length, size_t seen)
{
    struct phr_header headers[HTTP_HEADERS_MAX];
    size_t n = HTTP_HEADERS_MAX;
    http_text method;
    http_text target;
    int minor;
    *r = (http_request){0};
    length = length < HTTP_HEAD_MAX ? length : HTTP_HEAD_MAX;
    int answer = phr_parse_request(text, length, &method.at, &method.length, &target.at,
                                   &target.length, &minor, headers, &n, seen);
    if (answer == -2) {
        return not_complete(text, length);
    }
    if (answer < 0) {
        return n == HTTP_HEADERS_MAX ? &long_head : &malformed;
    }
    r->head_length = (uint16_t)answer;
    r->is_http_1_0 = minor == 0;
    return take_request(r, method, target, headers, n);
}
