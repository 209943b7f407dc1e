/* Who goes when there is no room: so that a newcomer is always answered.
 *
 * lwIP itself gives up connections that are over (TIME-WAIT, LAST-ACK, CLOSING) and those that we
 * have closed (let_go() gives them the lowest priority). Here follow, in this order: the oldest
 * half-open one, the oldest that nobody has accepted and that has sent nothing, and the stream
 * whose task has waited longest for its peer. When it is memory that a stream waits for, the one
 * goes whose peer has taken nothing for longest of what it was sent. */
#include "internal.h"

#include <lwip/stats.h>

#define EVICT_WAIT_MS 20u /* for those who lost a stream, or whom they wake, to accept another */

/* How long a peer may take nothing while others wait for the memory: longer than a lost segment
 * takes to be sent again (300 ms), shorter than a newcomer may have to wait (500 ms). */
#define HELD_MS 400u
#define KEPT_MS 2000u /* … of a stream that is kept */

/* lwIP moves a connection to the front of its list whenever something comes for it. */
static struct tcp_pcb *last(bool (*is_one)(const struct tcp_pcb *pcb))
{
    struct tcp_pcb *found = NULL;
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
        found = is_one(pcb) ? pcb : found;
    }
    return found;
}

static bool is_half_open(const struct tcp_pcb *pcb)
{
    return pcb->state == SYN_RCVD;
}

static bool is_over(const struct tcp_pcb *pcb)
{
    return pcb->prio == TCP_PRIO_MIN || pcb->state == LAST_ACK || pcb->state == CLOSING;
}

/* --- streams ---------------------------------------------------------------------------------- */

/* How long a stream must have been idle to go. While what we have sent is under way, the network
 * may be slow: evict_ms. Else it is the peer who does nothing; the more connections wait the sooner
 * its place is handed on, so that the line of those who wait does not fill up. */
static uint32_t patience_ms(const net_stream *s)
{
    enum { MOST = NET_BACKLOG - 1 };
    const net_listener *l = s->listener;
    unsigned waiting = net_backlog(l);
    unsigned further = waiting > l->making_room ? waiting - l->making_room - 1 : 0;
    bool is_on_us = s->pcb->unacked != NULL;
    return l->evict_ms * (is_on_us ? MOST : MOST - further) / MOST;
}

static bool may_go(const net_stream *s)
{
    const net_listener *l = s->listener;
    bool waits = s->reader || s->writer;
    return l && l->evict_ms && waits && !s->kept && net_idle_ms(s) >= patience_ms(s);
}

/* The one that has been idle for longest, of listener `l`, or of all (NULL). */
static net_stream *idlest(const net_listener *l)
{
    net_stream *found = NULL;
    for (const struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
        net_stream *s = stream_of(pcb);
        if (s && may_go(s) && (!l || s->listener == l) &&
            (!found || net_idle_ms(s) > net_idle_ms(found))) {
            found = s;
        }
    }
    return found;
}

static bool evict(const net_listener *l)
{
    net_stream *s = idlest(l);
    if (s) {
        stream_break(s, YOKE_EFULL);
        net_counted.evicted++;
    }
    return s;
}

/* --- control blocks --------------------------------------------------------------------------- */

static bool drop_half_open(void)
{
    struct tcp_pcb *pcb = last(is_half_open);
    if (pcb) {
        tcp_abandon(pcb, 0);
        net_counted.half_open++;
    }
    return pcb;
}

static bool drop_silent(void)
{
    struct tcp_pcb *pcb = last(listener_has_silent);
    if (pcb) {
        listener_drop(pcb);
    }
    return pcb;
}

static bool lwip_has_one(void)
{
    return lwip_stats.memp[MEMP_TCP_PCB]->used < MEMP_NUM_TCP_PCB || tcp_tw_pcbs || last(is_over);
}

void room_for_newcomer(void)
{
    if (!lwip_has_one() && !drop_half_open() && !drop_silent()) {
        evict(NULL);
    }
}

struct tcp_pcb *room_for_connect(void)
{
    room_for_newcomer();
    return tcp_new();
}

/* --- connections that nobody accepts ---------------------------------------------------------- */

static bool is_short(const struct tcp_pcb_listen *pcb)
{
    const net_listener *l = pcb->callback_arg;
    return l->evict_ms && net_backlog(l);
}

bool room_is_wanted(void)
{
    const struct tcp_pcb_listen *pcb = tcp_listen_pcbs.listen_pcbs;
    while (pcb && !is_short(pcb)) {
        pcb = pcb->next;
    }
    return pcb || share_is_short();
}

/* As many streams go as connections wait, and no more until those had the time to be accepted. */
static void make_room_for_waiting(net_listener *l)
{
    uint32_t now_ms = net_now_ms();
    if (now_ms - l->evicted_ms >= EVICT_WAIT_MS) {
        l->making_room = 0;
    }
    while (l->making_room < net_backlog(l) && evict(l)) {
        l->making_room++;
        l->evicted_ms = now_ms;
    }
}

/* --- memory for what is sent ------------------------------------------------------------------ */

/* For how long its peer has taken nothing of what it was sent. */
static uint32_t held_ms(const struct tcp_pcb *pcb)
{
    const net_stream *s = stream_of(pcb);
    return s ? stream_held_ms(s) : stream_closed_ms(pcb);
}

static bool must_give_back(const struct tcp_pcb *pcb)
{
    const net_stream *s = stream_of(pcb);
    if (s && (!s->listener || !s->listener->evict_ms)) {
        return false;
    }
    return pcb->snd_queuelen && held_ms(pcb) >= (s && s->kept ? KEPT_MS : HELD_MS);
}

static struct tcp_pcb *worst_holder(void)
{
    struct tcp_pcb *found = NULL;
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
        if (must_give_back(pcb) && (!found || held_ms(pcb) > held_ms(found))) {
            found = pcb;
        }
    }
    return found;
}

/* One, and then who waits has the time to use it. */
static void free_memory(void)
{
    static uint32_t freed_ms;
    struct tcp_pcb *pcb = net_now_ms() - freed_ms >= EVICT_WAIT_MS ? worst_holder() : NULL;
    net_stream *s = pcb ? stream_of(pcb) : NULL;
    if (s) {
        stream_break(s, YOKE_EFULL);
        net_counted.evicted++;
    } else if (pcb) {
        tcp_abort(pcb);
    }
    freed_ms = pcb ? net_now_ms() : freed_ms;
}

void room_look(void)
{
    if (share_is_short()) {
        free_memory();
    }
    for (struct tcp_pcb_listen *pcb = tcp_listen_pcbs.listen_pcbs; pcb; pcb = pcb->next) {
        if (is_short(pcb)) {
            make_room_for_waiting(pcb->callback_arg);
        }
    }
}
