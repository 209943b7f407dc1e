/* Figures of what every device on the network has: link, pools, server, settings in flash. */
#include "internal.h"

/* --- the network ----------------------------------------------------- */

static bool read_link(unsigned n, metrics_sample *s)
{
    s->value = net_read_status().link_up;
    return n == 0;
}

static bool read_address(unsigned n, metrics_sample *s)
{
    s->value = net_read_status().has_address;
    return n == 0;
}

/* One function for each count of net_stats. */
#define NET_COUNT(field)                                    \
    static bool read_##field(unsigned n, metrics_sample *s) \
    {                                                       \
        s->value = net_read_stats().field;                  \
        return n == 0;                                      \
    }

NET_COUNT(frames_in)
NET_COUNT(frames_out)
NET_COUNT(lost_in)
NET_COUNT(lost_out)
NET_COUNT(accepted)
NET_COUNT(half_open)
NET_COUNT(evicted)
NET_COUNT(turned_away)
NET_COUNT(unanswered)
NET_COUNT(unread)
NET_COUNT(unsent)

#define POOL_FIELD(field)                                        \
    static bool read_pool_##field(unsigned n, metrics_sample *s) \
    {                                                            \
        net_pool pool;                                           \
        if (!net_read_pool(n, &pool)) {                          \
            return false;                                        \
        }                                                        \
        metrics_label(s, "pool", pool.name);                     \
        s->value = pool.field;                                   \
        return true;                                             \
    }

POOL_FIELD(used)
POOL_FIELD(most)
POOL_FIELD(size)
POOL_FIELD(refused)

/* --- the server ------------------------------------------------------ */

#define SERVER_COUNT(field)                                          \
    static bool read_server_##field(unsigned n, metrics_sample *s)   \
    {                                                                \
        s->value = api_it->server ? api_it->server->stats.field : 0; \
        return n == 0 && api_it->server;                             \
    }

SERVER_COUNT(connections)
SERVER_COUNT(requests)
SERVER_COUNT(refused)
SERVER_COUNT(late)
SERVER_COUNT(dropped)
SERVER_COUNT(streams)

/* --- settings in flash ------------------------------------------------ */

static bool read_erases(unsigned n, metrics_sample *s)
{
    if (!api_it->config || n >= api_it->config->config->banks) {
        return false;
    }
    const char bank[] = {(char)('0' + n / 10), (char)('0' + n % 10), '\0'};
    metrics_label(s, "bank", n < 10 ? &bank[1] : bank);
    s->value = cfg_erases(api_it->config, n);
    return true;
}

#define STORE_COUNT(field)                                            \
    static bool read_store_##field(unsigned n, metrics_sample *s)     \
    {                                                                 \
        s->value = api_it->config ? api_it->config->counts.field : 0; \
        return n == 0 && api_it->config;                              \
    }

STORE_COUNT(programs)
STORE_COUNT(failures)
STORE_COUNT(refused)

const metrics_source api_figures[] = {
    {"yoke_link_up", "1: frames can come and go.", METRICS_GAUGE, 0, read_link},
    {"yoke_net_has_address", "1: the network can be used.", METRICS_GAUGE, 0, read_address},
    {"yoke_net_frames_in_total", "Frames.", METRICS_COUNTER, 0, read_frames_in},
    {"yoke_net_frames_out_total", "Frames.", METRICS_COUNTER, 0, read_frames_out},
    {"yoke_net_lost_in_total", "Frames that found no buffer.", METRICS_COUNTER, 0, read_lost_in},
    {"yoke_net_lost_out_total", "Frames that the link did not take.", METRICS_COUNTER, 0,
     read_lost_out},
    {"yoke_net_accepted_total", "Connections.", METRICS_COUNTER, 0, read_accepted},
    {"yoke_net_half_open_dropped_total", "Half-open connections that made room.", METRICS_COUNTER,
     0, read_half_open},
    {"yoke_net_evicted_total", "Streams broken to make room.", METRICS_COUNTER, 0, read_evicted},
    {"yoke_net_turned_away_total", "Connections reset before they were accepted.", METRICS_COUNTER,
     0, read_turned_away},
    {"yoke_net_unanswered_total", "Connection requests without a control block.", METRICS_COUNTER,
     0, read_unanswered},
    {"yoke_net_unread_total", "Datagrams that no socket had room for.", METRICS_COUNTER, 0,
     read_unread},
    {"yoke_net_unsent_total", "Datagrams without memory, or a way.", METRICS_COUNTER, 0,
     read_unsent},
    {"yoke_pool_used", "Elements in use; of bytes, bytes.", METRICS_GAUGE, 0, read_pool_used},
    {"yoke_pool_used_max", "Most that were in use.", METRICS_GAUGE, 0, read_pool_most},
    {"yoke_pool_size", "All there are.", METRICS_GAUGE, 0, read_pool_size},
    {"yoke_pool_refused_total", "Requests when it was empty.", METRICS_COUNTER, 0,
     read_pool_refused},
    {"yoke_http_connections_total", "Connections.", METRICS_COUNTER, 0, read_server_connections},
    {"yoke_http_requests_total", "Requests.", METRICS_COUNTER, 0, read_server_requests},
    {"yoke_http_refused_total", "Requests that the server itself refused.", METRICS_COUNTER, 0,
     read_server_refused},
    {"yoke_http_late_total", "Connections ended by a limit of time.", METRICS_COUNTER, 0,
     read_server_late},
    {"yoke_http_dropped_total", "Messages that a slow follower did not get.", METRICS_COUNTER, 0,
     read_server_dropped},
    {"yoke_http_streams", "Event streams and WebSockets now.", METRICS_GAUGE, 0,
     read_server_streams},
    {"yoke_flash_erases_total", "Of each sector of a bank, in the life of the device.",
     METRICS_COUNTER, 0, read_erases},
    {"yoke_flash_programs_total", "Pages, in this run.", METRICS_COUNTER, 0, read_store_programs},
    {"yoke_flash_failures_total", "Erases and programs that the flash refused.", METRICS_COUNTER, 0,
     read_store_failures},
    {"yoke_config_refused_total", "Waits, because too many waited for the store.", METRICS_COUNTER,
     0, read_store_refused},
    {NULL, NULL, METRICS_GAUGE, 0, NULL},
};
