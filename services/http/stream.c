/* An exchange that has become a stream: server-sent events, or a WebSocket.
 *
 * The output is what goes out, whoever has put it there: the handler, http_publish(), an answer to
 * a ping. It waits in http_receive() for input and for room at once; both wake the same task. */
#include "frames.h"
#include "internal.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

static const http_refusal all_in_use = {503, "All places for streams are in use."};
static const http_refusal no_upgrade = {426, "This path speaks WebSocket, version 13."};
static const http_refusal bad_key = {400, "The key of the WebSocket is malformed."};

_Static_assert(HTTP_FIELDS_MAX >= FRAME_CONTROL_MAX, "control frames are taken in there");

static bool is_socket(const http_exchange *x)
{
    return x->status == 101;
}

/* --- the beginning --------------------------------------------------- */

static int refuse(http_exchange *x, const http_refusal *why)
{
    x->refusal = why;
    return YOKE_EINVAL;
}

static void begin(http_exchange *x, int status, const char *type)
{
    x->phase = STREAMS;
    x->server->stats.streams++;
    x->keeps = false;
    x->is_raw = true;
    x->frames = (http_frames){.control = x->fields}; /* which have gone out by then */
    x->kept = 0;
    net_keep(&x->stream);
    http_answer(x, status, type);
}

/* The head goes out at once; then whatever is published. */
static YOKE_ASYNC int send_head(yoke_task *t, http_exchange *x, http_channel *channel)
{
    int answer = http_flush(t, x);
    if (answer == YOKE_OK && channel) {
        http_channel_join(channel, x);
    }
    return answer;
}

static bool is_full(const http_exchange *x)
{
    return x->server->stats.streams >= x->server->config->streams_max;
}

int http_events(yoke_task *t, http_exchange *x, http_channel *channel)
{
    if (x->phase == ANSWERS) {
        if (is_full(x)) {
            return refuse(x, &all_in_use);
        }
        begin(x, 200, "text/event-stream");
    }
    return send_head(t, x, channel);
}

static const http_refusal *check_handshake(const http_exchange *x)
{
    const http_request *r = &x->request;
    if (!r->wants_upgrade || !http_text_lists(r->field[HTTP_UPGRADE], "websocket") ||
        !http_text_is(r->field[HTTP_SOCKET_VERSION], "13") || r->is_http_1_0) {
        return &no_upgrade;
    }
    return http_frames_is_key(r->field[HTTP_SOCKET_KEY]) ? NULL : &bad_key;
}

int http_websocket(yoke_task *t, http_exchange *x, http_channel *channel)
{
    if (x->phase == ANSWERS) {
        const http_refusal *why = check_handshake(x);
        if (why || is_full(x)) {
            return refuse(x, why ? why : &all_in_use);
        }
        char accept[SOCKET_ACCEPT_SIZE];
        http_frames_accept(x->request.field[HTTP_SOCKET_KEY], accept);
        x->fields_length = 0;
        http_add_field(x, "Upgrade", "websocket");
        http_add_field(x, "Sec-WebSocket-Accept", accept);
        begin(x, 101, NULL);
    }
    return send_head(t, x, channel);
}

/* --- the end --------------------------------------------------------- */

void http_stream_end(http_exchange *x)
{
    http_channel_leave(x);
    if (x->phase == STREAMS || x->phase == CLOSES) {
        x->server->stats.streams--;
    }
}

/* --- output ---------------------------------------------------------- */

char *http_stream_room(http_exchange *x, size_t size)
{
    size_t n = (size_t)(x->last - x->first);
    if (size > HTTP_OUTPUT_MAX - n) {
        return NULL;
    }
    memmove(x->output, x->output + x->first, n);
    x->first = 0;
    x->last = (uint16_t)(n + size);
    return x->output + n;
}

/* A whole control frame, unless the handler is in the middle of a message. */
static bool put_control(http_exchange *x, uint8_t op, const char *payload, size_t n)
{
    char *to = x->is_sending ? NULL : http_stream_room(x, 2 + n);
    if (to) {
        to += http_frames_head(to, op, n);
        memcpy(to, payload, n);
    }
    return to != NULL;
}

static void put_close(http_exchange *x)
{
    uint16_t code = x->frames.close_code;
    char payload[2] = {(char)(code >> 8), (char)code};
    put_control(x, OP_CLOSE, payload, sizeof payload);
    x->phase = CLOSES;
}

/* RFC 6455, 7.4.1: going away, internal error, normal. */
void http_stream_conclude(http_exchange *x, int status)
{
    if (is_socket(x) && x->phase == STREAMS) {
        x->frames.close_code = x->server->stops ? 1001 : status < 0 ? 1011 : 1000;
        put_close(x);
    }
}

void http_stream_beat(http_exchange *x)
{
    uint32_t beat_ms = http_limit(x->server->config->beat_ms, BEAT_MS);
    uint64_t now_us = yoke_now_us(yoke_home(&x->task));
    if (!x->is_begun || now_us - x->active_us < (uint64_t)beat_ms * 1000) {
        return;
    }
    if (net_idle_ms(&x->stream) > 3 * beat_ms) {
        x->due_us = now_us; /* nothing was heard, not even that our bytes have come */
    } else if (is_socket(x)) {
        put_control(x, OP_PING, "", 0);
    } else if (!x->is_sending) {
        char *to = http_stream_room(x, 3);
        if (to) {
            memcpy(to, ":\n\n", 3);
        }
    }
    x->active_us = now_us;
    yoke_wake(&x->task);
}

/* The head of a message; it waits for room. */
static YOKE_ASYNC int put_head(yoke_task *t, http_exchange *x, int kind, size_t size)
{
    char head[FRAME_HEAD_MAX];
    size_t n = http_frames_head(head, kind == HTTP_BINARY ? OP_BINARY : OP_TEXT, size);
    char *to = http_stream_room(x, n);
    if (!to) {
        int answer = http_push(t, x);
        return answer ? answer : put_head(t, x, kind, size);
    }
    memcpy(to, head, n);
    x->is_sending = true;
    x->written = 0;
    return YOKE_OK;
}

int http_send(yoke_task *t, http_exchange *x, int kind, const void *data, size_t size)
{
    int answer = x->is_sending ? YOKE_OK : put_head(t, x, kind, size);
    if (answer == YOKE_OK && x->written < size) {
        answer = http_write(t, x, data, size);
    }
    return answer == YOKE_OK ? http_flush(t, x) : answer;
}

/* --- input ----------------------------------------------------------- */

/* 0: nothing of note in what has come so far. */
static int take_frames(http_exchange *x, http_text *message)
{
    for (;;) {
        char *window = x->stream.window;
        size_t used = x->stream.taken;
        enum http_frames_found found =
            http_frames_take(&x->frames, window, x->stream.known, &used, window, HTTP_MESSAGE_MAX);
        x->stream.taken = (uint16_t)used;
        x->kept = (uint16_t)x->frames.message_length;
        switch (found) {
        case FRAMES_MESSAGE:
            *message = (http_text){window, x->frames.message_length};
            return x->frames.kind == OP_TEXT ? HTTP_TEXT : HTTP_BINARY;
        case FRAMES_PING:
            put_control(x, OP_PONG, x->frames.control, x->frames.control_length);
            break;
        case FRAMES_PONG:
            break;
        case FRAMES_CLOSE:
        case FRAMES_BAD:
            put_close(x);
            return 0;
        default:
            return 0;
        }
    }
}

/* Of an event stream whatever comes is thrown away. */
static int take_input(http_exchange *x, http_text *message)
{
    if (is_socket(x)) {
        return take_frames(x, message);
    }
    x->stream.taken = x->stream.known;
    return 0;
}

static bool take_change(http_exchange *x)
{
    if (!x->channel || x->version == x->channel->version) {
        return false;
    }
    x->version = x->channel->version;
    return true;
}

/* Send what there is, as far as it goes, and wait for input. 0: the peer has ended. */
static YOKE_ASYNC int exchange_bytes(yoke_task *t, http_exchange *x)
{
    int sent = http_push(t, x);
    if (sent < 0 && sent != YOKE_PENDING) {
        return sent;
    }
    uint64_t due_us = x->due_us; /* waiting for input has no limit here */
    int n = http_fill(t, x, 0);
    if (n == YOKE_PENDING) {
        x->due_us = due_us;
    }
    return n;
}

int http_receive(yoke_task *t, http_exchange *x, http_text *message)
{
    for (;;) {
        int answer = x->phase == CLOSES ? 0 : take_input(x, message);
        if (answer > 0) {
            return answer;
        }
        if (x->phase == CLOSES) {
            answer = http_push(t, x);
            return answer ? answer : x->frames.is_bad ? YOKE_EIO : HTTP_ENDED;
        }
        if (take_change(x)) {
            return HTTP_CHANGED;
        }
        answer = exchange_bytes(t, x);
        if (answer <= 0) {
            return answer;
        }
    }
}
