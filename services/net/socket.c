/* UDP sockets. A datagram waits in lwIP's buffer until it is received. */
#include "internal.h"

#include <lwip/stats.h>
#include <string.h>

static void received(void *socket, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                     u16_t port)
{
    (void)pcb;
    net_socket *s = socket;
    if (s->used == NET_QUEUE || net_buffers_are_short()) {
        pbuf_free(p);
        s->dropped++;
        net_counted.unread++;
        return;
    }
    unsigned place = (s->first + s->used++) % NET_QUEUE;
    s->queue[place] = p;
    s->from[place].port = port;
    memcpy(s->from[place].address.ip, &ip_2_ip4(from)->addr, 4);
    yoke_task *t = s->receiver;
    s->receiver = NULL;
    if (t) {
        yoke_wake(t);
    }
}

int net_open(net_socket *s, uint16_t port)
{
    if (!net_is_running() || s->pcb) {
        return YOKE_EINVAL;
    }
    struct udp_pcb *pcb = udp_new();
    if (!pcb) {
        return YOKE_EFULL;
    }
    if (udp_bind(pcb, IP4_ADDR_ANY, port) != ERR_OK) {
        udp_remove(pcb);
        return YOKE_EBUSY;
    }
    udp_recv(pcb, received, s);
    s->pcb = pcb;
    s->first = s->used = 0;
    return YOKE_OK;
}

static struct pbuf *take(net_socket *s)
{
    struct pbuf *p = s->queue[s->first];
    s->first = (uint8_t)((s->first + 1) % NET_QUEUE);
    s->used--;
    return p;
}

void net_shut(net_socket *s)
{
    if (!s->pcb) {
        return;
    }
    while (s->used) {
        pbuf_free(take(s));
    }
    udp_remove(s->pcb);
    s->pcb = NULL;
    if (s->receiver) {
        yoke_wake(s->receiver);
        s->receiver = NULL;
    }
}

void sockets_break_all(void)
{
    struct udp_pcb *next;
    for (struct udp_pcb *pcb = udp_pcbs; pcb; pcb = next) {
        next = pcb->next;
        if (pcb->recv == received) {
            net_shut(pcb->recv_arg);
        }
    }
}

int net_receive(yoke_task *t, net_socket *s, void *buffer, size_t size, net_peer *from)
{
    if (!s->pcb) {
        return YOKE_ENOENT;
    }
    if (!s->used) {
        return yoke_park(t, &s->receiver);
    }
    *from = s->from[s->first];
    struct pbuf *p = take(s);
    u16_t n = pbuf_copy_partial(p, buffer, (u16_t)LWIP_MIN(size, NET_DATAGRAM), 0);
    pbuf_free(p);
    return n;
}

static err_t send(struct udp_pcb *pcb, const void *data, size_t size, net_peer to)
{
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)size, PBUF_RAM);
    if (!p) {
        return ERR_MEM;
    }
    ip_addr_t address;
    memcpy(&ip_2_ip4(&address)->addr, to.address.ip, sizeof to.address.ip);
    memcpy(p->payload, data, size);
    err_t answer = udp_sendto(pcb, p, &address, to.port);
    pbuf_free(p);
    return answer;
}

int net_send(net_socket *s, const void *data, size_t size, net_peer to)
{
    if (!s->pcb || size > NET_DATAGRAM) {
        return YOKE_EINVAL;
    }
    err_t answer = send(s->pcb, data, size, to);
    net_work(); /* it may wait for the hardware address */
    if (answer == ERR_OK) {
        return YOKE_OK;
    }
    net_counted.unsent++;
    return answer == ERR_MEM || answer == ERR_BUF ? YOKE_EFULL : YOKE_EIO;
}
