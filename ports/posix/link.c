/* The network link: which way out of this machine, and the frames that have come in by it. */
#include "link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX 128u /* more than all connections together may have under way */

typedef struct {
    size_t size;
    uint8_t bytes[LINK_FRAME_MAX];
} frame_in;

static const link_way *way; /* NULL: it is closed */
static frame_in frames[FRAMES_MAX];
static unsigned first, used;
static yoke_task *reader;
static uint32_t lost;

void link_bring(const void *frame, size_t size)
{
    if (used == FRAMES_MAX || size > LINK_FRAME_MAX) {
        lost++;
        return;
    }
    frame_in *to = &frames[(first + used++) % FRAMES_MAX];
    to->size = size;
    memcpy(to->bytes, frame, size);
    if (reader) {
        yoke_wake(reader);
    }
}

static int open_way(const char *name)
{
    if (strcmp(name, "none") == 0) {
        return YOKE_EIO;
    }
    if (strcmp(name, "nat") == 0) {
        way = &link_nat;
        return link_nat.open(NULL);
    }
    if (strncmp(name, "tap:", 4) == 0) {
        way = &link_tap;
        return link_tap.open(name + 4);
    }
    fprintf(stderr, "yoke: YOKE_LINK=%s is not nat, tap:NAME or none; there is no network\n", name);
    return YOKE_EIO;
}

int link_open(link_facts *facts)
{
    if (way) {
        return YOKE_EBUSY;
    }
    const char *name = getenv("YOKE_LINK");
    first = used = lost = 0;
    reader = NULL;
    int answer = open_way(name && *name ? name : "nat");
    if (answer != YOKE_OK) {
        way = NULL;
        return answer;
    }
    *facts = (link_facts){.kind = LINK_ETHERNET,
                          .mac = {0x02, 'Y', 'o', 'k', 'e', 1}, /* locally administered */
                          .mtu = LINK_FRAME_MAX - 14};
    return YOKE_OK;
}

void link_close(void)
{
    if (way) {
        way->close();
    }
    way = NULL;
    reader = NULL;
}

bool link_is_up(void)
{
    return way;
}

int link_read(yoke_task *t, void *frame, size_t size)
{
    if (!used) {
        return yoke_park(t, &reader);
    }
    const frame_in *from = &frames[first];
    size_t n = from->size < size ? from->size : size;
    memcpy(frame, from->bytes, n);
    first = (first + 1) % FRAMES_MAX;
    used--;
    reader = NULL;
    return (int)n;
}

int link_write(const void *frame, size_t size)
{
    return way ? way->write(frame, size) : YOKE_EIO;
}

uint32_t link_lost(void)
{
    return lost;
}

int link_place(uint16_t port, char place[LINK_PLACE_MAX])
{
    return way && way->place ? way->place(port, place) : 0;
}
