/* Built where libslirp is missing. */
#include "link.h"

#include <stdio.h>

static int open_nat(const char *unused)
{
    (void)unused;
    fprintf(stderr, "yoke: built without libslirp (Debian: libslirp-dev); there is no network\n");
    return YOKE_EIO;
}

static void close_nat(void)
{
}

static int write_nat(const void *frame, size_t size)
{
    (void)frame;
    (void)size;
    return YOKE_EIO;
}

const link_way link_nat = {.open = open_nat, .close = close_nat, .write = write_nat};
