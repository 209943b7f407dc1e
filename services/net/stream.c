/* TCP streams. What has come waits in the stream's own window, which is exactly what the peer may
 * send, so lwIP's buffers are free again at once; what is to be sent waits in lwIP's memory. lwIP
 * counts the same room as we do: its rcv_wnd is NET_WINDOW - come. */
#include "internal.h"

#include <string.h>

#define END_MS 10000u /* in which the peer of a closed connection must take something */

_Static_assert(NET_WINDOW == TCP_WND, "a stream has room for just what its peer may send");

static void wake(yoke_task **waiter)
{
    yoke_task *t = *waiter;
    *waiter = NULL;
    if (t) {
        yoke_wake(t);
    }
}

static void wake_both(net_stream *s)
{
    wake(&s->reader);
    wake(&s->writer);
}

/* --- what lwIP tells -------------------------------------------------------------------------- */

err_t stream_received(void *stream, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    (void)pcb;
    (void)err;
    net_stream *s = stream;
    if (!p) {
        s->ended = true;
    } else if (p->tot_len > NET_WINDOW - s->come) {
        return ERR_MEM; /* not within what was allowed: lwIP keeps it and stops there */
    } else {
        pbuf_copy_partial(p, s->window + s->come, p->tot_len, 0);
        s->come = (uint16_t)(s->come + p->tot_len);
        pbuf_free(p);
    }
    s->heard_ms = net_now_ms();
    wake(&s->reader);
    return ERR_OK;
}

static err_t acknowledged(void *stream, struct tcp_pcb *pcb, u16_t size)
{
    (void)pcb;
    (void)size;
    net_stream *s = stream;
    s->heard_ms = net_now_ms();
    wake(&s->writer);
    return ERR_OK;
}

/* lwIP has freed the control block already. */
static void broken(void *stream, err_t err)
{
    net_stream *s = stream;
    bool refused = err == ERR_RST && s->connecting;
    s->pcb = NULL;
    s->connecting = false;
    s->error = refused ? YOKE_ENOENT : YOKE_EIO;
    wake_both(s);
}

static err_t connected(void *stream, struct tcp_pcb *pcb, err_t err)
{
    (void)pcb;
    (void)err;
    net_stream *s = stream;
    s->connecting = false;
    s->heard_ms = net_now_ms();
    wake(&s->writer);
    return ERR_OK;
}

net_stream *stream_of(const struct tcp_pcb *pcb)
{
    return pcb->recv == stream_received ? pcb->callback_arg : NULL;
}

void stream_attach(net_stream *s, struct tcp_pcb *pcb)
{
    s->pcb = pcb;
    s->error = YOKE_OK;
    s->ended = s->kept = s->wants_memory = false;
    s->taken = s->known = s->come = 0;
    s->heard_ms = s->wrote_ms = net_now_ms();
    s->peer.port = pcb->remote_port;
    memcpy(s->peer.address.ip, &ip_2_ip4(&pcb->remote_ip)->addr, sizeof s->peer.address.ip);
    tcp_arg(pcb, s);
    tcp_recv(pcb, stream_received);
    tcp_sent(pcb, acknowledged);
    tcp_err(pcb, broken);
    tcp_nagle_disable(pcb); /* what is written in a turn is sent together anyway */
}

static struct tcp_pcb *detach(net_stream *s)
{
    struct tcp_pcb *pcb = s->pcb;
    s->pcb = NULL;
    s->listener = NULL;
    s->connecting = false;
    if (pcb) {
        tcp_arg(pcb, NULL);
        tcp_recv(pcb, NULL);
        tcp_sent(pcb, NULL);
        tcp_err(pcb, NULL);
    }
    return pcb;
}

void stream_break(net_stream *s, int error)
{
    struct tcp_pcb *pcb = detach(s);
    if (pcb) {
        tcp_abort(pcb);
        net_work();
    }
    s->error = error;
    wake_both(s);
}

/* --- reading ---------------------------------------------------------------------------------- */

void net_make_room(net_stream *s, size_t kept)
{
    if (kept >= s->taken) {
        return;
    }
    uint16_t freed = (uint16_t)(s->taken - kept);
    memmove(s->window + kept, s->window + s->taken, (size_t)(s->come - s->taken));
    s->taken = (uint16_t)kept;
    s->known = (uint16_t)(s->known - freed);
    s->come = (uint16_t)(s->come - freed);
    if (s->pcb) {
        tcp_recved(s->pcb, freed);
    }
}

/* lwIP announces room only once it is half a window; whoever waits may have no more than less. */
static void tell_room(struct tcp_pcb *pcb)
{
    if (pcb->rcv_ann_wnd < LWIP_MIN(pcb->rcv_wnd, TCP_WND / 2)) {
        pcb->rcv_ann_wnd = pcb->rcv_wnd;
        tcp_ack_now(pcb);
        net_work();
    }
}

int net_fill(yoke_task *t, net_stream *s)
{
    if (s->come > s->known) {
        int n = s->come - s->known;
        s->known = s->come;
        return n;
    }
    if (s->ended || s->error) {
        return s->ended ? 0 : s->error;
    }
    if (s->come == NET_WINDOW || !net_is_open(s)) {
        return YOKE_EINVAL;
    }
    tell_room(s->pcb);
    return yoke_park(t, &s->reader);
}

int net_read(yoke_task *t, net_stream *s, void *buffer, size_t size)
{
    if (!size) {
        return YOKE_EINVAL;
    }
    net_make_room(s, 0);
    if (!s->come) {
        return net_fill(t, s);
    }
    size_t n = LWIP_MIN(size, s->come);
    memcpy(buffer, s->window, n);
    s->taken = s->known = (uint16_t)n;
    net_make_room(s, 0);
    return (int)n;
}

/* --- writing ---------------------------------------------------------------------------------- */

static bool nothing_under_way(const struct tcp_pcb *pcb)
{
    return pcb->snd_queuelen == 0;
}

uint32_t stream_held_ms(const net_stream *s)
{
    uint32_t now_ms = net_now_ms();
    return LWIP_MIN(now_ms - s->heard_ms, now_ms - s->wrote_ms);
}

/* Not connected any more, or not yet: the error; or YOKE_OK. */
static int problem(const net_stream *s)
{
    bool open = s->pcb && !s->connecting;
    return open ? YOKE_OK : s->error ? s->error : YOKE_EINVAL;
}

int net_write(yoke_task *t, net_stream *s, const void *data, size_t size)
{
    int error = problem(s);
    if (error || !size) {
        return error;
    }
    size_t n = LWIP_MIN(size, share_of(s));
    bool is_first = nothing_under_way(s->pcb);
    if (!n || tcp_write(s->pcb, data, (u16_t)n, TCP_WRITE_FLAG_COPY | TCP_WRITE_FLAG_MORE)) {
        s->wants_memory = true;
        return yoke_park(t, &s->writer); /* streams_flush() wakes it */
    }
    s->wrote_ms = is_first ? net_now_ms() : s->wrote_ms;
    s->writer = NULL;
    s->wants_memory = false;
    net_work();
    return (int)n;
}

int net_drain(yoke_task *t, net_stream *s)
{
    int error = problem(s);
    if (error || nothing_under_way(s->pcb)) {
        return error;
    }
    s->wants_memory = false;
    return yoke_park(t, &s->writer);
}

/* The last segment tells the peer that there is no more for now. */
static void push(const struct tcp_pcb *pcb)
{
    struct tcp_seg *last = pcb->unsent;
    while (last && last->next) {
        last = last->next;
    }
    if (last) {
        TCPH_SET_FLAG(last->tcphdr, TCP_PSH);
    }
}

static void flush(struct tcp_pcb *pcb)
{
    push(pcb);
    if (pcb->flags & TF_ACK_DELAY) {
        tcp_ack_now(pcb);
    }
    tcp_output(pcb);
}

/* The link may not take all of it, so who was heard least lately is first: the last in lwIP's list,
 * which moves a connection to the front whenever something comes for it. Memory that one has given
 * back is room for all. */
void streams_flush(void)
{
    struct tcp_pcb *pcbs[MEMP_NUM_TCP_PCB];
    unsigned n = 0;
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
        pcbs[n++] = pcb;
    }
    while (n) {
        flush(pcbs[--n]);
    }
    for (net_stream *s = share_next(); s; s = share_next()) {
        wake(&s->writer);
    }
}

/* --- the ends --------------------------------------------------------------------------------- */

/* Of a connection that is closed: what still comes is thrown away. */
static err_t throw_away(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    (void)arg;
    (void)err;
    if (p) {
        tcp_recved(pcb, p->tot_len);
        pbuf_free(p);
    }
    return ERR_OK;
}

static err_t end(void *arg, struct tcp_pcb *pcb)
{
    (void)arg;
    tcp_abort(pcb);
    return ERR_ABRT;
}

/* lwIP counts up to the call of end(), and begins anew when the peer takes something. */
uint32_t stream_closed_ms(const struct tcp_pcb *pcb)
{
    return pcb->poll == end ? (uint32_t)pcb->polltmr * TCP_SLOW_INTERVAL : 0;
}

/* lwIP goes on without us; when it is short of control blocks, these go first. */
static void let_go(struct tcp_pcb *pcb)
{
    tcp_recv(pcb, throw_away);
    pcb->polltmr = 0;
    tcp_poll(pcb, end, END_MS / TCP_SLOW_INTERVAL);
    tcp_setprio(pcb, TCP_PRIO_MIN);
    push(pcb);
    if (tcp_shutdown(pcb, 0, 1) != ERR_OK) {
        tcp_abort(pcb); /* it was not open yet */
    }
}

static void forget(net_stream *s)
{
    s->error = YOKE_OK;
    s->ended = s->kept = false;
    s->taken = s->known = s->come = 0;
    s->reader = s->writer = NULL;
}

void net_close(net_stream *s)
{
    struct tcp_pcb *pcb = detach(s);
    if (pcb) {
        tcp_recved(pcb, s->come);
        let_go(pcb);
        net_work();
    }
    forget(s);
}

void net_abort(net_stream *s)
{
    stream_break(s, YOKE_OK);
    forget(s);
}

void streams_break_all(void)
{
    for (;;) {
        struct tcp_pcb *pcb = tcp_active_pcbs ? tcp_active_pcbs : tcp_tw_pcbs;
        if (!pcb) {
            return;
        }
        net_stream *s = stream_of(pcb);
        if (s) {
            stream_break(s, YOKE_EIO);
        } else {
            tcp_abort(pcb);
        }
    }
}

bool net_is_open(const net_stream *s)
{
    return s->pcb && !s->connecting;
}

uint32_t net_idle_ms(const net_stream *s)
{
    return net_is_open(s) ? net_now_ms() - s->heard_ms : 0;
}

void net_keep(net_stream *s)
{
    s->kept = true;
}

/* --- connecting ------------------------------------------------------------------------------- */

static int begin(net_stream *s, net_peer to)
{
    struct tcp_pcb *pcb = room_for_connect();
    if (!pcb) {
        return YOKE_EFULL;
    }
    ip_addr_t address;
    memcpy(&ip_2_ip4(&address)->addr, to.address.ip, sizeof to.address.ip);
    if (tcp_connect(pcb, &address, to.port, connected) != ERR_OK) {
        tcp_abort(pcb);
        return YOKE_EIO;
    }
    stream_attach(s, pcb);
    s->connecting = true;
    net_work();
    return YOKE_OK;
}

/* A wait that is about to end by cancel or time limit is not parked: the attempt ends with it. */
static int wait_for_connection(yoke_task *t, net_stream *s)
{
    int answer = yoke_park(t, &s->writer);
    if (!s->writer) {
        net_abort(s);
    }
    return answer;
}

int net_connect(yoke_task *t, net_stream *s, net_peer to)
{
    if (!net_is_running()) {
        return YOKE_EINVAL;
    }
    int answer = s->error;
    if (!s->pcb && !answer) {
        answer = begin(s, to);
    }
    if (!answer && s->connecting) {
        return wait_for_connection(t, s);
    }
    s->error = YOKE_OK; /* told once: it is closed */
    return answer;
}
