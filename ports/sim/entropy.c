/* Random bytes that come again with the seed of the run, and do not disturb what else it draws. */
#include "yoke/entropy.h"

#include "internal.h"

void entropy_fill(void *to, size_t size)
{
    unsigned char *bytes = to;
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (unsigned char)entropy_below(256);
    }
}
