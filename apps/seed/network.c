/* The device on the network: its settings, its page, its API. One task starts them in order, and
 * stops them in order when it is cancelled. */
#include "seed.h"
#include "socket.h"
#include "yoke/api.h"
#include "yoke/link.h"
#include "yoke/log.h"
#include "yoke/shell_config.h"
#include "yoke/stack.h"

#include <stdio.h>
#include <string.h>

#define STREAMS     SEED_STREAMS     /* scope pages and WebSockets; CMakeLists.txt */
#define CONNECTIONS SEED_CONNECTIONS /* … and all others */

/* --- settings -------------------------------------------------------- */

static struct {
    int32_t speed;
    char name[33];
} settings;

static const cfg_key keys[] = {
    {"rainbow.speed", "hues a frame", CFG_AS_INT(settings.speed, 0, 100), .initial = 4},
    {"net.name", "host name, from the next start on", CFG_AS_STRING(settings.name),
     .initial_text = "yoke"},
};

#define KEYS (sizeof keys / sizeof keys[0])

static cfg_key_state key_states[KEYS];
static const cfg_config layout = {
    .keys = keys, .key_count = KEYS, .states = key_states, .banks = 4, .sectors_a_bank = 1};
static cfg_store store = {.task = YOKE_TASK(cfg_body), .config = &layout};

/* --- figures --------------------------------------------------------- */

static bool read_dropped(unsigned n, metrics_sample *s)
{
    metrics_label(s, "core", n ? "1" : "0");
    s->value = n < YOKE_CORES ? log_dropped(n) : 0;
    return n < YOKE_CORES;
}

static bool read_waited(unsigned n, metrics_sample *s)
{
    metrics_label(s, "queue", "log");
    metrics_label(s, "core", n ? "1" : "0");
    s->value = n < YOKE_CORES ? log_waited_most(n) : 0;
    return n < YOKE_CORES;
}

static bool read_restarts(unsigned n, metrics_sample *s)
{
    s->value = seed_supervisor.restarts;
    return n == 0;
}

static bool read_boots(unsigned n, metrics_sample *s)
{
    s->value = boot_now()->failed;
    return n == 0;
}

static bool read_supply(unsigned n, metrics_sample *s)
{
    s->value = seed_supply.mv;
    return n == 0 && seed_supply.mv;
}

/* One sample for each cause: 1 for that of this run. */
static bool read_boot(unsigned n, metrics_sample *s)
{
    static const char *const causes[] = {"power", "watchdog", "fault", "restart"};
    if (n >= sizeof causes / sizeof causes[0]) {
        return false;
    }
    metrics_label(s, "cause", causes[n]);
    s->value = boot_now()->cause == BOOT_BY_POWER + n;
    return true;
}

static bool read_stack(unsigned n, metrics_sample *s)
{
    metrics_label(s, "core", n ? "1" : "0");
    s->value = n < YOKE_CORES ? stack_used(n) : 0;
    return n < YOKE_CORES && s->value;
}

static bool read_stack_size(unsigned n, metrics_sample *s)
{
    metrics_label(s, "core", n ? "1" : "0");
    s->value = n < YOKE_CORES ? stack_size(n) : 0;
    return n < YOKE_CORES && s->value;
}

static const metrics_source own_figures[] = {
    {"yoke_log_dropped_total", "Lines that found the ring full.", METRICS_COUNTER, 0, read_dropped},
    {"yoke_queue_waited_max", "Most that ever waited.", METRICS_GAUGE, 0, read_waited},
    {"yoke_app_restarts_total", "Restarts of core 1 alone.", METRICS_COUNTER, 0, read_restarts},
    {"yoke_boot_cause", "1: why the device began this run.", METRICS_GAUGE, 0, read_boot},
    {"yoke_boots_failed", "In a row, before this one.", METRICS_GAUGE, 0, read_boots},
    {"yoke_supply_volts", "Filtered.", METRICS_GAUGE, 3, read_supply},
    {"yoke_stack_used_bytes_max", "Deepest use.", METRICS_GAUGE, 0, read_stack},
    {"yoke_stack_size_bytes", "All of it.", METRICS_GAUGE, 0, read_stack_size},
    {NULL, NULL, METRICS_GAUGE, 0, NULL},
};
static const metrics_source *const figures[] = {own_figures, NULL};

/* --- the server ------------------------------------------------------ */

static int add_worker(const char *name, uint32_t period_us, uint32_t run_us)
{
    return strlen(name) > SEED_NAME_MAX ? YOKE_EINVAL : seed_add(name, period_us, run_us);
}

static int remove_worker(const char *name)
{
    seed_worker *w = seed_find(name);
    if (!w) {
        return YOKE_ENOENT;
    }
    seed_remove(w);
    return YOKE_OK;
}

static void restart(void)
{
    startup_restart(&seed_device, RESTART_COMMAND);
}

static http_server server;
static const api_device device = {.app = &seed_app,
                                  .config = &store,
                                  .buttons = &seed_buttons,
                                  .server = &server,
                                  .figures = figures,
                                  .start = seed_start_app,
                                  .stop = seed_stop_app,
                                  .add = add_worker,
                                  .remove = remove_worker,
                                  .restart = restart};
static const http_route routes[] = {
    API_ROUTES, SCOPE_ROUTES, {"/ws", seed_socket, .methods = HTTP_GET, .flags = HTTP_STREAM}, {0}};
static const char *const hosts[] = {"localhost", "127.0.0.1", "yoke.local", NULL};
static const http_config config = {
    .routes = routes, .hosts = hosts, .streams_max = STREAMS, .evict_ms = SEED_EVICT_MS};
static http_exchange exchanges[CONNECTIONS];
static http_server server = {
    .task = HTTP_SERVER_TASK, .config = &config, .exchanges = exchanges, .count = CONNECTIONS};
static const net_config network = {.host_name = settings.name};

/* --- in order -------------------------------------------------------- */

/* What is told the app loop when it changes. */
static void use_settings(void)
{
    seed_set_speed((unsigned)settings.speed);
}

static void end(yoke_task *t)
{
    yoke_cancel(t);
}

static cfg_mark seen;

static int network_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    if (cfg_open(&store) < 0) {
        log_line("Settings are not saved: %s", (uintptr_t)store.problem, 0, 0, 0);
    }
    use_settings();
    yoke_start(&seed_platform, &store.task);
    shell_config_open(&store);
    api_open(&device);
    if (net_start(&seed_platform, &network) < 0) {
        goto yoke_finally_;
    }
    yoke_start(&seed_platform, &server.task);
    yoke_start(&seed_platform, &seed_beat);
    for (;;) {
        seen = cfg_now(&store);
        YOKE_TRY(t, cfg_await_change(t, &store, &seen));
        use_settings();
    }
    YOKE_FINALLY(t);
    end(&seed_beat);
    YOKE_AWAIT(t, yoke_join(t, &seed_beat));
    end(&server.task);
    YOKE_AWAIT(t, yoke_join(t, &server.task));
    end(&net_task);
    YOKE_AWAIT(t, yoke_join(t, &net_task));
    end(&store.task);
    YOKE_AWAIT(t, yoke_join(t, &store.task));
    YOKE_END(t);
}

yoke_task seed_network = YOKE_TASK(network_body);

void seed_url(char url[SEED_URL_MAX])
{
    char place[LINK_PLACE_MAX];
    net_status s = net_read_status();
    int answer = s.has_address ? link_place(80, place) : YOKE_ENOENT;
    if (answer == 0) {
        net_to_text(s.address, place);
    }
    if (answer < 0) {
        url[0] = '\0';
    } else {
        snprintf(url, SEED_URL_MAX, "http://%s   ", place);
    }
}
