/* What the files of the server share; nobody else includes it. */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include "parse.h"
#include "yoke/loop.h"

/* http_exchange.phase */
enum { FREE, LISTENS, ANSWERS, STREAMS, CLOSES };

/* --- exchange.c: one connection -------------------------------------------------------------- */

int http_exchange_body(yoke_task *t);

/* The peer has done something: no limit runs any more. */
void http_progress(http_exchange *x);

/* The peer must do something within `ms` of the first of these calls since. Answers YOKE_PENDING.
 */
int http_wait_for_peer(http_exchange *x, uint32_t ms);

/* Wait for more input behind what is there, within `ms`; 0: none. Answers as net_read(). */
YOKE_ASYNC int http_fill(yoke_task *t, http_exchange *x, uint32_t ms);

/* A limit of the configuration, or its default. */
uint32_t http_limit(uint32_t configured_ms, uint32_t default_ms);

#define HEAD_MS  5000u
#define BODY_MS  5000u
#define IDLE_MS  15000u
#define WRITE_MS 5000u
#define BEAT_MS  15000u
#define EVICT_MS 50u

/* --- ask.c: what the handler asks ------------------------------------------------------------- */

/* Begin with a request whose head is whole. */
void http_ask_begin(http_exchange *x);

/* Read what the handler has left of the body, and throw it away, so that the next request can be
 * found; if that is too much the connection ends instead. Answers YOKE_OK. */
YOKE_ASYNC int http_skip_body(yoke_task *t, http_exchange *x);

/* --- answer.c: what goes out ----------------------------------------------------------------- */

void http_answer_begin(http_exchange *x);

/* Wait until the whole answer is out. */
YOKE_ASYNC int http_answer_end(yoke_task *t, http_exchange *x);

/* Answer `why`, if the answer has not begun. */
void http_refuse(http_exchange *x, const http_refusal *why);

/* Wait until what is in the output is out. */
YOKE_ASYNC int http_push(yoke_task *t, http_exchange *x);

/* --- head.c: the head of an answer ----------------------------------------------------------- */

#define ANSWER_HEAD_MAX 440u

/* The head of x's answer into `to`, of ANSWER_HEAD_MAX bytes; answers its length. */
size_t http_head_make(const http_exchange *x, char *to);

/* Answers to this status have no body at all. */
bool http_is_bodiless(int status);

/* --- stream.c, channel.c --------------------------------------------------------------------- */

/* Let go of the stream's place and of its channel. No stream: no effect. */
void http_stream_end(http_exchange *x);

/* The handler has ended with `status`: a WebSocket is told so. */
void http_stream_conclude(http_exchange *x, int status);

/* A sign of life, if the stream has been quiet and has room for it. */
void http_stream_beat(http_exchange *x);

void http_channel_join(http_channel *c, http_exchange *x);
void http_channel_leave(http_exchange *x);

/* Room for `size` bytes at the end of a stream's output, or NULL. */
char *http_stream_room(http_exchange *x, size_t size);

#endif
