/* What of lwIP is compiled, and how large its pools are: the same on every machine, so that the
 * host's tests see what the chip will. All memory is static; tools/size counts it. Options are
 * explained in lwIP's own opt.h. */
#ifndef YOKE_LWIPOPTS_H
#define YOKE_LWIPOPTS_H

/* --- no system underneath: one task of the platform loop calls it ----------------------------- */

#define NO_SYS                1
#define SYS_LIGHTWEIGHT_PROT  0
#define LWIP_NETCONN          0
#define LWIP_SOCKET           0
#define LWIP_TIMERS           1
#define LWIP_CHKSUM_ALGORITHM 3
#define LWIP_PROVIDE_ERRNO    0

/* --- memory: no malloc anywhere --------------------------------------------------------------- */

#define MEM_ALIGNMENT           __SIZEOF_POINTER__ /* bytes */
#define MEM_LIBC_MALLOC         0
#define MEMP_MEM_MALLOC         0
#define MEM_SIZE                8704 /* what is sent and not yet acknowledged; and small things */
#define PBUF_POOL_SIZE          12   /* frames that have come and are being looked at */
#define PBUF_POOL_BUFSIZE       608  /* a segment; an Ethernet frame is three of them */
#define MEMP_NUM_PBUF           16
#define MEMP_NUM_TCP_PCB        28 /* those served, NET_BACKLOG that wait; the rest half open */
#define MEMP_NUM_TCP_PCB_LISTEN 4
#define MEMP_NUM_TCP_SEG        32
#define MEMP_NUM_UDP_PCB        13 /* dhcp, four of dns, and eight sockets */
#define MEMP_NUM_IGMP_GROUP     8
#define MEMP_NUM_SYS_TIMEOUT    LWIP_NUM_SYS_TIMEOUT_INTERNAL
#define MEMP_NUM_ARP_QUEUE      MEMP_NUM_TCP_PCB
#define MEMP_NUM_REASSDATA      1
#define IP_REASS_MAX_PBUFS      6
#define MEMP_NUM_FRAG_PBUF      4 /* of an answer to a long ping; nothing else is cut up */

/* --- protocols -------------------------------------------------------------------------------- */

#define LWIP_IPV4                     1
#define LWIP_IPV6                     0
#define LWIP_ETHERNET                 1
#define LWIP_ARP                      1
#define ARP_QUEUEING                  1
#define ARP_QUEUE_LEN                 MEMP_NUM_ARP_QUEUE /* a burst of newcomers waits for one */
#define ETHARP_SUPPORT_STATIC_ENTRIES 1
#define LWIP_ICMP                     1
#define LWIP_RAW                      0
#define LWIP_UDP                      1
#define LWIP_TCP                      1
#define LWIP_DHCP                     1
#define LWIP_DHCP_DOES_ACD_CHECK      0 /* takes 3 s more; mDNS tells conflicts of names */
#define LWIP_DHCP_GET_NTP_SRV         1
#define LWIP_DHCP_MAX_NTP_SERVERS     1
#define LWIP_IGMP                     1
#define LWIP_DNS                      1
#define DNS_TABLE_SIZE                4
#define DNS_MAX_REQUESTS              4
#define LWIP_DNS_SUPPORT_MDNS_QUERIES 1

#define LWIP_NETIF_HOSTNAME        1
#define LWIP_NETIF_STATUS_CALLBACK 1
#define LWIP_NETIF_LINK_CALLBACK   1
#define LWIP_SINGLE_NETIF          1
#define LWIP_NETIF_LOOPBACK        0
#define LWIP_HAVE_LOOPIF           0

/* --- TCP -------------------------------------------------------------------------------------- */

#define TCP_MSS             536  /* what all take (RFC 9293, 3.7.1); sent by the two: share.c */
#define TCP_WND             1536 /* NET_WINDOW: what a stream has room for */
#define TCP_SND_BUF         (8 * TCP_MSS)
#define TCP_SND_QUEUELEN    16
#define TCP_QUEUE_OOSEQ     1
#define TCP_OOSEQ_MAX_PBUFS 4 /* so that what comes out of order does not take all buffers */
#define TCP_LISTEN_BACKLOG  1
#define TCP_SYNMAXRTX       6
#define TCP_MAXRTX          8
#define TCP_MSL             1000u /* ms; TIME-WAIT makes room for others anyway */
#define TCP_OVERSIZE        256   /* small writes fill up what the first has taken */
#define TCP_TMR_INTERVAL    50    /* ms: a lost segment is sent again after 300 ms, not 1.5 s */
#define LWIP_TCP_RTO_TIME   1000  /* ms, RFC 6298 */
#define LWIP_HOOK_FILENAME  "hooks.h"
#define SO_REUSE            1 /* listen again while old connections of the port come to their end */
#define LWIP_TCP_KEEPALIVE  0

/* --- checks and counters ---------------------------------------------------------------------- */

#define LWIP_STATS         1
#define LWIP_STATS_LARGE   1
#define LWIP_STATS_DISPLAY 0
#define LINK_STATS         0
#define ETHARP_STATS       0
#define IP_STATS           0
#define IPFRAG_STATS       0
#define ICMP_STATS         0
#define IGMP_STATS         0
#define UDP_STATS          0
#define SYS_STATS          0
#define TCP_STATS          1
#define MEM_STATS          1
#define MEMP_STATS         1

#endif
