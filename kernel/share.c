/* Four slots in two pairs. Both sides must see one order of the stores to `newest_pair` and
 * `reading_pair`, hence sequential consistency there; tests/proof checks every interleaving. */
#include "yoke/share.h"

#include <string.h>

static unsigned char *slot(const yoke_share *s, unsigned pair, unsigned index)
{
    return (unsigned char *)s->slots + (pair * 2 + index) * s->size;
}

void yoke_share_write(yoke_share *s, const void *value)
{
    unsigned pair = atomic_load(&s->reading_pair) ^ 1u;
    unsigned index = atomic_load_explicit(&s->newest_slot[pair], memory_order_relaxed) ^ 1u;
    memcpy(slot(s, pair, index), value, s->size);
    atomic_store(&s->newest_slot[pair], (unsigned char)index);
    atomic_store(&s->newest_pair, (unsigned char)pair);
}

/* The store is left out when it would change nothing: the writer has seen the value already. */
void yoke_share_read(yoke_share *s, void *value)
{
    unsigned pair = atomic_load(&s->newest_pair);
    if (atomic_load_explicit(&s->reading_pair, memory_order_relaxed) != pair) {
        atomic_store(&s->reading_pair, (unsigned char)pair);
    }
    unsigned index = atomic_load(&s->newest_slot[pair]);
    memcpy(value, slot(s, pair, index), s->size);
}
