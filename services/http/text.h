/* Pieces of text that are not ended by a zero: what a request is made of. */
#ifndef HTTP_TEXT_H
#define HTTP_TEXT_H

#include "yoke/http.h"

/* Is it `b`, upper and lower case alike? */
bool http_text_is(http_text a, const char *b);
bool http_text_same(http_text a, http_text b);

/* The list "a, b;q=1, c" has the item `token`, upper and lower case alike, without its parameters.
 */
bool http_text_lists(http_text list, const char *token);

/* The text before the first `end`, or all of it; `rest` begins behind the mark. */
http_text http_text_until(http_text text, char end, http_text *rest);

http_text http_text_trim(http_text text); /* without blanks and tabs around it */

/* All of it is a decimal number of at most `max`. */
bool http_text_number(http_text text, uint32_t max, uint32_t *number);

/* Every character may stand in a name of HTTP (RFC 9110, 5.6.2), and there is one. */
bool http_text_is_token(http_text text);

/* Undo %41, and + for a blank if `plus`, into `to`, ended by a zero. Answers the length;
 * YOKE_EINVAL: a bad escape, or one for zero; YOKE_EFULL: longer than size - 1. */
int http_text_decode(http_text text, bool plus, char *to, size_t size);

#endif
