/* What each of the three servers serves: /1k and /64k, bodies of that many bytes. "ready" on
 * standard output says that it can be asked; the end of its input ends it. */
#ifndef SITE_H
#define SITE_H

#define SITE_SMALL 1024
#define SITE_LARGE 65536
#define SITE_TYPE  "text/plain"

/* The body: the alphabet over and over, so that a byte that is missing shows. */
static inline void site_fill(char *to, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        to[i] = (char)('a' + i % 26);
    }
}

#endif
