/* A device for the name and time services of a real network. Lines on standard output tell what
 * changes; lines of standard input are commands: "resolve NAME", "off", "on", "time"; the end of
 * input ends it in order.
 *
 * usage: device NAME */
#include "yoke/console.h"
#include "yoke/dns.h"
#include "yoke/mdns.h"
#include "yoke/time.h"
#include "yoke/yoke.h"

#include <stdio.h>
#include <string.h>

static const char *const text[] = {"path=/", "id=42", NULL};
static const mdns_service services[] = {{.type = "_http._tcp", .port = 80, .text = text},
                                        {.type = "_osc._udp", .port = 9000}};
static const net_config config;

static yoke_loop platform;
static mdns names = {.task = YOKE_TASK(mdns_body), .services = services, .service_count = 2};
static time_keeper keeper = {.task = YOKE_TASK(time_body), .from_dhcp = true};

static int say(const char *format, const char *what)
{
    printf(format, what);
    fflush(stdout);
    return YOKE_OK;
}

/* --- what changes ----------------------------------------------------------------------------- */

static int tell_address_body(yoke_task *t)
{
    static uint32_t seen;
    static char address[NET_TEXT_LENGTH];
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, net_await_change(t, &seen));
        net_status s = net_read_status();
        say("address %s\n", s.has_address ? net_to_text(s.address, address) : "none");
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static int tell_name_body(yoke_task *t)
{
    static uint32_t seen;
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, mdns_await_change(t, &names, &seen));
        if (names.state == MDNS_ANSWERS) {
            say("name %s\n", names.name);
        }
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* --- commands --------------------------------------------------------------------------------- */

static char line[300];
static net_address found;

static int resolve(yoke_task *t)
{
    return yoke_within(t, 30000, dns_resolve(t, line + strlen("resolve "), &found));
}

static void tell_resolved(int answer)
{
    if (answer == YOKE_OK) {
        char address[NET_TEXT_LENGTH];
        say("resolved %s\n", net_to_text(found, address));
    } else {
        printf("resolved %d\n", answer);
        fflush(stdout);
    }
}

static void tell_time(void)
{
    char server[NET_TEXT_LENGTH];
    uint64_t unix_us = 0;
    time_read(&keeper, &unix_us);
    printf("time %llu %u %s %u\n", (unsigned long long)unix_us, time_error_us(&keeper),
           net_to_text(keeper.server, server), keeper.last.stratum);
    fflush(stdout);
}

static bool is(const char *command)
{
    return strncmp(line, command, strlen(command)) == 0;
}

static yoke_task tell_address = YOKE_TASK(tell_address_body);
static yoke_task tell_name = YOKE_TASK(tell_name_body);

static void begin(void)
{
    yoke_start(&platform, &tell_address);
    yoke_start(&platform, &tell_name);
    yoke_start(&platform, &names.task);
    yoke_start(&platform, &keeper.task);
}

static void cancel_all(void)
{
    yoke_cancel(&tell_address);
    yoke_cancel(&tell_name);
    yoke_cancel(&names.task);
    yoke_cancel(&keeper.task);
}

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    begin();
    YOKE_TRY(t, net_start(&platform, &config));
    for (;;) {
        YOKE_TRY(t, console_read(t, line, sizeof line - 1));
        if (t->status == 0) {
            break;
        }
        line[t->status] = '\0';
        line[strcspn(line, "\n")] = '\0';
        if (is("resolve ")) {
            YOKE_AWAIT(t, resolve(t));
            tell_resolved(t->status);
        } else if (is("time")) {
            YOKE_TRY(t, time_await_known(t, &keeper));
            tell_time();
        } else if (is("off")) {
            yoke_cancel(&net_task);
            YOKE_AWAIT(t, yoke_join(t, &net_task));
        } else if (is("on")) {
            YOKE_TRY(t, net_start(&platform, &config));
        }
    }
    YOKE_FINALLY(t);
    cancel_all();
    YOKE_AWAIT(t, yoke_join(t, &names.task)); /* its goodbye needs the network */
    yoke_cancel(&net_task);
    YOKE_AWAIT(t, yoke_join(t, &net_task));
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(int count, char **words)
{
    names.host_name = count > 1 ? words[1] : "yoke";
    yoke_loop_init(&platform, 0);
    int answer = yoke_run(&platform, &root);
    if (answer < 0) {
        fprintf(stderr, "device: %d\n", answer);
    }
    return answer == YOKE_OK ? 0 : 1;
}
