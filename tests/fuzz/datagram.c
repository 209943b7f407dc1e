/* Datagrams from the network through the whole stack, while a name is being looked up, the time is
 * being asked, and mDNS probes or answers. The first byte of an input says which of them it is for:
 * the right address, port and number are filled in, the rest is the input's. Whatever comes, each
 * task must end when it is told to, and no pool may be left with something in it. */
#include "fuzz.h"

#include "datagram.h"
#include "yoke/dns.h"
#include "yoke/mdns.h"
#include "yoke/sim.h"
#include "yoke/time.h"
#include "yoke/yoke.h"

enum kind { FOR_DNS, FOR_MDNS, FOR_TIME, FOR_ANY, KINDS };

static yoke_loop platform;
static yoke_app app;
static datagram asked[FOR_ANY]; /* the last question to each of them; size 0: none */
static uint8_t dns_question[2];

/* --- the network ------------------------------------------------------------------------------ */

static void hear(const void *frame, size_t size)
{
    datagram d;
    if (!datagram_open(frame, size, &d)) {
        return;
    }
    if (d.to.port == 53 && d.size >= 2) {
        asked[FOR_DNS] = d;
        memcpy(dns_question, d.data, 2);
    } else if (d.to.port == 123) {
        asked[FOR_TIME] = d;
    } else if (d.to.port == 5353) {
        asked[FOR_MDNS] = d;
    }
}

static void send_to_device(enum kind kind, uint8_t *data, size_t size)
{
    static uint8_t packet[DATAGRAM_BYTES_MAX];
    datagram d = {.from = asked[kind % FOR_ANY].to, .to = asked[kind % FOR_ANY].from};
    if (kind == FOR_MDNS) {
        d.to = d.from;
        d.from = (net_peer){.address = {{10, 0, 0, 9}}, .port = 5353};
    }
    if (kind == FOR_DNS && size >= 2) {
        memcpy(data, dns_question, 2);
    }
    d.data = data;
    d.size = size;
    sim_link_send(packet, datagram_build(packet, &d));
}

/* --- the device ------------------------------------------------------------------------------- */

static const char *const text[] = {"path=/", NULL};
static const mdns_service services[] = {{.type = "_http._tcp", .port = 80, .text = text}};
static const char *const servers[] = {"10.0.0.5", NULL};
static mdns names;
static time_keeper keeper;
static net_address found;

static int resolver_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_within(t, 20000, dns_resolve(t, "lamp.example", &found)));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

typedef struct {
    yoke_task task;
    uint32_t ms;
} pause;

static int pause_body(yoke_task *t)
{
    pause *me = YOKE_FRAME(pause, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_ms(t, me->ms));
    YOKE_END(t);
}

static yoke_task resolver;

static void run_ms(uint32_t ms)
{
    pause p = {.task = YOKE_TASK(pause_body), .ms = ms};
    yoke_run(&platform, &p.task);
}

static void begin(void)
{
    static const sim_link link = {.delay_us = 100, .peer = hear};
    static const sim_config world = {.start_us = 1000000, .link = &link};
    static const net_config net = {
        .address = {{10, 0, 0, 2}}, .mask = {{255, 255, 255, 0}}, .name_server = {{10, 0, 0, 1}}};
    sim_open(&world);
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    names = (mdns){.task = YOKE_TASK(mdns_body), .host_name = "yoke", .services = services};
    names.service_count = 1;
    keeper = (time_keeper){.task = YOKE_TASK(time_body), .servers = servers};
    resolver = (yoke_task)YOKE_TASK(resolver_body);
    must(net_start(&platform, &net) == YOKE_OK);
    yoke_start(&platform, &resolver);
    yoke_start(&platform, &names.task);
    yoke_start(&platform, &keeper.task);
}

static void end(void)
{
    yoke_cancel(&resolver);
    yoke_cancel(&names.task);
    yoke_cancel(&keeper.task);
    run_ms(30000); /* lwIP's lookup ends by itself */
    yoke_cancel(&net_task);
    run_ms(10);
    must(yoke_done(&resolver) && yoke_done(&names.task) && yoke_done(&keeper.task));
    must(yoke_done(&net_task));
    net_pool pool;
    for (unsigned i = 0; net_read_pool(i, &pool); i++) {
        must(pool.used == 0 || strcmp(pool.name, "timers") == 0 || strcmp(pool.name, "bytes") == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t copy[NET_DATAGRAM];
    if (size < 1 || size - 1 > sizeof copy) {
        return 0;
    }
    memcpy(copy, data + 1, size - 1);
    begin();
    run_ms(data[0] & 0x80 ? 1500 : 300); /* mdns answers, or probes */
    send_to_device(data[0] % KINDS, copy, size - 1);
    run_ms(10);
    end();
    return 0;
}
