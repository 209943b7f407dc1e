/* lwIP's side of the link: frames in and out, the address, and who wants to know of changes. */
#include "internal.h"

#include <lwip/dhcp.h>
#include <lwip/dns.h>
#include <lwip/etharp.h>
#include <lwip/igmp.h>
#include <lwip/ip.h>
#include <netif/ethernet.h>
#include <string.h>

static struct netif interface;
static bool is_there;
static bool asks; /* by DHCP */
static link_facts facts;
static const net_config *set;
static net_address time_server;
static uint32_t changes;
static yoke_task *watchers[NET_WATCHERS];

/* --- frames ----------------------------------------------------------------------------------- */

static struct pbuf *buffer_for(size_t size)
{
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)size, PBUF_POOL);
    if (!p) {
        PBUF_CHECK_FREE_OOSEQ(); /* what came out of order goes first */
        p = pbuf_alloc(PBUF_RAW, (u16_t)size, PBUF_POOL);
    }
    return p;
}

void interface_take(size_t size)
{
    struct pbuf *p = buffer_for(size);
    if (!p) {
        net_counted.lost_in++;
        return;
    }
    pbuf_take(p, net_frame, (u16_t)size);
    if (interface.input(p, &interface) != ERR_OK) {
        pbuf_free(p);
    }
}

static err_t send_frame(struct netif *n, struct pbuf *p)
{
    (void)n;
    const void *frame = p->payload;
    if (p->next) {
        frame = net_frame;
        pbuf_copy_partial(p, net_frame, LINK_FRAME_MAX, 0);
    }
    if (link_write(frame, p->tot_len) != YOKE_OK) {
        net_counted.lost_out++;
        return ERR_MEM; /* TCP tries again at the end of a turn */
    }
    net_counted.frames_out++;
    return ERR_OK;
}

static err_t send_packet(struct netif *n, struct pbuf *p, const ip4_addr_t *to)
{
    (void)to;
    return send_frame(n, p);
}

/* --- who wants to know ------------------------------------------------------------------------ */

void watchers_wake(void)
{
    changes++;
    for (unsigned i = 0; i < NET_WATCHERS; i++) {
        if (watchers[i]) {
            yoke_wake(watchers[i]);
        }
    }
}

static void tell(struct netif *n)
{
    (void)n;
    watchers_wake();
}

static yoke_task **watcher_slot(const yoke_task *t)
{
    for (unsigned i = 0; i < NET_WATCHERS; i++) {
        if (watchers[i] == t) {
            return &watchers[i];
        }
    }
    return NULL;
}

int net_await_change(yoke_task *t, uint32_t *seen)
{
    yoke_task **mine = watcher_slot(t);
    if (changes == *seen) {
        mine = mine ? mine : watcher_slot(NULL);
        return mine ? yoke_park(t, mine) : YOKE_EBUSY;
    }
    if (mine) {
        *mine = NULL;
    }
    *seen = changes;
    return YOKE_OK;
}

static net_address ours(const ip4_addr_t *a)
{
    net_address address;
    memcpy(address.ip, &a->addr, sizeof address.ip);
    return address;
}

/* lwIP calls it with what the DHCP server has answered, before the address is set. */
void dhcp_set_ntp_servers(u8_t num_ntp_servers, const ip4_addr_t *ntp_server_addrs)
{
    time_server = num_ntp_servers ? ours(ntp_server_addrs) : (net_address){{0}};
}

net_status net_read_status(void)
{
    net_status s = {.changes = changes};
    memcpy(s.mac, facts.mac, sizeof s.mac);
    if (is_there) {
        s.link_up = netif_is_link_up(&interface);
        s.address = ours(netif_ip4_addr(&interface));
        s.mask = ours(netif_ip4_netmask(&interface));
        s.gateway = ours(netif_ip4_gw(&interface));
        s.name_server = ours(ip_2_ip4(dns_getserver(0)));
        s.time_server = time_server;
        s.has_address = s.link_up && !ip4_addr_isany(netif_ip4_addr(&interface));
    }
    return s;
}

/* --- up and down ------------------------------------------------------------------------------ */

void interface_look(void)
{
    if (link_is_up() && !netif_is_link_up(&interface)) {
        netif_set_link_up(&interface);
    } else if (!link_is_up() && netif_is_link_up(&interface)) {
        netif_set_link_down(&interface);
    }
}

static err_t set_up(struct netif *n)
{
    n->name[0] = 'y';
    n->name[1] = 'k';
    n->mtu = facts.mtu;
    n->linkoutput = send_frame;
    n->output = send_packet;
    n->flags = NETIF_FLAG_IGMP;
    if (facts.kind == LINK_ETHERNET) {
        n->output = etharp_output;
        n->hwaddr_len = ETH_HWADDR_LEN;
        memcpy(n->hwaddr, facts.mac, ETH_HWADDR_LEN);
        n->flags |= NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
    }
    return ERR_OK;
}

static ip4_addr_t theirs(net_address address)
{
    ip4_addr_t a;
    memcpy(&a.addr, address.ip, sizeof a.addr);
    return a;
}

static void add(void)
{
    ip4_addr_t address = theirs(set->address);
    ip4_addr_t mask = theirs(set->mask);
    ip4_addr_t gateway = theirs(set->gateway);
    ip_addr_t name_server;
    ip_addr_copy_from_ip4(name_server, theirs(set->name_server));
    netif_add(&interface, &address, &mask, &gateway, NULL, set_up,
              facts.kind == LINK_ETHERNET ? ethernet_input : ip_input);
    dns_setserver(0, &name_server);
    netif_set_default(&interface);
    netif_set_hostname(&interface, set->host_name ? set->host_name : "yoke");
    netif_set_status_callback(&interface, tell);
    netif_set_link_callback(&interface, tell);
}

int interface_open(const net_config *config)
{
    int answer = link_open(&facts);
    if (answer != YOKE_OK) {
        return answer;
    }
    set = config;
    time_server = (net_address){{0}};
    add();
    is_there = true;
    interface_look();
    netif_set_up(&interface);
    asks = ip4_addr_isany(netif_ip4_addr(&interface));
    if (asks) {
        dhcp_start(&interface);
    }
    return YOKE_OK;
}

void interface_close(void)
{
    if (asks) {
        dhcp_release_and_stop(&interface);
        dhcp_cleanup(&interface);
    }
    netif_remove(&interface);
    is_there = false;
    link_close();
}

/* --- groups ----------------------------------------------------------------------------------- */

/* lwIP keeps them across link down and up, and answers the routers. */
static int change_group(net_address group,
                        err_t (*change)(struct netif *n, const ip4_addr_t *group))
{
    ip4_addr_t g = theirs(group);
    if (!is_there || !ip4_addr_ismulticast(&g)) {
        return YOKE_EINVAL;
    }
    err_t answer = change(&interface, &g);
    net_work();
    return answer == ERR_OK ? YOKE_OK : answer == ERR_MEM ? YOKE_EFULL : YOKE_EINVAL;
}

int net_join_group(net_address group)
{
    return change_group(group, igmp_joingroup_netif);
}

int net_leave_group(net_address group)
{
    return change_group(group, igmp_leavegroup_netif);
}
