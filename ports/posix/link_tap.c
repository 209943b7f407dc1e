/* The way out by a TAP device: an Ethernet cable to this machine. Who made the device, and gave it
 * to us, has the right to. */
#define _GNU_SOURCE
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void take_frames(posix_source *s)
{
    uint8_t frame[LINK_FRAME_MAX];
    ssize_t n;
    while ((n = read(s->fd, frame, sizeof frame)) > 0) {
        link_bring(frame, (size_t)n);
    }
}

static posix_source device = {.fd = -1, .ready = take_frames};

static int attach(int fd, const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    if (strlen(name) >= sizeof request.ifr_name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
    return ioctl(fd, TUNSETIFF, &request);
}

static int open_tap(const char *name)
{
    device.fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (device.fd < 0 || attach(device.fd, name) < 0) {
        fprintf(stderr, "yoke: TAP device %s cannot be used (%s); there is no network\n", name,
                strerror(errno));
        if (device.fd >= 0) {
            close(device.fd);
        }
        return YOKE_EIO;
    }
    sources_watch(&device);
    return YOKE_OK;
}

static void close_tap(void)
{
    posix_forget(&device);
    close(device.fd);
    device.fd = -1;
}

/* A device that is full loses frames, as a cable would. */
static int write_tap(const void *frame, size_t size)
{
    ssize_t n = write(device.fd, frame, size);
    return n == (ssize_t)size ? YOKE_OK : errno == EAGAIN ? YOKE_EFULL : YOKE_EIO;
}

const link_way link_tap = {.open = open_tap, .close = close_tap, .write = write_tap};
