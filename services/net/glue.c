/* What lwIP asks of us: the time, chance, and a look at what comes. */
#include "hooks.h"
#include "internal.h"
#include "yoke/check.h"
#include "yoke/entropy.h"

#include <lwip/sys.h>

uint32_t net_random(void)
{
    uint32_t number;
    entropy_fill(&number, sizeof number);
    return number;
}

_Noreturn void net_check_failed(void)
{
    yoke_check_failed("net", 501);
}

uint32_t sys_now(void)
{
    return net_now_ms();
}

int net_segment_comes(const struct tcp_pcb *pcb, const struct tcp_hdr *header)
{
    bool asks = (TCPH_FLAGS(header) & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
    if (asks && pcb->state == LISTEN) {
        room_for_newcomer();
    }
    return 0;
}
