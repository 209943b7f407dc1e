/* Connections that wait to be accepted. What they have sent, a window at most, waits with them: so
 * a connection that has sent something is known, and comes first. */
#include "internal.h"

static void wake_acceptors(net_listener *l)
{
    for (unsigned i = 0; i < NET_ACCEPTORS; i++) {
        yoke_task *t = l->acceptors[i];
        l->acceptors[i] = NULL;
        if (t) {
            yoke_wake(t);
        }
    }
}

/* The place with the lowest number, of those that have sent something or of those that have not. */
static net_waiting *oldest(net_listener *l, bool has_sent)
{
    net_waiting *found = NULL;
    for (net_waiting *w = l->waiting; w < l->waiting + NET_BACKLOG; w++) {
        bool is_one = w->pcb && (w->sent != NULL) == has_sent;
        if (is_one && (!found || (int32_t)(w->number - found->number) < 0)) {
            found = w;
        }
    }
    return found;
}

static net_waiting *first_in_line(net_listener *l)
{
    net_waiting *w = oldest(l, true);
    return w ? w : oldest(l, false);
}

static net_waiting *free_place(net_listener *l)
{
    for (net_waiting *w = l->waiting; w < l->waiting + NET_BACKLOG; w++) {
        if (!w->pcb) {
            return w;
        }
    }
    return NULL;
}

/* --- what lwIP tells -------------------------------------------------------------------------- */

/* A connection is dropped when too many buffers are kept already. */
static err_t not_yet(void *waiting, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    (void)err;
    net_waiting *w = waiting;
    if (!p) {
        return ERR_OK; /* the state of the connection tells the end */
    }
    if (net_buffers_are_short()) {
        pbuf_free(p);
        listener_drop(pcb);
        return ERR_ABRT;
    }
    if (w->sent) {
        pbuf_cat(w->sent, p);
    } else {
        w->sent = p;
    }
    wake_acceptors(w->listener);
    return ERR_OK;
}

/* lwIP has freed the control block already. */
static void gone(void *waiting, err_t err)
{
    (void)err;
    net_waiting *w = waiting;
    if (w->sent) {
        pbuf_free(w->sent);
    }
    *w = (net_waiting){0};
}

bool listener_has(const struct tcp_pcb *pcb)
{
    return pcb->recv == not_yet;
}

bool listener_has_silent(const struct tcp_pcb *pcb)
{
    return listener_has(pcb) && !((const net_waiting *)pcb->callback_arg)->sent;
}

void listener_drop(struct tcp_pcb *pcb)
{
    tcp_abort(pcb); /* and it is gone() */
    net_counted.turned_away++;
}

static net_waiting *make_place(net_listener *l)
{
    net_waiting *w = free_place(l);
    if (!w) {
        w = oldest(l, false);
        if (w) {
            listener_drop(w->pcb);
        }
    }
    return w;
}

static err_t established(void *listener, struct tcp_pcb *pcb, err_t err)
{
    net_listener *l = listener;
    if (err != ERR_OK) {
        net_counted.unanswered++;
        return ERR_OK;
    }
    net_waiting *w = make_place(l);
    if (!w) {
        net_counted.turned_away++;
        tcp_abort(pcb);
        return ERR_ABRT;
    }
    *w = (net_waiting){.pcb = pcb, .listener = l, .number = l->came++};
    tcp_arg(pcb, w);
    tcp_recv(pcb, not_yet);
    tcp_err(pcb, gone);
    wake_acceptors(l);
    return ERR_OK;
}

/* --- listening -------------------------------------------------------------------------------- */

static int bind_and_listen(net_listener *l, struct tcp_pcb *pcb, uint16_t port)
{
    err_t why = ERR_OK;
    ip_set_option(pcb, SOF_REUSEADDR); /* connections of before do not count, a listener does */
    if (tcp_bind(pcb, IP4_ADDR_ANY, port) != ERR_OK) {
        tcp_close(pcb);
        return YOKE_EBUSY;
    }
    struct tcp_pcb *listening = /* room.c limits them */
        tcp_listen_with_backlog_and_err(pcb, UINT8_MAX, &why);
    if (!listening) {
        tcp_close(pcb);
        return why == ERR_USE ? YOKE_EBUSY : YOKE_EFULL;
    }
    l->pcb = (struct tcp_pcb_listen *)listening;
    l->port = port;
    tcp_arg(listening, l);
    tcp_accept(listening, established);
    return YOKE_OK;
}

int net_listen(net_listener *l, uint16_t port)
{
    if (!net_is_running() || l->pcb || port == 0) {
        return YOKE_EINVAL;
    }
    struct tcp_pcb *pcb = room_for_connect();
    return pcb ? bind_and_listen(l, pcb, port) : YOKE_EFULL;
}

/* Its streams know it no more. Half-open connections lwIP itself resets when they come through. */
static void forget(const net_listener *l)
{
    for (const struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
        net_stream *s = stream_of(pcb);
        if (s && s->listener == l) {
            s->listener = NULL;
        }
    }
}

void net_unlisten(net_listener *l)
{
    if (!l->pcb) {
        return;
    }
    for (net_waiting *w = first_in_line(l); w; w = first_in_line(l)) {
        listener_drop(w->pcb);
    }
    tcp_close((struct tcp_pcb *)l->pcb);
    l->pcb = NULL;
    forget(l);
    wake_acceptors(l);
    net_work();
}

void listeners_break_all(void)
{
    while (tcp_listen_pcbs.listen_pcbs) {
        net_unlisten(tcp_listen_pcbs.listen_pcbs->callback_arg);
    }
}

unsigned net_backlog(const net_listener *l)
{
    unsigned waiting = 0;
    for (unsigned i = 0; i < NET_ACCEPTORS; i++) {
        if (l->acceptors[i]) {
            return 0;
        }
    }
    for (unsigned i = 0; i < NET_BACKLOG; i++) {
        waiting += l->waiting[i].pcb != NULL;
    }
    return waiting;
}

/* --- accepting -------------------------------------------------------------------------------- */

static void hand_over(net_waiting *w, net_stream *s)
{
    struct tcp_pcb *pcb = w->pcb;
    struct pbuf *sent = w->sent;
    w->pcb = NULL;
    w->sent = NULL;
    if (w->listener->making_room) {
        w->listener->making_room--;
    }
    stream_attach(s, pcb);
    s->listener = w->listener;
    if (sent) {
        stream_received(s, pcb, sent, ERR_OK);
    }
    s->ended = pcb->state == CLOSE_WAIT;
    net_counted.accepted++;
}

static yoke_task **acceptor_slot(net_listener *l, const yoke_task *t)
{
    for (unsigned i = 0; i < NET_ACCEPTORS; i++) {
        if (l->acceptors[i] == t) {
            return &l->acceptors[i];
        }
    }
    return NULL;
}

int net_accept(yoke_task *t, net_listener *l, net_stream *s)
{
    yoke_task **mine = acceptor_slot(l, t);
    net_waiting *w = first_in_line(l);
    if (l->pcb && !w) {
        mine = mine ? mine : acceptor_slot(l, NULL);
        return mine ? yoke_park(t, mine) : YOKE_EBUSY;
    }
    if (mine) {
        *mine = NULL;
    }
    if (!l->pcb) {
        return YOKE_ENOENT;
    }
    hand_over(w, s);
    return YOKE_OK;
}
