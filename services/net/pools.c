/* What lwIP counts of its memory, and what we count. */
#include "internal.h"
#include "yoke/link.h"

#include <lwip/memp.h>
#include <lwip/stats.h>

static const struct {
    const char *name;
    unsigned pool;
} pools[] = {
    {"connections", MEMP_TCP_PCB}, {"listeners", MEMP_TCP_PCB_LISTEN}, {"sockets", MEMP_UDP_PCB},
    {"segments", MEMP_TCP_SEG},    {"frames", MEMP_PBUF_POOL},         {"groups", MEMP_IGMP_GROUP},
    {"timers", MEMP_SYS_TIMEOUT},
};

#define POOLS (sizeof pools / sizeof *pools)

bool net_read_pool(unsigned i, net_pool *pool)
{
    if (i > POOLS) {
        return false;
    }
    const struct stats_mem *m = i < POOLS ? lwip_stats.memp[pools[i].pool] : &lwip_stats.mem;
    if (!m) {
        return false; /* never started */
    }
    pool->name = i < POOLS ? pools[i].name : "bytes";
    pool->used = m->used;
    pool->most = m->max;
    pool->size = m->avail;
    pool->refused = m->err;
    return true;
}

net_stats net_read_stats(void)
{
    net_stats s = net_counted;
    s.lost_in += link_lost();
    return s;
}
