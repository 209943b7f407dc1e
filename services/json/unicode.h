/* UTF-8, for reader and writer. */
#ifndef JSON_UNICODE_H
#define JSON_UNICODE_H

#include <stddef.h>
#include <stdint.h>

/* How many bytes the character at `at` has, of `left` that are there (1 at least); 0: it is none
 * (RFC 3629: no surrogates, nothing that could be shorter, nothing above U+10FFFF). */
size_t utf8_size(const char *at, size_t left);

/* Write `character` to `to`, 4 bytes; answers how many it takes. */
size_t utf8_put(uint32_t character, char *to);

#endif
