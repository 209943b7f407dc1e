/* How the memory for what is to be sent is shared out.
 *
 * Of lwIP's memory, which all connections share, each stream has its first bytes for itself, and
 * what is left beyond that is for who comes first; where there are more streams than memory, who
 * was heard least lately is first. The first bytes are two segments: a peer acknowledges a second
 * one at once, one alone after up to 500 ms (RFC 1122, 4.2.3.2). */
#include "internal.h"

#include <lwip/stats.h>

#define MEMORY_RESERVE  1024u
#define MEMORY_A_PACKET 96u /* headers, and lwIP's own */
#define FIRST_BYTES     (2u * TCP_MSS)
#define FIRST_MEMORY    (2u * (TCP_MSS + MEMORY_A_PACKET))

/* Of the first bytes. */
static size_t still_to_come(const struct tcp_pcb *pcb)
{
    size_t under_way = (size_t)(TCP_SND_BUF - tcp_sndbuf(pcb));
    return under_way < FIRST_BYTES ? FIRST_BYTES - under_way : 0;
}

static bool waits_for_memory(const net_stream *s)
{
    return s->writer && s->wants_memory;
}

static bool was_heard_before(const net_stream *s, const net_stream *other)
{
    return (int32_t)(s->heard_ms - other->heard_ms) < 0;
}

/* Memory for the first bytes of others. Who needs his own leaves it only to those who have waited
 * longer, should there be more streams than memory. */
static size_t owed(const net_stream *s)
{
    bool has_first = !still_to_come(s->pcb);
    size_t bytes = 0;
    for (const struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
        const net_stream *other = stream_of(pcb);
        if (other && other != s && still_to_come(pcb) &&
            (has_first || (waits_for_memory(other) && was_heard_before(other, s)))) {
            bytes += FIRST_MEMORY;
        }
    }
    return bytes;
}

size_t share_of(const net_stream *s)
{
    size_t free = lwip_stats.mem.avail - lwip_stats.mem.used;
    size_t first = still_to_come(s->pcb);
    size_t kept = MEMORY_RESERVE + owed(s) + (first ? FIRST_MEMORY : MEMORY_A_PACKET);
    if (free <= kept || tcp_sndqueuelen(s->pcb) + 2 > TCP_SND_QUEUELEN) {
        return 0;
    }
    return first ? first : LWIP_MIN(tcp_sndbuf(s->pcb), LWIP_MIN(free - kept, TCP_MSS));
}

/* Has nothing under way, and can send nothing. */
static bool is_shut_out(const net_stream *s)
{
    return waits_for_memory(s) && !tcp_sndqueuelen(s->pcb) && !share_of(s);
}

bool share_is_short(void)
{
    for (const struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
        const net_stream *s = stream_of(pcb);
        if (s && is_shut_out(s)) {
            return true;
        }
    }
    return false;
}

net_stream *share_next(void)
{
    net_stream *found = NULL;
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
        net_stream *s = stream_of(pcb);
        if (s && waits_for_memory(s) && share_of(s) && (!found || was_heard_before(s, found))) {
            found = s;
        }
    }
    return found;
}
