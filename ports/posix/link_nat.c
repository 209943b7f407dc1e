/* The way out by libslirp: a network of its own in this process, 10.0.2.0/24, whose router turns
 * connections into sockets of this machine. It needs no rights. The device is 10.0.2.15, this
 * machine 10.0.2.2, the name server 10.0.2.3; ports of this machine lead to ports of the device.
 *
 * libslirp's sockets come and go with every frame, and what it has to send may wait for the answer
 * to a frame that it has just sent. So it is asked before each wait which sockets it waits for, and
 * for how long, and after each frame of the device it is called once without waiting. */
#define _GNU_SOURCE
#include "link.h"

#include <arpa/inet.h>
#include <poll.h>
#include <slirp/libslirp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FORWARD_DEFAULT                                                      \
    "8080:80,udp:4048,udp:5568,udp:6454,udp:21324" /* DDP E1.31 Art-Net WLED \
                                                    */
#define PORT_MAX 65535u
#define DOORS    16u
#define BACKLOG  1024
#define LIST_MAX 512u

static Slirp *slirp;
static bool has_news; /* a frame of the device that libslirp has not been polled after */

/* --- what libslirp calls ---------------------------------------------------------------------- */

static ssize_t send_packet(const void *frame, size_t size, void *opaque)
{
    (void)opaque;
    link_bring(frame, size);
    return (ssize_t)size;
}

static void guest_error(const char *message, void *opaque)
{
    (void)opaque;
    fprintf(stderr, "yoke: libslirp: %s\n", message);
}

static int64_t clock_ns(void *opaque)
{
    (void)opaque;
    return (int64_t)(yoke_port_now_us() * 1000);
}

/* Timers are for IPv6 only, which is off. */
static void *timer_new(SlirpTimerCb run, void *arg, void *opaque)
{
    (void)run;
    (void)arg;
    (void)opaque;
    static int none;
    return &none;
}

static void timer_free(void *timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

static void timer_mod(void *timer, int64_t at_ms, void *opaque)
{
    (void)timer;
    (void)at_ms;
    (void)opaque;
}

/* The list is made anew before each wait. */
static void poll_fd(int fd, void *opaque)
{
    (void)fd;
    (void)opaque;
}

static void notify(void *opaque)
{
    (void)opaque;
    has_news = true;
}

static const SlirpCb calls = {
    .send_packet = send_packet,
    .guest_error = guest_error,
    .clock_get_ns = clock_ns,
    .timer_new = timer_new,
    .timer_free = timer_free,
    .timer_mod = timer_mod,
    .register_poll_fd = poll_fd,
    .unregister_poll_fd = poll_fd,
    .notify = notify,
};

/* --- its sockets ------------------------------------------------------------------------------ */

typedef struct {
    struct pollfd *fds;
    unsigned count, max;
} list;

/* Each of libslirp's events, and poll()'s. */
static const struct {
    int theirs;
    short ours;
} events[] = {
    {SLIRP_POLL_IN, POLLIN},   {SLIRP_POLL_OUT, POLLOUT}, {SLIRP_POLL_PRI, POLLPRI},
    {SLIRP_POLL_ERR, POLLERR}, {SLIRP_POLL_HUP, POLLHUP},
};

#define EVENTS (sizeof events / sizeof *events)

static int add_fd(int fd, int theirs, void *opaque)
{
    list *l = opaque;
    if (l->count == l->max) {
        return -1;
    }
    struct pollfd *p = &l->fds[l->count];
    *p = (struct pollfd){.fd = fd};
    for (unsigned i = 0; i < EVENTS; i++) {
        p->events = (short)(p->events | ((theirs & events[i].theirs) ? events[i].ours : 0));
    }
    return (int)l->count++;
}

static int events_of(int index, void *opaque)
{
    const list *l = opaque;
    int theirs = 0;
    for (unsigned i = 0; index >= 0 && i < EVENTS; i++) {
        theirs |= (l->fds[index].revents & events[i].ours) ? events[i].theirs : 0;
    }
    return theirs;
}

static unsigned before_wait(struct pollfd *fds, unsigned max, uint64_t *timeout_us)
{
    list l = {.fds = fds, .max = max};
    uint32_t ms = UINT32_MAX;
    slirp_pollfds_fill(slirp, &ms, add_fd, &l);
    if (has_news) {
        *timeout_us = 0;
    } else if (ms != UINT32_MAX && ms * UINT64_C(1000) < *timeout_us) {
        *timeout_us = ms * UINT64_C(1000);
    }
    return l.count;
}

static void after_wait(struct pollfd *fds, unsigned count)
{
    list l = {.fds = fds, .count = count};
    has_news = false;
    slirp_pollfds_poll(slirp, 0, events_of, &l);
}

static const posix_polled polled = {.before_wait = before_wait, .after_wait = after_wait};

/* --- ports of this machine -------------------------------------------------------------------- */

static bool take_port(const char **text, unsigned *port)
{
    char *end;
    unsigned long n = strtoul(*text, &end, 10);
    bool is_one = **text >= '0' && **text <= '9' && n >= 1 && n <= PORT_MAX;
    *port = (unsigned)n;
    *text = end;
    return is_one;
}

/* TCP ports that lead to the device. */
static struct {
    uint16_t from, to;
} doors[DOORS];
static unsigned door_count;

static void add_door(unsigned from, unsigned to)
{
    if (door_count < DOORS) {
        doors[door_count].from = (uint16_t)from;
        doors[door_count++].to = (uint16_t)to;
    }
}

static int place_nat(uint16_t port, char place[LINK_PLACE_MAX])
{
    for (unsigned i = 0; i < door_count; i++) {
        if (doors[i].to == port) {
            snprintf(place, LINK_PLACE_MAX, "localhost:%u", doors[i].from);
            return 1;
        }
    }
    return YOKE_ENOENT;
}

/* [udp:]PORT-OF-THIS-MACHINE[:PORT-OF-THE-DEVICE] */
static bool forward(const char *text)
{
    const struct in_addr here = {.s_addr = htonl(INADDR_LOOPBACK)};
    const struct in_addr device = {.s_addr = 0}; /* who asks by DHCP */
    bool udp = strncmp(text, "udp:", 4) == 0;
    unsigned from, to;
    text += udp ? 4 : 0;
    if (!take_port(&text, &from)) {
        return false;
    }
    to = from;
    if (*text == ':' && (text++, !take_port(&text, &to))) {
        return false;
    }
    if (*text != '\0') {
        return false;
    }
    if (slirp_add_hostfwd(slirp, udp, here, (int)from, device, (int)to) < 0) {
        fprintf(stderr, "yoke: %s port %u of this machine is taken; it leads to no device\n",
                udp ? "UDP" : "TCP", from);
    } else if (!udp) {
        add_door(from, to);
    }
    return true;
}

/* libslirp lets one connection wait to be accepted. When several come at once the system drops the
 * others without a word, and their clients try again after a second: so allow more. */
static int allow_more(int fd, int theirs, void *opaque)
{
    (void)theirs;
    (void)opaque;
    int listens = 0;
    socklen_t size = sizeof listens;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens) {
        listen(fd, BACKLOG);
    }
    return -1;
}

static void forward_all(void)
{
    char text[LIST_MAX];
    const char *wanted = getenv("YOKE_FORWARD");
    snprintf(text, sizeof text, "%s", wanted ? wanted : FORWARD_DEFAULT);
    char *rest = NULL;
    for (const char *one = strtok_r(text, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) {
        if (!forward(one)) {
            fprintf(stderr, "yoke: YOKE_FORWARD: \"%s\" is not [udp:]PORT[:PORT]\n", one);
        }
    }
    slirp_pollfds_fill(slirp, &(uint32_t){UINT32_MAX}, allow_more, NULL);
}

/* --- up and down ------------------------------------------------------------------------------ */

static struct in_addr in_network(uint32_t host)
{
    return (struct in_addr){.s_addr = htonl(0x0a000200u + host)}; /* 10.0.2.0 */
}

static int open_nat(const char *unused)
{
    (void)unused;
    const SlirpConfig config = {.version = 1,
                                .in_enabled = true,
                                .vnetwork = in_network(0),
                                .vnetmask = {.s_addr = htonl(0xffffff00u)},
                                .vhost = in_network(2),
                                .vdhcp_start = in_network(15),
                                .vnameserver = in_network(3)};
    slirp = slirp_new(&config, &calls, NULL);
    if (!slirp) {
        fprintf(stderr, "yoke: libslirp does not start; there is no network\n");
        return YOKE_EIO;
    }
    door_count = 0;
    forward_all();
    sources_polled = &polled;
    return YOKE_OK;
}

static void close_nat(void)
{
    sources_polled = NULL;
    slirp_cleanup(slirp);
    slirp = NULL;
}

static int write_nat(const void *frame, size_t size)
{
    has_news = true;
    slirp_input(slirp, frame, (int)size);
    return YOKE_OK;
}

const link_way link_nat = {
    .open = open_nat, .close = close_nat, .write = write_nat, .place = place_nat};
