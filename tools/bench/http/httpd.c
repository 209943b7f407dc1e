/* lwIP's own server over the link that Yoke's has, with the same options and pools of lwIP: what
 * its authors would write around it, and nothing else. */
#include "site.h"
#include "yoke/console.h"
#include "yoke/entropy.h"
#include "yoke/link.h"
#include "yoke/port.h"
#include "yoke/yoke.h"

#include <lwip/apps/fs.h>
#include <lwip/apps/httpd.h>
#include <lwip/dhcp.h>
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/prot/tcp.h>
#include <lwip/sys.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include LWIP_HOOK_FILENAME

static yoke_loop platform;
static struct netif interface;
static link_facts facts;

/* --- the files, each with its head ------------------------------------------------------------ */

#define HEAD_MAX  128
#define OF_A_FILE (FS_FILE_FLAGS_HEADER_INCLUDED | FS_FILE_FLAGS_HEADER_PERSISTENT)

static char small[HEAD_MAX + SITE_SMALL], large[HEAD_MAX + SITE_LARGE];
struct fsdata_file site_files[] = {
    {&site_files[1], (const unsigned char *)"/1k", (unsigned char *)small, 0, OF_A_FILE},
    {NULL, (const unsigned char *)"/64k", (unsigned char *)large, 0, OF_A_FILE},
};

static void make_file(struct fsdata_file *file, char *to, unsigned size)
{
    int head = snprintf(to, HEAD_MAX,
                        "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %u\r\n"
                        "Connection: keep-alive\r\n\r\n",
                        SITE_TYPE, size);
    site_fill(to + head, size);
    file->len = head + (int)size;
}

/* --- what lwIP asks for, and what services/net has of its own --------------------------------- */

uint32_t sys_now(void)
{
    return (uint32_t)(yoke_port_now_us() / 1000);
}

uint32_t net_random(void)
{
    uint32_t number;
    entropy_fill(&number, sizeof number);
    return number;
}

_Noreturn void net_check_failed(void)
{
    fprintf(stderr, "httpd: a check of lwIP has failed\n");
    abort();
}

int net_segment_comes(const struct tcp_pcb *pcb, const struct tcp_hdr *header)
{
    (void)pcb;
    (void)header;
    return 0;
}

void dhcp_set_ntp_servers(u8_t num_ntp_servers, const ip4_addr_t *ntp_server_addrs)
{
    (void)num_ntp_servers;
    (void)ntp_server_addrs;
}

/* --- the link --------------------------------------------------------------------------------- */

static err_t send_frame(struct netif *n, struct pbuf *p)
{
    (void)n;
    static uint8_t whole[LINK_FRAME_MAX];
    u16_t size = pbuf_copy_partial(p, whole, sizeof whole, 0);
    return link_write(whole, size) == YOKE_OK ? ERR_OK : ERR_MEM;
}

static uint32_t frame[(LINK_FRAME_MAX + 3) / 4];

static void take_frame(size_t size)
{
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)size, PBUF_POOL);
    if (!p) {
        return;
    }
    pbuf_take(p, frame, (u16_t)size);
    if (interface.input(p, &interface) != ERR_OK) {
        pbuf_free(p);
    }
}

static err_t set_up(struct netif *n)
{
    n->name[0] = 'h';
    n->name[1] = 'd';
    n->mtu = facts.mtu;
    n->linkoutput = send_frame;
    n->output = etharp_output;
    n->hwaddr_len = ETH_HWADDR_LEN;
    memcpy(n->hwaddr, facts.mac, ETH_HWADDR_LEN);
    n->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
    return ERR_OK;
}

static void say_ready(struct netif *n)
{
    if (!ip4_addr_isany(netif_ip4_addr(n))) {
        puts("ready");
        fflush(stdout);
    }
}

static int open_interface(void)
{
    int answer = link_open(&facts);
    if (answer != YOKE_OK) {
        return answer;
    }
    lwip_init();
    netif_add(&interface, IP4_ADDR_ANY4, IP4_ADDR_ANY4, IP4_ADDR_ANY4, NULL, set_up,
              ethernet_input);
    netif_set_default(&interface);
    netif_set_status_callback(&interface, say_ready);
    netif_set_link_up(&interface);
    netif_set_up(&interface);
    dhcp_start(&interface);
    httpd_init();
    return YOKE_OK;
}

/* --- the main loop of a program without a system ---------------------------------------------- */

static int wait_for_frame(yoke_task *t)
{
    return yoke_within(t, sys_timeouts_sleeptime(), link_read(t, frame, sizeof frame));
}

static int network_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, open_interface());
    for (;;) {
        YOKE_AWAIT(t, wait_for_frame(t));
        if (t->status == YOKE_ECANCELED) {
            break;
        }
        if (t->status > 0) {
            take_frame((size_t)t->status);
        }
        sys_check_timeouts();
    }
    YOKE_FINALLY(t);
    link_close();
    YOKE_END(t);
}

static yoke_task network = YOKE_TASK(network_body);

static int root_body(yoke_task *t)
{
    static char line[64];
    YOKE_BEGIN(t);
    yoke_start(&platform, &network);
    do {
        YOKE_TRY(t, console_read(t, line, sizeof line));
    } while (t->status > 0);
    YOKE_FINALLY(t);
    yoke_cancel(&network);
    YOKE_AWAIT(t, yoke_join(t, &network));
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(void)
{
    make_file(&site_files[0], small, SITE_SMALL);
    make_file(&site_files[1], large, SITE_LARGE);
    yoke_loop_init(&platform, 0);
    return yoke_run(&platform, &root) == YOKE_OK ? 0 : 1;
}
