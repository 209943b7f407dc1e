/* What the files of services/net share. lwIP calls back from within net_task only, so nothing here
 * is guarded. */
#ifndef NET_INTERNAL_H
#define NET_INTERNAL_H

#include "yoke/link.h"
#include "yoke/net.h"

#include <lwip/netif.h>
#include <lwip/pbuf.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <lwip/udp.h>

/* Counted as they happen; net_read_stats() adds what lwIP counts. */
extern net_stats net_counted;

/* net.c */
extern uint32_t net_frame[]; /* LINK_FRAME_MAX bytes: one on its way in or out */
bool net_is_running(void);
uint32_t net_now_ms(void);        /* modulo 2^32 */
bool net_buffers_are_short(void); /* what waits for a task may take no more of them */

/* interface.c: lwIP's side of the link */
int interface_open(const net_config *config);
void interface_close(void);
void interface_take(size_t size); /* of net_frame, that has come */
void interface_look(void);        /* is the link still up? */
void watchers_wake(void);

/* stream.c */
err_t stream_received(void *stream, struct tcp_pcb *pcb, struct pbuf *p, err_t err);
void stream_attach(net_stream *s, struct tcp_pcb *pcb);
void stream_break(net_stream *s, int error);          /* resets the connection */
net_stream *stream_of(const struct tcp_pcb *pcb);     /* NULL: it is no stream's */
uint32_t stream_held_ms(const net_stream *s);         /* for how long its peer has taken nothing */
uint32_t stream_closed_ms(const struct tcp_pcb *pcb); /* … of a closed one; 0: it is not */
void streams_flush(void);                             /* send what is to be sent and acknowledged */
void streams_break_all(void);

/* share.c: the memory for what is to be sent */
size_t share_of(const net_stream *s); /* bytes that it may hand over now */
bool share_is_short(void);            /* a stream waits to begin to write, and there is none */
net_stream *share_next(void);         /* of those who can go on with a write, the first in line */

/* listener.c */
bool listener_has(const struct tcp_pcb *pcb);        /* it waits to be accepted */
bool listener_has_silent(const struct tcp_pcb *pcb); /* … and has sent nothing */
void listener_drop(struct tcp_pcb *pcb);             /* and is reset */
void listeners_break_all(void);

/* room.c: who goes when there is no room */
struct tcp_pcb *room_for_connect(void); /* a new control block; NULL: all are in good use */
void room_for_newcomer(void);           /* its SYN is being looked at */
void room_look(void);      /* for connections that wait to be accepted, and streams for memory */
bool room_is_wanted(void); /* there are such */

/* socket.c */
void sockets_break_all(void);

#endif
