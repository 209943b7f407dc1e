/* Yoke's server, with the pools and the connections that the seed program has on the chip. */
#include "yoke/yoke.h"
#include "site.h"
#include "yoke/console.h"
#include "yoke/http.h"

#include <stdio.h>

static yoke_loop platform;
static char small[SITE_SMALL], large[SITE_LARGE];

static YOKE_ASYNC int send(yoke_task *t, http_exchange *x, const char *body, uint32_t size)
{
    http_answer(x, 200, SITE_TYPE);
    http_set_length(x, size);
    return http_write(t, x, body, size);
}

static int get_small(yoke_task *t, http_exchange *x)
{
    return send(t, x, small, sizeof small);
}

static int get_large(yoke_task *t, http_exchange *x)
{
    return send(t, x, large, sizeof large);
}

static const http_route routes[] = {{.path = "/1k", .handler = get_small, .methods = HTTP_GET},
                                    {.path = "/64k", .handler = get_large, .methods = HTTP_GET},
                                    {0}};
static const char *const hosts[] = {"localhost", "127.0.0.1", NULL};
static const http_config config = {.routes = routes, .hosts = hosts};
static http_exchange exchanges[11];
static http_server server = {.task = HTTP_SERVER_TASK,
                             .config = &config,
                             .exchanges = exchanges,
                             .count = sizeof exchanges / sizeof *exchanges};

static int root_body(yoke_task *t)
{
    static const net_config network;
    static uint32_t seen;
    static char line[64];
    YOKE_BEGIN(t);
    YOKE_TRY(t, net_start(&platform, &network));
    while (!net_read_status().has_address) {
        YOKE_TRY(t, net_await_change(t, &seen));
    }
    yoke_start(&platform, &server.task);
    puts("ready");
    fflush(stdout);
    do {
        YOKE_TRY(t, console_read(t, line, sizeof line));
    } while (t->status > 0);
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
    site_fill(small, sizeof small);
    site_fill(large, sizeof large);
    yoke_loop_init(&platform, 0);
    return yoke_run(&platform, &root) == YOKE_OK ? 0 : 1;
}
