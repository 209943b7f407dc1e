/* lwIP's resolver, to await. lwIP cannot be told to forget a lookup, so what it calls back with is
 * kept here, and never a caller's frame. */
#include "yoke/dns.h"

#include <lwip/dns.h>
#include <string.h>

typedef struct {
    bool taken, done;
    yoke_task *waiter; /* NULL: nobody waits any more */
    const char *name;
    int answer;
    net_address found;
} lookup;

static lookup lookups[DNS_LOOKUPS];
static dns_stats counted;

_Static_assert(DNS_MAX_REQUESTS >= DNS_LOOKUPS && DNS_TABLE_SIZE >= DNS_LOOKUPS, "lwipopts.h");

static net_address ours(const ip_addr_t *a)
{
    net_address address;
    memcpy(address.ip, &ip_2_ip4(a)->addr, sizeof address.ip);
    return address;
}

/* lwIP's callback. */
static void found(const char *name, const ip_addr_t *address, void *arg)
{
    (void)name;
    lookup *l = arg;
    l->done = true;
    l->answer = address ? YOKE_OK : YOKE_ENOENT;
    counted.failed += !address;
    if (address) {
        l->found = ours(address);
    }
    if (l->waiter) {
        yoke_wake(l->waiter);
    } else {
        l->taken = false;
    }
}

/* The lookup that `t` waits for. One for another name is of a wait that has ended. */
static lookup *lookup_of(const yoke_task *t, const char *name)
{
    for (unsigned i = 0; i < DNS_LOOKUPS; i++) {
        lookup *l = &lookups[i];
        if (l->taken && l->waiter == t && l->name == name) {
            return l;
        }
    }
    return NULL;
}

static lookup *free_lookup(void)
{
    for (unsigned i = 0; i < DNS_LOOKUPS; i++) {
        if (!lookups[i].taken) {
            return &lookups[i];
        }
    }
    return NULL;
}

static int refuse(void)
{
    counted.refused++;
    return YOKE_EFULL;
}

static int begin(yoke_task *t, const char *name, net_address *address)
{
    lookup *l = free_lookup();
    if (!l) {
        return refuse();
    }
    *l = (lookup){.taken = true, .name = name};
    ip_addr_t known;
    err_t answer = dns_gethostbyname(name, &known, found, l);
    net_work();
    if (answer == ERR_INPROGRESS) {
        counted.asked++;
        return yoke_park(t, &l->waiter);
    }
    l->taken = false;
    if (answer == ERR_OK) {
        *address = ours(&known);
        return YOKE_OK;
    }
    return answer == ERR_MEM ? refuse() : answer == ERR_VAL ? YOKE_EIO : YOKE_EINVAL;
}

int dns_resolve(yoke_task *t, const char *name, net_address *address)
{
    lookup *l = lookup_of(t, name);
    if (l && !l->done) {
        return yoke_park(t, &l->waiter);
    }
    if (l) {
        *address = l->found;
        l->taken = false;
        return l->answer;
    }
    if (net_from_text(name, address)) {
        return YOKE_OK;
    }
    if (!*name || strlen(name) > DNS_NAME_MAX || yoke_done(&net_task)) {
        return YOKE_EINVAL;
    }
    return begin(t, name, address);
}

dns_stats dns_read_stats(void)
{
    return counted;
}
