/* What lwIP asks us while it works. */
#ifndef YOKE_LWIP_HOOKS_H
#define YOKE_LWIP_HOOKS_H

struct tcp_pcb;
struct tcp_hdr;

/* A segment has come for `pcb`, a listening one perhaps. Answers 0: go on. */
int net_segment_comes(const struct tcp_pcb *pcb, const struct tcp_hdr *header);

#define LWIP_HOOK_TCP_INPACKET_PCB(pcb, header, a, b, c, d) net_segment_comes((pcb), (header))

/* Where the numbers of a connection begin, so that nobody can guess them. */
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port) net_random()

#endif
