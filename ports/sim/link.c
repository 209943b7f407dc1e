/* The link: frames on the way, in the order in which they will arrive. What the device sends comes
 * back to it, or goes to the test's own peer. */
#include "yoke/link.h"

#include "internal.h"

#include <string.h>

#define FRAMES_MAX 64u

typedef struct {
    uint64_t at_us;
    size_t size;
    uint8_t bytes[LINK_FRAME_MAX];
} flight;

static flight under_way[FRAMES_MAX]; /* in order of time */
static unsigned count;
static uint64_t armed_us; /* when an interrupt will look */
static bool is_open, up, changed;
static yoke_task *reader;

void link_reset(void)
{
    count = 0;
    armed_us = 0;
    is_open = changed = false;
    up = true;
    reader = NULL;
}

static const sim_link *set(void)
{
    return sim_set->link;
}

static void wake_reader(void *unused)
{
    (void)unused;
    if (reader) {
        yoke_wake(reader);
    }
}

/* --- on the way ------------------------------------------------------------------------------- */

static void insert(uint64_t at_us, const void *bytes, size_t size)
{
    unsigned i = count++;
    for (; i > 0 && under_way[i - 1].at_us > at_us; i--) {
        under_way[i] = under_way[i - 1];
    }
    under_way[i].at_us = at_us;
    under_way[i].size = size;
    memcpy(under_way[i].bytes, bytes, size);
}

static void arm(void)
{
    uint64_t now_us = yoke_port_now_us();
    if (count && (armed_us <= now_us || under_way[0].at_us < armed_us)) {
        armed_us = under_way[0].at_us > now_us ? under_way[0].at_us : now_us;
        sim_interrupt_at(armed_us, wake_reader, NULL);
    }
}

static bool happens(uint32_t per_mille)
{
    return per_mille && random_below(1000) < per_mille;
}

static uint64_t arrival_us(void)
{
    uint32_t jitter_us = set()->jitter_us ? random_below(set()->jitter_us) : 0;
    return yoke_port_now_us() + set()->delay_us + jitter_us;
}

static unsigned room(void)
{
    return (set()->room ? set()->room : FRAMES_MAX) - count;
}

void sim_link_send(const void *frame, size_t size)
{
    if (happens(set()->loss)) {
        return;
    }
    if (room()) {
        insert(arrival_us(), frame, size);
    }
    if (room() && happens(set()->twice)) {
        insert(arrival_us(), frame, size);
    }
    arm();
}

void sim_link_set(bool is_up)
{
    changed = changed || up != is_up;
    up = is_up;
    wake_reader(NULL);
}

/* --- the contract ----------------------------------------------------------------------------- */

int link_open(link_facts *facts)
{
    if (is_open) {
        return YOKE_EBUSY;
    }
    if (!sim_set || !set()) {
        return YOKE_EIO;
    }
    is_open = true;
    *facts = (link_facts){.kind = set()->ethernet ? LINK_ETHERNET : LINK_IP,
                          .mac = {2, 0, 0, 0, 0, 1},
                          .mtu = LINK_FRAME_MAX - 14};
    return YOKE_OK;
}

void link_close(void)
{
    is_open = false;
    reader = NULL;
    count = 0;
}

bool link_is_up(void)
{
    return up;
}

static int take(void *frame)
{
    size_t size = under_way[0].size;
    memcpy(frame, under_way[0].bytes, size);
    changed = changed || !room();
    count--;
    memmove(under_way, under_way + 1, count * sizeof *under_way);
    reader = NULL;
    return (int)size;
}

int link_read(yoke_task *t, void *frame, size_t size)
{
    (void)size;
    if (changed) {
        changed = false;
        reader = NULL;
        return 0;
    }
    if (count && under_way[0].at_us <= yoke_port_now_us()) {
        return take(frame);
    }
    arm();
    return yoke_park(t, &reader);
}

int link_write(const void *frame, size_t size)
{
    if (!up) {
        return YOKE_EIO;
    }
    if (set()->peer) {
        set()->peer(frame, size);
        return YOKE_OK;
    }
    if (!room()) {
        return YOKE_EFULL;
    }
    sim_link_send(frame, size);
    return YOKE_OK;
}

/* What is lost on the way was never here. */
uint32_t link_lost(void)
{
    return 0;
}

int link_place(uint16_t port, char place[LINK_PLACE_MAX])
{
    (void)port;
    (void)place;
    return 0;
}
