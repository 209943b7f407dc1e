/* yoke_share: every read is whole, at least as new as the last write that was complete when the
 * read began, and never older than the read before. */
#include "yoke/share.h"

#include "explore.h"

#define WRITES 6u
#define READS  6u

typedef struct {
    uint32_t number;
    uint32_t again; /* the same: a torn read shows */
} sample;

static sample slots[4];
static yoke_share share;
static uint32_t written; /* ghost: writes that are complete */

static void setup(void)
{
    for (unsigned i = 0; i < 4; i++) {
        slots[i] = (sample){0, 0};
    }
    share = (yoke_share)YOKE_SHARE(slots);
    written = 0;
    name_object(slots, sizeof slots, "slots");
    name_object(&share.newest_slot, sizeof share.newest_slot, "newest_slot");
    name_object(&share.newest_pair, 1, "newest_pair");
    name_object(&share.reading_pair, 1, "reading_pair");
}

GHOST static void complete(uint32_t number)
{
    written = number;
}

static void writer(void)
{
    for (uint32_t i = 1; i <= WRITES; i++) {
        yoke_share_write(&share, &(sample){i, i});
        complete(i);
    }
}

static void reader(void)
{
    uint32_t last = 0;
    for (unsigned i = 0; i < READS; i++) {
        uint32_t least = ghost_read(&written);
        sample s;
        yoke_share_read(&share, &s);
        must(s.number == s.again, "a torn read");
        must(s.number >= last, "a read older than the one before");
        must(s.number >= least, "a read older than a complete write");
        last = s.number;
    }
}

const scenario scenarios[] = {
    {.name = "six writes, six reads", .setup = setup, .threads = {writer, reader}},
    {0},
};
