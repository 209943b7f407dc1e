#include "text.h"

#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool http_text_same(http_text a, http_text b)
{
    if (a.length != b.length) {
        return false;
    }
    for (size_t i = 0; i < a.length; i++) {
        if (lower(a.at[i]) != lower(b.at[i])) {
            return false;
        }
    }
    return true;
}

bool http_text_is(http_text a, const char *b)
{
    return http_text_same(a, (http_text){b, strlen(b)});
}

http_text http_text_until(http_text text, char end, http_text *rest)
{
    if (!text.length) {
        return *rest = text; /* which may be no text at all */
    }
    const char *mark = memchr(text.at, end, text.length);
    size_t length = mark ? (size_t)(mark - text.at) : text.length;
    size_t used = mark ? length + 1 : length;
    *rest = (http_text){text.at + used, text.length - used};
    return (http_text){text.at, length};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

http_text http_text_trim(http_text text)
{
    while (text.length && is_blank(text.at[0])) {
        text.at++;
        text.length--;
    }
    while (text.length && is_blank(text.at[text.length - 1])) {
        text.length--;
    }
    return text;
}

bool http_text_lists(http_text list, const char *token)
{
    while (list.length) {
        http_text parameters;
        http_text item = http_text_until(list, ',', &list);
        if (http_text_is(http_text_trim(http_text_until(item, ';', &parameters)), token)) {
            return true;
        }
    }
    return false;
}

bool http_text_number(http_text text, uint32_t max, uint32_t *number)
{
    uint64_t n = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
        n = n * 10 + (uint64_t)(text.at[i] - '0');
        if (n > max) {
            return false;
        }
    }
    *number = (uint32_t)n;
    return text.length > 0;
}

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

bool http_text_is_token(http_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        if (!is_alphanumeric(c) && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c))) {
            return false;
        }
    }
    return text.length > 0;
}

/* --- escapes --------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte behind the '%' at text.at[i]; 0 or less: there is none. */
static int escaped(http_text text, size_t i)
{
    if (text.length - i < 3) {
        return -1;
    }
    int high = hex_digit(text.at[i + 1]);
    int low = hex_digit(text.at[i + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

int http_text_decode(http_text text, bool plus, char *to, size_t size)
{
    size_t made = 0;
    for (size_t i = 0; i < text.length; i++) {
        int c = (unsigned char)text.at[i];
        if (c == '%') {
            c = escaped(text, i);
            i += 2;
            if (c <= 0) {
                return YOKE_EINVAL;
            }
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (made + 1 >= size) {
            return YOKE_EFULL;
        }
        to[made++] = (char)c;
    }
    to[made] = '\0';
    return (int)made;
}
