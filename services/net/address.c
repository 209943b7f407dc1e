/* Addresses as text. */
#include "yoke/net.h"

#include <stdio.h>

char *net_to_text(net_address address, char text[NET_TEXT_LENGTH])
{
    const uint8_t *ip = address.ip;
    snprintf(text, NET_TEXT_LENGTH, "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
    return text;
}

/* One to three digits, at most 255; answers what stands behind them, or NULL. */
static const char *take_number(const char *text, uint8_t *number)
{
    unsigned n = 0;
    const char *end = text;
    while (*end >= '0' && *end <= '9' && end - text < 3) {
        n = n * 10 + (unsigned)(*end++ - '0');
    }
    *number = (uint8_t)n;
    return end > text && n <= UINT8_MAX ? end : NULL;
}

bool net_from_text(const char *text, net_address *address)
{
    net_address found;
    for (unsigned i = 0; i < 4; i++) {
        text = take_number(text, &found.ip[i]);
        if (!text || *text != (i < 3 ? '.' : '\0')) {
            return false;
        }
        text++;
    }
    *address = found;
    return true;
}
