/* WebSocket messages out of bytes and into bytes (RFC 6455). Pure. */
#ifndef HTTP_FRAMES_H
#define HTTP_FRAMES_H

#include "yoke/http.h"

enum { OP_MORE = 0, OP_TEXT = 1, OP_BINARY = 2, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };

#define FRAME_HEAD_MAX    10u  /* bytes before the payload of a frame that we send */
#define FRAME_CONTROL_MAX 125u /* bytes of payload of a ping, pong or close */

/* What http_frames_take() found. */
enum http_frames_found {
    FRAMES_NOTHING, /* more bytes are needed */
    FRAMES_MESSAGE, /* message[0 … s->message_length), s->kind: until the next call */
    FRAMES_PING,    /* s->control[0 … s->control_length) */
    FRAMES_PONG,
    FRAMES_CLOSE, /* s->close_code is what to answer with */
    FRAMES_BAD,   /* s->close_code says why; nothing more can be read */
};

/* Take from in[0 … n), of which `*used` were taken, up to the next thing of note. The payload of a
 * message is put together at `message`, of `size` bytes, which may overlap `in` if it ends up no
 * later than what was used. */
enum http_frames_found http_frames_take(http_frames *s, const char *in, size_t n, size_t *used,
                                        char *message, size_t size);

/* The head of a frame of ours: unmasked, whole. Answers its length, at most FRAME_HEAD_MAX. */
size_t http_frames_head(char *to, uint8_t op, size_t length);

/* The answer to a Sec-WebSocket-Key: 28 characters and a zero. */
#define SOCKET_ACCEPT_SIZE 29u
void http_frames_accept(http_text key, char to[SOCKET_ACCEPT_SIZE]);

/* Is it the base64 of 16 bytes, as a key must be? */
bool http_frames_is_key(http_text key);

bool http_is_utf8(const char *text, size_t length);

#endif
