/* Strings of a JSON text, as they stand between their quotes. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <stddef.h>

/* Undo the escapes of `length` bytes at `from` (its \x are known to be allowed ones) into `to`, if
 * that is not NULL, at most `size` bytes. Answers how many bytes the string has, which may be more;
 * -1: it is not what JSON allows. */
int text_decode(const char *from, size_t length, char *to, size_t size);

#endif
