/* Random bytes: the system's. */
#define _GNU_SOURCE
#include "yoke/entropy.h"

#include "internal.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

void entropy_fill(void *to, size_t size)
{
    unsigned char *bytes = to;
    while (size) {
        ssize_t n = getrandom(bytes, size, 0);
        if (n < 0 && errno != EINTR) {
            yoke_port_fail("posix", 921);
        }
        if (n > 0) {
            bytes += n;
            size -= (size_t)n;
        }
    }
}
