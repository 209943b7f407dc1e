/* HTTP/1.1: a server of tasks over services/net.
 *
 * A route names a path and the handler that answers it. A handler is a body with one more argument:
 * it may use the await macros, and runs in the task of its connection.
 *
 *     static int get_count(yoke_task *t, http_exchange *x)
 *     {
 *         YOKE_BEGIN(t);
 *         YOKE_TRY(t, http_print(t, x, "{\"count\":%u}", count));
 *         YOKE_FINALLY(t);
 *         YOKE_END(t);
 *     }
 *
 * What it writes is an answer of known length if it fits into HTTP_OUTPUT_MAX, else it is streamed
 * in chunks. A negative result is answered with 500, or, when the answer has begun, by an end of
 * the connection.
 *
 *        net_accept()            a request is whole          answered, kept alive
 *   FREE ───────────▶ LISTENS ──────────────────▶ ANSWERS ────────────────────▶ LISTENS
 *     ▲                  │                           │ http_events(), http_websocket()
 *     │                  ▼                           ▼
 *     └── the peer ends, a limit has passed, room is needed ◀── STREAMS
 *
 * Everything here belongs to the platform loop; nothing may be called from an interrupt. */
#ifndef YOKE_HTTP_H
#define YOKE_HTTP_H

#include "yoke/net.h"
#include "yoke/task.h"

/* Limits. Each is answered with the status in brackets. */
#define HTTP_HEAD_MAX    1280u /* bytes of a request line and its headers (431) */
#define HTTP_HEADERS_MAX 32u   /* headers of a request (431) */
#define HTTP_TARGET_MAX  448u  /* bytes of a path and its query (414) */
#define HTTP_BODY_MAX    1024u /* bytes of a body that http_body() takes (413) */
#define HTTP_MESSAGE_MAX 1280u /* bytes of a WebSocket's message (close code 1009) */
#define HTTP_OUTPUT_MAX  896u  /* bytes of a connection's output */
#define HTTP_PUBLISH_MAX 768u  /* bytes of a message given to http_publish() (YOKE_EFULL) */
#define HTTP_FIELDS_MAX  128u  /* bytes of the headers of an answer that http_add_field() adds */
#define HTTP_STATE_MAX   64u   /* bytes of a handler's own state, HTTP_STATE() */

typedef struct {
    const char *at; /* not ended by a zero; NULL: not there */
    size_t length;
} http_text;

typedef struct http_exchange http_exchange;

/* Methods, to be or-ed in a route. */
enum {
    HTTP_GET = 1 << 0, /* HEAD comes with it */
    HTTP_HEAD = 1 << 1,
    HTTP_POST = 1 << 2,
    HTTP_PUT = 1 << 3,
    HTTP_PATCH = 1 << 4,
    HTTP_DELETE = 1 << 5,
    HTTP_OPTIONS = 1 << 6, /* answered by the server itself */
};

/* What is special of a route. */
enum {
    HTTP_OPEN = 1 << 0,     /* needs no token: a page, which then asks for it */
    HTTP_ANY_TYPE = 1 << 1, /* a body need not be application/json: an upload */
    HTTP_STREAM = 1 << 2,   /* the token may be in the query, as access_token: EventSource and
                               WebSocket of a page can send no header */
};

/* Answer a request; see above. Before the answer has begun its headers can be set. */
typedef int http_handler(yoke_task *t, http_exchange *x);

typedef struct {
    const char *path;      /* "/api/workers/{name}"; a last part of "*" takes all below */
    http_handler *handler; /* a GET must change nothing */
    const void *argument;  /* for the handler: x->route->argument */
    uint32_t body_max;     /* bytes that http_read() gives; 0: HTTP_BODY_MAX */
    uint8_t methods;
    uint8_t flags;
} http_route;

/* The headers that the server looks at. */
enum http_field {
    HTTP_HOST,
    HTTP_ORIGIN,
    HTTP_CONTENT_TYPE,
    HTTP_CONTENT_LENGTH,
    HTTP_TRANSFER_ENCODING,
    HTTP_EXPECT,
    HTTP_AUTHORIZATION,
    HTTP_IF_NONE_MATCH,
    HTTP_UPGRADE,
    HTTP_SOCKET_KEY,
    HTTP_SOCKET_VERSION,
    HTTP_FIELDS,
};

/* A request's head, taken apart; it lies in the stream's window. */
typedef struct {
    uint16_t head_length; /* bytes */
    uint8_t method;       /* one of HTTP_GET … */
    bool is_http_1_0;
    bool keeps_alive;
    bool wants_upgrade;
    bool expects_continue;
    bool is_chunked;
    bool has_body;          /* its length is given, and may be 0, or it is chunked */
    uint32_t content_bytes; /* as Content-Length says */
    http_text path, query;  /* as they came; the query without its '?' */
    http_text field[HTTP_FIELDS];
} http_request;

/* --- the server ------------------------------------------------------------------------------ */

/* All limits of time are in ms; 0: the default in brackets. */
typedef struct {
    const http_route *routes; /* ended by one whose path is NULL */
    const char *const *hosts; /* names in a Host header that are ours, ended by NULL: "yoke.local",
                                 and "localhost", "127.0.0.1" where a gateway hands us its own
                                 port. The device's address is always ours */
    const char *token;        /* who bears it may ask; NULL or "": everybody */
    uint16_t port;            /* 0: 80 */
    uint8_t streams_max;      /* event streams and WebSockets at once (503); less than `count` */
    uint32_t head_ms;         /* for a request's head, from its first byte (5,000) (408) */
    uint32_t body_ms;         /* for each further piece of a body (5,000) (408) */
    uint32_t idle_ms;         /* for the next request (15,000) */
    uint32_t write_ms;        /* for the peer to take anything of an answer (5,000) */
    uint32_t beat_ms;         /* between two signs of life in a quiet stream (15,000) */
    uint32_t evict_ms;        /* when all connections are in use and another client comes, the one
                                 that has waited longest for its peer, at least so long, is ended;
                                 shorter if many come; streams are not, unless their peers take
                                 nothing for 2 s and memory is short (50). While none has, as
                                 many answers end their connection as others wait: all are served
                                 in turn */
} http_config;

/* Modulo 2^32, but for `streams`. */
typedef struct {
    uint32_t connections; /* accepted */
    uint32_t requests;    /* whole heads, refused ones included */
    uint32_t refused;     /* answered with 400 or more by the server itself */
    uint32_t late;        /* connections ended by a limit of time */
    uint32_t dropped;     /* messages that a slow client of http_publish() did not get */
    uint32_t streams;     /* event streams and WebSockets now */
} http_stats;

/* A server's frame. Set the first three, start `task` on the platform loop after net_start();
 * cancel it to stop. It ends with an error of net_listen() if the port cannot be had. */
typedef struct {
    yoke_task task; /* HTTP_SERVER_TASK */
    const http_config *config;
    http_exchange *exchanges; /* one a connection; all zero at first */
    unsigned count;           /* of them; the ninth client waits if there are 8 */
    http_stats stats;         /* may be read */
    /* --- the server's own ------------------------------------------------ */
    net_listener listener;
    http_exchange *seat; /* for the next connection */
    unsigned next;       /* exchange to be joined at the end */
    bool ticks, stops;
} http_server;

int http_server_body(yoke_task *t);
#define HTTP_SERVER_TASK YOKE_TASK(http_server_body)

/* --- what a handler asks --------------------------------------------------------------------- */

/* The part of the path where the route has {name}, or the value of `key` in the query, decoded into
 * `to` and ended by a zero. Answers its length. YOKE_ENOENT: there is none. YOKE_EINVAL: a bad
 * escape. YOKE_EFULL: longer than size - 1. */
int http_parameter(const http_exchange *x, const char *name, char *to, size_t size);
int http_query(const http_exchange *x, const char *key, char *to, size_t size);

/* Wait for the whole body, at most HTTP_BODY_MAX bytes; it stays until the handler ends. The
 * request's fields are gone after it, its path and query stay. Answers YOKE_OK; on an error (no
 * body, too long, badly framed) leave, and the server answers 411, 413 or 400. */
YOKE_ASYNC int http_body(yoke_task *t, http_exchange *x, http_text *body);

/* Wait for a piece of a body of any length up to the route's body_max. Answers how many bytes were
 * put into `buffer`; 0: that was all. Errors as http_body(). */
YOKE_ASYNC int http_read(yoke_task *t, http_exchange *x, void *buffer, size_t size);

/* A handler's own state: a struct that is zero when the handler begins, and lives until it ends.
 *     me_state *me = HTTP_STATE(me_state, x); */
#define HTTP_STATE(type, x) \
    ((type *)(void *)((x)->state + 0 * sizeof(char[sizeof(type) <= HTTP_STATE_MAX ? 1 : -1])))

/* --- what a handler answers ------------------------------------------------------------------ */

/* Status (100 to 599) and media type; without it 200 and "application/json". `type` must live as
 * long as the answer; NULL: no body. No effect when the answer has begun. */
void http_answer(http_exchange *x, int status, const char *type);

/* Add "name: value". YOKE_EFULL: HTTP_FIELDS_MAX is reached. YOKE_EINVAL: control characters. */
int http_add_field(http_exchange *x, const char *name, const char *value);

/* The answer is {"error":"reason"}, instead of what was written so far; answers YOKE_OK, for
 * `return http_fail(x, 404, "There is no worker of that name.");`. `reason` is copied, at most 256
 * bytes, and has no quotes, backslashes or control characters. No effect when the answer has begun.
 */
int http_fail(http_exchange *x, int status, const char *reason);

/* The answer has `size` bytes in all: then it is not sent in chunks. */
void http_set_length(http_exchange *x, uint32_t size);

/* What is answered has this tag, with its quotes. True: the client has it already, 304 is answered;
 * leave. `tag` must live as long as the answer. */
bool http_unchanged(http_exchange *x, const char *tag);

/* Write all of `data`, or what printf makes of it, at most HTTP_PRINT_MAX bytes. It goes out when
 * the output is full, or by http_flush(), or at the end. Answers YOKE_OK; YOKE_EFULL: the text is
 * longer; YOKE_EIO: the peer is gone. Not to be cut short by yoke_within(). */
#define HTTP_PRINT_MAX 448u
YOKE_ASYNC int http_write(yoke_task *t, http_exchange *x, const void *data, size_t size);
YOKE_ASYNC int http_print(yoke_task *t, http_exchange *x, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
YOKE_ASYNC int http_flush(yoke_task *t, http_exchange *x);

/* --- pages in flash -------------------------------------------------------------------------- */

/* Made at build time by yoke_page() of cmake/page.cmake, compressed; sent so to everybody. */
typedef struct {
    const char *type; /* "text/html; charset=utf-8" */
    const char *tag;  /* for ETag: made of the content */
    const void *data; /* gzip */
    uint32_t size;
} http_page;

/* Declares what yoke_page() has made of "scope.html": HTTP_PAGE(scope_html); */
#define HTTP_PAGE(name) extern const http_page page_##name

/* The handler of a page: `argument` of the route is a http_page. */
http_handler http_send_page;

/* --- streams: server-sent events and WebSockets ---------------------------------------------- */

/* Those who follow one thing. All zero at first. */
typedef struct {
    http_exchange *first;
    uint32_t version; /* counts http_touch(), modulo 2^32 */
} http_channel;

/* Turn the exchange into a stream of server-sent events, or into a WebSocket, that follows
 * `channel` (NULL: none). YOKE_OK; on an error leave, and the server answers 503 (all streams are
 * in use), 400 or 426 (no or another handshake). */
YOKE_ASYNC int http_events(yoke_task *t, http_exchange *x, http_channel *channel);
YOKE_ASYNC int http_websocket(yoke_task *t, http_exchange *x, http_channel *channel);

/* What http_receive() answers. */
enum {
    HTTP_ENDED = 0,   /* the peer has ended */
    HTTP_TEXT = 1,    /* a WebSocket's message, valid UTF-8 */
    HTTP_BINARY = 2,  /* … */
    HTTP_CHANGED = 3, /* http_touch(); several of them may be one */
};

/* Wait for the next of these; meanwhile what was published goes out and pings are answered.
 * `*message` stays until the next call. YOKE_EIO: the peer is gone, or broke the rules (it was told
 * so). */
YOKE_ASYNC int http_receive(yoke_task *t, http_exchange *x, http_text *message);

/* Send one message of a WebSocket: `kind` is HTTP_TEXT or HTTP_BINARY. In an event stream write
 * "data: …\n\n" by http_print() and flush. */
YOKE_ASYNC int http_send(yoke_task *t, http_exchange *x, int kind, const void *data, size_t size);

/* Send `text`, without line ends, to all who follow `channel`, as an event or as a text message.
 * Does not wait: who has no room for it, or is in the middle of a message of its own, does not get
 * it, and that is counted. Answers how many have got it. YOKE_EFULL: longer than HTTP_PUBLISH_MAX.
 */
int http_publish(http_channel *channel, const char *text, size_t size);

/* What the followers of `channel` show has changed: each one's http_receive() answers HTTP_CHANGED.
 * For what is larger than a message, or only worth sending in its latest state. */
void http_touch(http_channel *channel);

/* --- a connection ---------------------------------------------------------------------------- */

/* The body of a request as it comes in. */
typedef struct {
    uint32_t left;  /* bytes of the body, or of its present chunk */
    uint32_t taken; /* bytes of the body so far */
    uint32_t limit;
    uint16_t signs; /* bytes since the last chunk that were not body */
    uint8_t step;   /* 0: done */
} http_body_state;

/* The incoming side of a WebSocket. */
typedef struct {
    uint32_t left;           /* bytes of payload of the present frame still to come */
    uint32_t message_length; /* bytes of the message so far */
    uint16_t close_code;
    uint8_t op, kind;
    uint8_t turn; /* of the mask */
    uint8_t control_length;
    bool is_last, in_frame, in_message, is_told, is_bad;
    uint8_t mask[4];
    char *control; /* the payload of a control frame, 125 bytes at most */
} http_frames;

/* A connection and what goes on over it. Handlers read `request`, `route` and `server`. */
struct http_exchange {
    yoke_task task;
    http_server *server;
    const http_route *route; /* NULL: none fits */
    http_request request;
    /* --- the server's own; by alignment ---------------------------------- */
    net_stream stream;
    uint64_t due_us;    /* by then the peer must have done something; 0: no limit */
    uint64_t active_us; /* when something came or went last */
    _Alignas(8) char state[HTTP_STATE_MAX];
    const struct http_refusal *refusal; /* answered instead of what the handler answers */
    const char *type, *tag;             /* of the answer */
    const char *writing;                /* the data of a write under way … */
    size_t written;                     /* … and how much of it is done */
    http_channel *channel;              /* that a stream follows */
    http_exchange *next;                /* in it */
    uint32_t version;                   /* of it, seen last */
    int status;
    uint32_t length; /* bytes of the answer's body, if has_length */
    uint32_t made;   /* … so far */
    http_body_state body;
    http_frames frames;
    uint16_t handler_line; /* where the handler is paused */
    uint16_t kept;         /* stream.window[0 … kept) was taken in: a head, a body, a message */
    uint16_t seen;         /* of a head that is not complete */
    uint16_t first, last;  /* output[first … last) is to be sent */
    uint8_t phase;
    uint8_t allowed; /* methods of this path, for 405 and OPTIONS */
    uint8_t fields_length;
    bool keeps;        /* the connection goes on after this exchange */
    bool is_late;      /* ended by a limit of time */
    bool is_continued; /* 100 was sent */
    bool is_skipping;  /* the body, which the handler has left */
    bool has_length;   /* the answer … */
    bool is_chunked;
    bool is_raw;                  /* … is a stream: the output is what goes out */
    bool is_sending;              /* … in the middle of a message */
    bool is_begun;                /* its head is made, nothing can be taken back */
    bool is_sealed;               /* the output is ready to be sent, and takes no more */
    bool is_over;                 /* … and is the last */
    char fields[HTTP_FIELDS_MAX]; /* of the answer; of a WebSocket then its frames' `control` */
    char output[HTTP_OUTPUT_MAX];
};

#endif
