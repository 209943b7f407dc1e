/* A consistent snapshot of a whole struct, from one loop to the other; nobody ever waits.
 *
 * Simpson's four slots: the writer always fills a slot the reader cannot be in, the reader always
 * takes the newest complete one. Loads and stores only. (H. R. Simpson, "Four-slot fully
 * asynchronous communication mechanism", IEE Proceedings E 137(1), 1990.) */
#ifndef YOKE_SHARE_H
#define YOKE_SHARE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* One writer (a loop or an interrupt of one core) and one reading loop; each may be any. */
typedef struct {
    void *slots;                 /* four values, one after the other; the caller's */
    size_t size;                 /* of one value, in bytes, at least 1 */
    atomic_uchar newest_slot[2]; /* of each pair */
    atomic_uchar newest_pair;
    atomic_uchar reading_pair;
} yoke_share;

/* Share the values of array `slots`, four of them: static sample slots[4];
 * static yoke_share s = YOKE_SHARE(slots); Until the first write, readers see slots[0]. */
#define YOKE_SHARE(array)                           \
    {                                               \
        .slots = (array), .size = sizeof(array) / 4 \
    }

/* Publish `*value`. The writer only. Wait-free: one copy and three small stores. */
void yoke_share_write(yoke_share *s, const void *value);

/* Copy the newest complete value to `*value`. The reading loop only. Wait-free. */
void yoke_share_read(yoke_share *s, void *value);

#endif
