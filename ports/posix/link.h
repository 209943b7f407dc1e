/* What the files of the link share: one way out of this machine is chosen, and frames that come in
 * by it wait here for the device. */
#ifndef YOKE_POSIX_LINK_H
#define YOKE_POSIX_LINK_H

#include "internal.h"
#include "yoke/link.h"

typedef struct {
    int (*open)(const char *what); /* YOKE_OK, or it has said what is wrong */
    void (*close)(void);
    int (*write)(const void *frame, size_t size);
    int (*place)(uint16_t port, char place[LINK_PLACE_MAX]); /* as link_place(); NULL: 0 */
} link_way;

extern const link_way link_nat; /* link_nat.c, or link_no_nat.c where libslirp is missing */
extern const link_way link_tap;

/* A frame for the device. */
void link_bring(const void *frame, size_t size);

#endif
