/* A device with a server, for clients of this machine. "ready" on standard output: it can be asked.
 * A line of input is answered by the counters, the end of input ends it. What is in the line is the
 * token that clients must bear from then on. It publishes a number every 50 ms. */
#include "routes.h"
#include "yoke/console.h"
#include "yoke/yoke.h"

#include <stdio.h>
#include <string.h>

static yoke_loop platform;
static http_exchange exchanges[10]; /* eight to be served, while two are streams */
static const char *const hosts[] = {"localhost", "127.0.0.1", NULL};
static http_config config = {
    .routes = site_routes, .hosts = hosts, .streams_max = 6, .head_ms = 2000, .body_ms = 2000};
static http_server server = {.task = HTTP_SERVER_TASK,
                             .config = &config,
                             .exchanges = exchanges,
                             .count = sizeof exchanges / sizeof exchanges[0]};

static int ticker_body(yoke_task *t)
{
    static unsigned n;
    static char text[16];
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, 50));
        http_publish(&site_news, text, (size_t)snprintf(text, sizeof text, "%u", n++));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task ticker = YOKE_TASK(ticker_body);

/* One line of JSON. */
static void tell(void)
{
    const http_stats *h = &server.stats;
    net_stats n = net_read_stats();
    net_pool p;
    printf("{\"connections\":%u,\"requests\":%u,\"refused\":%u,\"late\":%u,\"dropped\":%u,"
           "\"streams\":%u,\"evicted\":%u,\"turned_away\":%u,\"half_open\":%u,"
           "\"unanswered\":%u,\"lost_in\":%u,\"lost_out\":%u,\"pools\":{",
           h->connections, h->requests, h->refused, h->late, h->dropped, h->streams, n.evicted,
           n.turned_away, n.half_open, n.unanswered, n.lost_in, n.lost_out);
    for (unsigned i = 0; net_read_pool(i, &p); i++) {
        printf("%s\"%s\":[%u,%u,%u]", i ? "," : "", p.name, p.used, p.most, p.size);
    }
    printf("}}\n");
    fflush(stdout);
}

/* A line that is not empty is the token. */
static void take(const char *line)
{
    static char token[32];
    if (*line) {
        strcpy(token, line);
        config.token = token;
    }
    tell();
}

/* The console may give a line in pieces. */
static void hear(const char *piece, size_t size)
{
    static char line[32];
    static size_t length;
    for (size_t i = 0; i < size; i++) {
        if (piece[i] == '\n') {
            line[length] = '\0';
            length = 0;
            take(line);
        } else if (length < sizeof line - 1) {
            line[length++] = piece[i];
        }
    }
}

static int root_body(yoke_task *t)
{
    static const net_config network;
    static uint32_t seen;
    static char piece[64];
    YOKE_BEGIN(t);
    YOKE_TRY(t, net_start(&platform, &network));
    while (!net_read_status().has_address) {
        YOKE_TRY(t, net_await_change(t, &seen));
    }
    yoke_start(&platform, &server.task);
    yoke_start(&platform, &ticker);
    puts("ready");
    fflush(stdout);
    for (;;) {
        YOKE_TRY(t, console_read(t, piece, sizeof piece));
        if (t->status == 0) {
            break;
        }
        hear(piece, (size_t)t->status);
    }
    YOKE_FINALLY(t);
    yoke_cancel(&server.task);
    YOKE_AWAIT(t, yoke_join(t, &server.task));
    yoke_cancel(&net_task);
    YOKE_AWAIT(t, yoke_join(t, &net_task));
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(void)
{
    yoke_loop_init(&platform, 0);
    int answer = yoke_run(&platform, &root);
    return answer == YOKE_OK ? 0 : 1;
}
