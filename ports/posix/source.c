/* File descriptors: one epoll set, waited on by the platform loop only. */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 16
#define POLLED_MAX     1024u

static int set = -1;
const posix_polled *sources_polled;

static void take_interrupt(posix_source *s)
{
    uint64_t count;
    if (read(s->fd, &count, sizeof count) < 0) {
        return; /* nothing to take: another wait took it */
    }
}

static posix_source interrupt = {.fd = -1, .ready = take_interrupt};

static int add(posix_source *s, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = s};
    int operation = s->known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(set, operation, s->fd, &e) < 0) {
        return YOKE_EIO;
    }
    s->known = true;
    return YOKE_OK;
}

int sources_open(void)
{
    set = epoll_create1(EPOLL_CLOEXEC);
    interrupt.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    interrupt.known = false;
    if (set < 0 || interrupt.fd < 0) {
        return YOKE_EIO;
    }
    return add(&interrupt, EPOLLIN);
}

void sources_close(void)
{
    close(interrupt.fd);
    close(set);
    interrupt.fd = set = -1;
}

void sources_interrupt(void)
{
    uint64_t one = 1;
    while (write(interrupt.fd, &one, sizeof one) < 0 && errno == EINTR) {
    }
}

static void tell(posix_source *s)
{
    if (s->ready) {
        s->ready(s);
    } else if (s->waiter) {
        yoke_wake(s->waiter);
    }
}

static void look(void)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int n = epoll_wait(set, events, EVENTS_AT_ONCE, 0);
    for (int i = 0; i < n; i++) {
        tell(events[i].data.ptr);
    }
}

static int wait_for(struct pollfd *fds, unsigned count, uint64_t timeout_us)
{
    struct timespec timeout = {.tv_sec = (time_t)(timeout_us / 1000000u),
                               .tv_nsec = (long)(timeout_us % 1000000u) * 1000};
    return ppoll(fds, count, timeout_us == YOKE_NEVER ? NULL : &timeout, NULL);
}

/* The set is itself a descriptor: ppoll() waits for it to the nanosecond, epoll to the ms. */
static void wait_alone(uint64_t timeout_us)
{
    struct pollfd p = {.fd = set, .events = POLLIN};
    if (timeout_us == 0 || wait_for(&p, 1, timeout_us) > 0) {
        look();
    }
}

static void wait_with(const posix_polled *other, uint64_t timeout_us)
{
    static struct pollfd fds[1 + POLLED_MAX];
    fds[0] = (struct pollfd){.fd = set, .events = POLLIN};
    unsigned count = other->before_wait(fds + 1, POLLED_MAX, &timeout_us);
    if (wait_for(fds, 1 + count, timeout_us) < 0) {
        return; /* a signal: the next wait asks anew */
    }
    if (fds[0].revents) {
        look();
    }
    other->after_wait(fds + 1, count);
}

void sources_wait(uint64_t timeout_us)
{
    if (sources_polled) {
        wait_with(sources_polled, timeout_us);
    } else {
        wait_alone(timeout_us);
    }
}

void sources_watch(posix_source *s)
{
    add(s, EPOLLIN);
}

static bool is_ready(int fd, uint32_t events)
{
    struct pollfd p = {.fd = fd, .events = (short)(events & (EPOLLIN | EPOLLOUT))};
    return poll(&p, 1, 0) != 0; /* an error is for the caller's read or write to find */
}

int posix_poll(posix_source *s, uint32_t events)
{
    bool waits = !is_ready(s->fd, events) && add(s, events | EPOLLONESHOT) == YOKE_OK;
    return waits ? YOKE_PENDING : YOKE_OK;
}

int posix_wait(yoke_task *t, posix_source *s, uint32_t events)
{
    if (posix_poll(s, events) == YOKE_PENDING) {
        return yoke_park(t, &s->waiter);
    }
    s->waiter = NULL;
    return YOKE_OK;
}

void posix_forget(posix_source *s)
{
    if (s->known) {
        epoll_ctl(set, EPOLL_CTL_DEL, s->fd, NULL);
    }
    s->known = false;
    s->waiter = NULL;
}
