#include "frames.h"

#include <string.h>

/* RFC 6455, 7.4.1 */
enum { CLOSE_NORMAL = 1000, CLOSE_PROTOCOL = 1002, CLOSE_NOT_TEXT = 1007, CLOSE_TOO_BIG = 1009 };

static enum http_frames_found bad(http_frames *s, uint16_t code)
{
    s->close_code = code;
    s->is_bad = true;
    return FRAMES_BAD;
}

/* --- the head of a frame --------------------------------------------- */

static bool is_control(uint8_t op)
{
    return op >= OP_CLOSE;
}

static bool is_known(uint8_t op)
{
    return op <= OP_BINARY || (op >= OP_CLOSE && op <= OP_PONG);
}

/* Bytes of the head that begins so; 0: that cannot be told yet. */
static size_t head_length(const uint8_t *in, size_t n)
{
    if (n < 2) {
        return 0;
    }
    uint8_t length = in[1] & 0x7f;
    return 2 + 4 + (length == 126 ? 2u : length == 127 ? 8u : 0u);
}

static uint64_t payload_length(const uint8_t *in)
{
    uint8_t length = in[1] & 0x7f;
    if (length < 126) {
        return length;
    }
    unsigned bytes = length == 126 ? 2 : 8;
    uint64_t n = 0;
    for (unsigned i = 0; i < bytes; i++) {
        n = n << 8 | in[2 + i];
    }
    return n;
}

/* 0, or the code to close with. */
static uint16_t judge_head(const http_frames *s, const uint8_t *in, uint64_t length, size_t size)
{
    uint8_t op = in[0] & 0x0f;
    bool is_last = in[0] & 0x80;
    bool is_masked = in[1] & 0x80;
    if (in[0] & 0x70 || !is_masked || !is_known(op)) {
        return CLOSE_PROTOCOL;
    }
    if (is_control(op)) {
        return is_last && length <= FRAME_CONTROL_MAX ? 0 : CLOSE_PROTOCOL;
    }
    if ((op == OP_MORE) != s->in_message) {
        return CLOSE_PROTOCOL;
    }
    return length > size - s->message_length ? CLOSE_TOO_BIG : 0;
}

/* All of the head is at `in`. */
static void begin_frame(http_frames *s, const uint8_t *in, size_t head, uint64_t length)
{
    s->op = in[0] & 0x0f;
    s->is_last = in[0] & 0x80;
    memcpy(s->mask, in + head - 4, 4);
    s->left = (uint32_t)length;
    s->turn = 0;
    s->in_frame = true;
    if (is_control(s->op)) {
        s->control_length = 0;
    } else if (s->op != OP_MORE) {
        s->kind = s->op;
        s->in_message = true;
    }
}

/* True: a frame has begun, or s->close_code says why it must not. */
static bool take_head(http_frames *s, const uint8_t *in, size_t n, size_t *used, size_t size)
{
    size_t head = head_length(in + *used, n - *used);
    if (head == 0 || head > n - *used) {
        return false;
    }
    uint64_t length = payload_length(in + *used);
    s->close_code = judge_head(s, in + *used, length, size);
    if (!s->close_code) {
        begin_frame(s, in + *used, head, length);
        *used += head;
    }
    return true;
}

/* --- payload --------------------------------------------------------- */

static void take_payload(http_frames *s, const char *in, size_t n, size_t *used, char *message)
{
    char *to = is_control(s->op) ? s->control + s->control_length : message + s->message_length;
    size_t taken = n - *used < s->left ? n - *used : s->left;
    for (size_t i = 0; i < taken; i++) {
        to[i] = (char)(in[*used + i] ^ (char)s->mask[s->turn++ & 3]);
    }
    *used += taken;
    s->left -= (uint32_t)taken;
    if (is_control(s->op)) {
        s->control_length = (uint8_t)(s->control_length + taken);
    } else {
        s->message_length += (uint32_t)taken;
    }
}

static bool may_be_sent(uint16_t code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static enum http_frames_found end_of_close(http_frames *s)
{
    if (s->control_length == 0) {
        s->close_code = CLOSE_NORMAL;
        return FRAMES_CLOSE;
    }
    uint16_t code = (uint16_t)((uint8_t)s->control[0] << 8 | (uint8_t)s->control[1]);
    if (s->control_length == 1 || !may_be_sent(code)) {
        return bad(s, CLOSE_PROTOCOL);
    }
    if (!http_is_utf8(s->control + 2, s->control_length - 2u)) {
        return bad(s, CLOSE_NOT_TEXT);
    }
    s->close_code = code;
    return FRAMES_CLOSE;
}

static enum http_frames_found end_of_frame(http_frames *s, const char *message)
{
    s->in_frame = false;
    if (s->op == OP_CLOSE) {
        return end_of_close(s);
    }
    if (is_control(s->op)) {
        return s->op == OP_PING ? FRAMES_PING : FRAMES_PONG;
    }
    if (!s->is_last) {
        return FRAMES_NOTHING;
    }
    s->in_message = false;
    s->is_told = true;
    if (s->kind == OP_TEXT && !http_is_utf8(message, s->message_length)) {
        return bad(s, CLOSE_NOT_TEXT);
    }
    return FRAMES_MESSAGE;
}

enum http_frames_found http_frames_take(http_frames *s, const char *in, size_t n, size_t *used,
                                        char *message, size_t size)
{
    enum http_frames_found found = FRAMES_NOTHING;
    if (s->is_told) {
        s->is_told = false;
        s->message_length = 0;
    }
    while (found == FRAMES_NOTHING) {
        if (!s->in_frame && !take_head(s, (const uint8_t *)in, n, used, size)) {
            return FRAMES_NOTHING;
        }
        if (!s->in_frame) {
            return bad(s, s->close_code);
        }
        take_payload(s, in, n, used, message);
        if (s->left) {
            return FRAMES_NOTHING;
        }
        found = end_of_frame(s, message);
    }
    return found;
}

/* --- ours ------------------------------------------------------------ */

size_t http_frames_head(char *to, uint8_t op, size_t length)
{
    to[0] = (char)(0x80 | op);
    if (length < 126) {
        to[1] = (char)length;
        return 2;
    }
    unsigned bytes = length < 65536 ? 2 : 8;
    to[1] = bytes == 2 ? 126 : 127;
    for (unsigned i = 0; i < bytes; i++) {
        to[1 + bytes - i] = (char)((uint64_t)length >> (8 * i));
    }
    return 2 + bytes;
}
