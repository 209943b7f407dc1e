/* The answer: its head is made when the first of it must go out, so what fits into the output has a
 * known length, and what does not is sent in chunks.
 *
 *   output:  │ room for a head │ size of the chunk │ body … │ end of the chunk │
 *                         first ◀──────── made when it is sealed ────────▶ last   */
#include "internal.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CHUNK_HEAD 6u /* "3ff\r\n" */
#define CHUNK_TAIL 7u /* "\r\n0\r\n\r\n" */

void http_answer_begin(http_exchange *x)
{
    x->status = 200;
    x->type = "application/json";
    x->tag = NULL;
    x->length = x->made = 0;
    x->has_length = x->is_chunked = x->is_raw = x->is_sending = false;
    x->is_begun = x->is_sealed = x->is_over = false;
    x->fields_length = 0;
    x->written = 0;
    x->first = x->last = ANSWER_HEAD_MAX + CHUNK_HEAD;
}

/* --- before it begins ------------------------------------------------ */

void http_answer(http_exchange *x, int status, const char *type)
{
    if (!x->is_begun) {
        x->status = status;
        x->type = type;
    }
}

static bool has_control(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            return true;
        }
    }
    return false;
}

int http_add_field(http_exchange *x, const char *name, const char *value)
{
    if (x->is_begun || has_control(name) || has_control(value)) {
        return YOKE_EINVAL;
    }
    size_t left = HTTP_FIELDS_MAX - x->fields_length;
    int n = snprintf(x->fields + x->fields_length, left, "%s: %s\r\n", name, value);
    if (n < 0 || (size_t)n >= left) {
        return YOKE_EFULL;
    }
    x->fields_length = (uint8_t)(x->fields_length + n);
    return YOKE_OK;
}

void http_set_length(http_exchange *x, uint32_t size)
{
    if (!x->is_begun && size >= x->made) {
        x->length = size;
        x->has_length = true;
    }
}

bool http_unchanged(http_exchange *x, const char *tag)
{
    http_text wanted = x->request.field[HTTP_IF_NONE_MATCH];
    x->tag = tag;
    if (!wanted.at || x->is_begun) {
        return false;
    }
    while (wanted.length) {
        http_text one = http_text_trim(http_text_until(wanted, ',', &wanted));
        if (one.length > 2 && memcmp(one.at, "W/", 2) == 0) {
            one = (http_text){one.at + 2, one.length - 2};
        }
        if (http_text_is(one, "*") || http_text_is(one, tag)) {
            http_answer(x, 304, NULL);
            return true;
        }
    }
    return false;
}

int http_fail(http_exchange *x, int status, const char *reason)
{
    if (!x->is_begun) {
        bool keeps = x->keeps;
        http_answer_begin(x);
        x->keeps = keeps;
        x->status = status;
        int n = snprintf(x->output + x->last, HTTP_OUTPUT_MAX - CHUNK_TAIL - x->last,
                         "{\"error\":\"%.256s\"}", reason);
        x->last = (uint16_t)(x->last + n);
        x->made = (uint32_t)n;
    }
    return YOKE_OK;
}

void http_refuse(http_exchange *x, const http_refusal *why)
{
    http_fail(x, why->status, why->reason);
    x->server->stats.refused++;
}

/* --- making what goes out -------------------------------------------- */

static bool hides_body(const http_exchange *x)
{
    return x->request.method == HTTP_HEAD || http_is_bodiless(x->status);
}

static void choose_framing(http_exchange *x, bool is_last)
{
    if (!x->has_length && is_last) {
        x->length = x->made;
        x->has_length = true;
    } else if (!x->has_length && !x->request.is_http_1_0 && !x->is_raw) {
        x->is_chunked = true;
    } else if (!x->has_length && x->status != 101) {
        x->keeps = false; /* its end is the connection's */
    }
}

static void put_before(http_exchange *x, const char *text, size_t n)
{
    x->first = (uint16_t)(x->first - n);
    memcpy(x->output + x->first, text, n);
}

static void put_behind(http_exchange *x, const char *text)
{
    size_t n = strlen(text);
    memcpy(x->output + x->last, text, n);
    x->last = (uint16_t)(x->last + n);
}

static void put_chunk(http_exchange *x, bool is_last)
{
    if (x->last > x->first) {
        char size[CHUNK_HEAD + 1];
        int n = snprintf(size, sizeof size, "%x\r\n", (unsigned)(x->last - x->first));
        put_before(x, size, (size_t)n);
        put_behind(x, "\r\n");
    }
    if (is_last) {
        put_behind(x, "0\r\n\r\n");
    }
}

/* In the room before the body, moved to touch it. */
static void put_head(http_exchange *x)
{
    size_t n = http_head_make(x, x->output);
    if (n == 0) { /* what the handler has added is too long */
        x->fields_length = 0;
        x->type = x->tag = NULL;
        n = http_head_make(x, x->output);
    }
    x->first = (uint16_t)(x->first - n);
    memmove(x->output + x->first, x->output, n);
    x->is_begun = true;
}

static void seal(http_exchange *x, bool is_last)
{
    if (x->is_sealed || (x->is_raw && x->is_begun)) {
        return;
    }
    if (!x->is_begun) {
        choose_framing(x, is_last);
    }
    if (hides_body(x)) {
        x->last = x->first;
    } else if (x->is_chunked) {
        put_chunk(x, is_last);
    }
    if (!x->is_begun) {
        put_head(x);
    }
    x->is_sealed = true;
}

/* --- sending --------------------------------------------------------- */

static void take_more(http_exchange *x)
{
    x->is_sealed = false;
    x->first = x->last = x->is_raw ? 0 : CHUNK_HEAD;
}

/* One write to the peer; answers how many it took. */
static int put_out(yoke_task *t, http_exchange *x, const char *data, size_t n)
{
    int taken = net_write(t, &x->stream, data, n);
    if (taken == YOKE_PENDING) {
        return http_wait_for_peer(x, http_limit(x->server->config->write_ms, WRITE_MS));
    }
    if (taken > 0) {
        http_progress(x);
    } else {
        x->keeps = false;
    }
    return taken;
}

int http_push(yoke_task *t, http_exchange *x)
{
    while (x->first < x->last) {
        int n = put_out(t, x, x->output + x->first, (size_t)(x->last - x->first));
        if (n < 0) {
            return n;
        }
        x->first = (uint16_t)(x->first + n);
    }
    take_more(x);
    return YOKE_OK;
}

int http_flush(yoke_task *t, http_exchange *x)
{
    seal(x, false);
    int answer = http_push(t, x);
    if (answer == YOKE_OK) {
        x->is_sending = false;
    }
    return answer;
}

/* The last piece; a length that the handler has promised and not kept ends the connection. */
static void seal_last(http_exchange *x)
{
    if (x->has_length && x->made != x->length && !hides_body(x)) {
        x->keeps = false;
    }
    seal(x, true);
    x->is_over = true;
}

int http_answer_end(yoke_task *t, http_exchange *x)
{
    if (x->is_sealed && !x->is_over) {
        int answer = http_push(t, x); /* a piece that a handler has left */
        if (answer) {
            return answer;
        }
    }
    if (!x->is_over) {
        seal_last(x);
    }
    return http_push(t, x);
}

/* --- writing --------------------------------------------------------- */

static size_t room(const http_exchange *x)
{
    return x->is_sealed ? 0 : HTTP_OUTPUT_MAX - CHUNK_TAIL - x->last;
}

static void append(http_exchange *x, const char *data, size_t n)
{
    memcpy(x->output + x->last, data, n);
    x->last = (uint16_t)(x->last + n);
    x->made += (uint32_t)n;
}

/* Of known length, and nothing before it: it need not go through the output. */
static bool goes_directly(const http_exchange *x, size_t n)
{
    return x->is_begun && x->has_length && !x->is_sealed && x->first == x->last && n > room(x) &&
           !hides_body(x);
}

/* One step of a write: some of the rest. */
static int write_some(yoke_task *t, http_exchange *x, const char *data, size_t n)
{
    if (goes_directly(x, n)) {
        int taken = put_out(t, x, data, n);
        x->made += taken > 0 ? (uint32_t)taken : 0;
        return taken;
    }
    size_t taken = room(x);
    if (taken == 0) {
        seal(x, false);
        return http_push(t, x);
    }
    taken = taken < n ? taken : n;
    append(x, data, taken);
    return (int)taken;
}

/* Bytes that an answer of promised length may still have. */
static bool is_within_length(const http_exchange *x, size_t n)
{
    return !x->has_length || n <= x->length - x->made;
}

int http_write(yoke_task *t, http_exchange *x, const void *data, size_t size)
{
    const char *bytes = data;
    if (x->writing != bytes || x->written > size) {
        x->writing = bytes;
        x->written = 0;
    }
    if (!is_within_length(x, size - x->written)) {
        return YOKE_EFULL;
    }
    x->is_sending = x->is_raw;
    while (x->written < size) {
        int n = write_some(t, x, bytes + x->written, size - x->written);
        if (n < 0) {
            return n;
        }
        x->written += (size_t)n;
    }
    x->writing = NULL;
    return YOKE_OK;
}

/* `n` bytes of text were formatted behind what is there. YOKE_PENDING: they did not fit. */
static int keep_text(http_exchange *x, int n)
{
    if (n < 0 || (unsigned)n > HTTP_PRINT_MAX || !is_within_length(x, (size_t)n)) {
        return YOKE_EFULL;
    }
    if ((size_t)n >= room(x)) {
        return YOKE_PENDING;
    }
    x->last = (uint16_t)(x->last + n);
    x->made += (uint32_t)n;
    x->is_sending = x->is_raw;
    return YOKE_OK;
}

/* Formatted into the output itself, or, if it does not fit there, again when that is empty. */
int http_print(yoke_task *t, http_exchange *x, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(x->output + x->last, room(x), format, arguments);
    va_end(arguments);
    int answer = keep_text(x, n);
    if (answer != YOKE_PENDING) {
        return answer;
    }
    seal(x, false);
    answer = http_push(t, x);
    if (answer) {
        return answer;
    }
    va_start(arguments, format);
    n = vsnprintf(x->output + x->last, room(x), format, arguments);
    va_end(arguments);
    return keep_text(x, n);
}
