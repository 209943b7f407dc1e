/* The network: TCP streams and UDP datagrams to await, over lwIP, on the platform loop.
 *
 * All of the stack runs in one task of that loop, with static pools: no thread, no heap. Every
 * function here belongs to the platform loop; none may be called from an interrupt or from core 1.
 * Addresses are IPv4 only, so far.
 *
 *   net_listen()            a peer connects                    net_accept()
 *   listener ────────────▶ (half open) ──▶ (waits in the listener) ──▶ OPEN
 *                                                 net_connect() ────────▶ OPEN
 *
 *             the peer ends: net_read() answers 0 once all is read
 *   OPEN ─────────────────────────────────────────────────────────▶ OPEN, may still write
 *   OPEN ── reset, no answer any more, evicted: every call answers that error ──▶ BROKEN
 *   OPEN, BROKEN ── net_close(), net_abort() ──▶ CLOSED: the memory is the caller's
 *
 * Nothing is stored without limit: a peer may send no more than NET_WINDOW bytes that have not been
 * read, and a write waits while too much is under way. What has come lies in the stream's window,
 * in one piece: net_read() copies it from there, or who wants no second copy reads it in place:
 *
 *   window  0 ─────────── taken ─────────── known ─────────── come ─────────── NET_WINDOW
 *           the reader's         not read          since the         room for
 *           to keep                                last net_fill()   the peer */
#ifndef YOKE_NET_H
#define YOKE_NET_H

#include "yoke/task.h"

#define NET_WINDOW      1536u /* bytes a peer may send ahead of its reader: an Ethernet frame's */
#define NET_BACKLOG     8u    /* connections that wait in a listener, half open ones included */
#define NET_ACCEPTORS   8u    /* tasks that wait for the same listener */
#define NET_WATCHERS    8u    /* tasks that wait for net_await_change() */
#define NET_QUEUE       4u    /* datagrams that wait in a socket; of 1,170 bytes up two in all */
#define NET_DATAGRAM    1472u /* bytes of the longest datagram: an Ethernet frame's */
#define NET_TEXT_LENGTH 16u   /* an address as text, with its end */

typedef struct {
    uint8_t ip[4]; /* 192.168.0.1 is {192, 168, 0, 1} */
} net_address;

/* Who is at the other end. */
typedef struct {
    net_address address;
    uint16_t port;
} net_peer;

/* --- the stack ------------------------------------------------------------------------------- */

/* How the device gets its address. All zero: it asks by DHCP and calls itself "yoke". */
typedef struct {
    const char *host_name; /* what DHCP is told; NULL: "yoke"; 1 to 63 of a-z 0-9 - */
    net_address address;   /* 0.0.0.0: ask by DHCP */
    net_address mask, gateway, name_server; /* with a fixed address only; 0.0.0.0: none */
} net_config;

/* Bring up the stack on the port's link (yoke/link.h) and start its task on `platform`. `config`
 * must live as long as the task. YOKE_EBUSY: it runs already. YOKE_EINVAL: a value of `config` is
 * out of its range. YOKE_EIO: the link cannot be opened (the port has said why). */
int net_start(yoke_loop *platform, const net_config *config);

/* The stack's task: to show, to cancel and to join. When it ends, each stream and each listener is
 * broken (YOKE_EIO), the address is given back, the link closed; net_start() may be called again.
 */
extern yoke_task net_task;

/* What is so now. */
typedef struct {
    uint32_t changes; /* counts each change of what follows, modulo 2^32 */
    bool link_up;
    bool has_address; /* and the link is up: the network can be used */
    net_address address, mask, gateway, name_server;
    net_address time_server; /* that DHCP has named; 0.0.0.0: none */
    uint8_t mac[6];
} net_status;

net_status net_read_status(void);

/* Wait until net_read_status().changes is not `*seen`, and put it there. Answers YOKE_OK;
 * YOKE_EBUSY: NET_WATCHERS tasks wait already. */
YOKE_ASYNC int net_await_change(yoke_task *t, uint32_t *seen);

/* For services that call lwIP themselves (dns, mqtt): have the stack look at its timers and
 * send what is to be sent. After each such call. */
void net_work(void);

/* --- addresses as text ------------------------------------------------------------------------ */

/* "192.168.0.1" into `text`; answers `text`. */
char *net_to_text(net_address address, char text[NET_TEXT_LENGTH]);

/* Four numbers from 0 to 255 with points between, and nothing else: true, and `*address`. */
bool net_from_text(const char *text, net_address *address);

/* --- streams ---------------------------------------------------------------------------------- */

struct tcp_pcb; /* lwIP's */
struct pbuf;

/* All zero at first. The fields are net's own but for reading in place. One task may read and
 * another one write. */
typedef struct {
    struct tcp_pcb *pcb;           /* NULL: closed or broken */
    struct net_listener *listener; /* that has taken it; NULL: none */
    yoke_task *reader;             /* in net_read() or net_fill() */
    yoke_task *writer;             /* in net_connect(), net_write() or net_drain() */
    int error;                     /* YOKE_OK, or what broke it */
    uint32_t heard_ms;             /* when the peer was heard, or has taken something, last */
    uint32_t wrote_ms;             /* when something was written while nothing was under way */
    net_peer peer;
    uint16_t taken, known, come; /* of `window`, see above; who reads in place moves `taken` */
    bool ended;                  /* the peer will send no more */
    bool kept;                   /* net_keep() */
    bool connecting;             /* in net_connect() */
    bool wants_memory;           /* the writer is in net_write() */
    char window[NET_WINDOW];
} net_stream;

/* A connection that nobody has accepted yet. */
typedef struct {
    struct tcp_pcb *pcb; /* NULL: the place is free */
    struct net_listener *listener;
    struct pbuf *sent; /* by the peer so far; NULL: nothing */
    uint32_t number;   /* in the order in which they came */
} net_waiting;

/* All zero at first but `evict_ms`, which is the caller's; the rest is net's own. */
typedef struct net_listener {
    uint32_t evict_ms; /* When a connection waits and nobody accepts it, the stream of this listener
                          whose task has waited longest for its peer, at least so long, is broken
                          with YOKE_EFULL, unless it is kept. The more wait, the shorter; not so
                          while something sent is under way. And when a stream waits for memory
                          to begin to write, one is broken whose peer has taken nothing of what it
                          was sent for 400 ms, or 2 s if it is kept. 0: never */
    struct tcp_pcb_listen *pcb;
    net_waiting waiting[NET_BACKLOG];
    uint32_t came;       /* connections so far, modulo 2^32 */
    uint32_t evicted_ms; /* when a stream was broken last … */
    uint8_t making_room; /* … and how many were, for connections that wait still */
    uint16_t port;
    yoke_task *acceptors[NET_ACCEPTORS];
} net_listener;

/* Take connections on `port`, 1 to 65535, of every address of the device. They wait in `l`, at most
 * NET_BACKLOG; when one more comes, the oldest that has sent nothing yet is reset to make room,
 * else the newcomer is; each is counted. YOKE_EBUSY: the port is taken. YOKE_EFULL: no control
 * block is free. YOKE_EINVAL: port 0, `l` listens already, or the stack is not started. */
int net_listen(net_listener *l, uint16_t port);

/* Take no more. Connections that wait in `l` are reset, who waits in net_accept() is answered
 * YOKE_ENOENT; accepted streams go on. Not listening: no effect. */
void net_unlisten(net_listener *l);

/* Wait for a connection; YOKE_OK: `*s` is open. Those whose peer has sent something come first, the
 * oldest of them. `s` was closed. YOKE_ENOENT: `l` does not listen. YOKE_EBUSY: NET_ACCEPTORS tasks
 * wait already. */
YOKE_ASYNC int net_accept(yoke_task *t, net_listener *l, net_stream *s);

/* How many connections wait in `l` while no task is in net_accept() to take them. */
unsigned net_backlog(const net_listener *l);

/* Connect to `to`. YOKE_OK: `*s` is open. `s` was closed, and is so after every error and cancel.
 * YOKE_ENOENT: refused. YOKE_EIO: no way there, or no answer; lwIP tries for about 6 s.
 * YOKE_EFULL: no control block is free. YOKE_EINVAL: the stack is not started. */
YOKE_ASYNC int net_connect(yoke_task *t, net_stream *s, net_peer to);

/* Wait for bytes; answers how many were put into `buffer`, 1 to `size`; 0: the peer has ended and
 * all is read, and then always. The peer may send as many again only when they are read.
 * YOKE_EINVAL: `s` is closed, or `size` is 0. YOKE_EIO: reset, or no answer from the peer; what had
 * come before is read first. YOKE_EFULL: evicted. */
YOKE_ASYNC int net_read(yoke_task *t, net_stream *s, void *buffer, size_t size);

/* Read in place: wait until more has come than is known; then it is known. Answers how many bytes
 * are new, or as net_read(). What lies in window[0 … taken) is the reader's, who may write there.
 * YOKE_EINVAL: `s` is closed, or its window is full (net_make_room()). */
YOKE_ASYNC int net_fill(yoke_task *t, net_stream *s);

/* All in front of `taken` is done with but the first `kept` bytes: what is not read moves down to
 * them, `taken` is `kept`, and the peer may send so much more. `kept` >= `taken`: no effect. */
void net_make_room(net_stream *s, size_t kept);

/* Hand over bytes; they are copied. Answers how many were taken, 1 to `size`, which may be less:
 * call again with the rest. Waits while too much is under way. They are sent at the end of the
 * turn, several writes in one segment. Errors as net_read(). */
YOKE_ASYNC int net_write(yoke_task *t, net_stream *s, const void *data, size_t size);

/* Wait until the peer has acknowledged all that was written. YOKE_OK; errors as net_read(). */
YOKE_ASYNC int net_drain(yoke_task *t, net_stream *s);

/* End in order: what was written is still sent, then the peer is told the end; what it sends from
 * now on is thrown away. The stack forgets it when the peer takes nothing for 10 s, or for 400 ms
 * while a stream waits for memory. The memory is the caller's at once. No task may wait in `s`
 * (cancel it first). Closed already: no effect. */
void net_close(net_stream *s);

/* Reset the connection: at once, what was not acknowledged is lost. Else as net_close(). */
void net_abort(net_stream *s);

/* True from net_accept() or net_connect() on until it breaks or is closed. */
bool net_is_open(const net_stream *s);

/* For how long nothing was heard from the peer, in ms; 0 when `s` is not open. */
uint32_t net_idle_ms(const net_stream *s);

/* `s` is never evicted to make room for a newcomer, and only after 2 s for memory. Until it is
 * closed. */
void net_keep(net_stream *s);

/* --- datagrams -------------------------------------------------------------------------------- */

struct udp_pcb; /* lwIP's */

/* All zero at first; the fields are net's own, `dropped` may be read. */
typedef struct {
    struct udp_pcb *pcb; /* NULL: closed */
    struct pbuf *queue[NET_QUEUE];
    net_peer from[NET_QUEUE];
    uint8_t first, used;
    uint32_t dropped; /* datagrams that came while the queue was full, modulo 2^32 */
    yoke_task *receiver;
} net_socket;

/* Receive what comes to `port`; 0: the stack chooses one, for who only sends and is answered.
 * YOKE_EBUSY: the port is taken. YOKE_EFULL: no control block is free. YOKE_EINVAL: `s` is open, or
 * the stack is not started. */
int net_open(net_socket *s, uint16_t port);

/* Not open: no effect. What waits in `s` is lost; who waits in net_receive() is answered
 * YOKE_ENOENT. */
void net_shut(net_socket *s);

/* Wait for a datagram; answers how many bytes were put into `buffer`, 0 to `size`, and who has sent
 * it. What is longer than `size` is cut off. YOKE_ENOENT: `s` is not open. */
YOKE_ASYNC int net_receive(yoke_task *t, net_socket *s, void *buffer, size_t size, net_peer *from);

/* Send one datagram, copied, 0 to NET_DATAGRAM bytes. Does not wait. YOKE_EINVAL: too long, or not
 * open. YOKE_EFULL: no memory for it now, counted. YOKE_EIO: no way there. */
int net_send(net_socket *s, const void *data, size_t size, net_peer to);

/* Receive what is sent to multicast group `group` (224.0.0.0 to 239.255.255.255), on every socket
 * of its port; or no more. Kept across link down and up. YOKE_EFULL: too many groups. YOKE_EINVAL:
 * no such group. */
int net_join_group(net_address group);
int net_leave_group(net_address group);

/* --- counters --------------------------------------------------------------------------------- */

/* One pool of lwIP. */
typedef struct {
    const char *name;
    uint32_t used, most, size; /* elements, or bytes of "bytes": now, high water, all */
    uint32_t refused;          /* requests when it was empty, modulo 2^32 */
} net_pool;

/* Pool number `i`, from 0; false: there are no more. */
bool net_read_pool(unsigned i, net_pool *pool);

/* Modulo 2^32. */
typedef struct {
    uint32_t frames_in, frames_out;
    uint32_t lost_in;     /* frames that found no buffer, here or in the link */
    uint32_t lost_out;    /* frames that the link did not take; TCP sends them again */
    uint32_t accepted;    /* connections handed over by net_accept() */
    uint32_t half_open;   /* half-open connections dropped to make room */
    uint32_t evicted;     /* streams broken to make room */
    uint32_t turned_away; /* connections reset before anybody accepted them */
    uint32_t unanswered;  /* connection requests for which there was no control block */
    uint32_t unread;      /* datagrams that no socket had room for */
    uint32_t unsent;      /* datagrams for which there was no memory, or no way */
} net_stats;

net_stats net_read_stats(void);

#endif
