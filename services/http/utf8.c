/* UTF-8 as RFC 3629 has it: no surrogates, nothing too long, nothing above 10FFFF. */
#include "frames.h"

/* How many bytes follow `lead`, and the range of the first of them; -1: it is no lead. */
static int after(uint8_t lead, uint8_t *low, uint8_t *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (lead < 0x80) {
        return 0;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        return 1;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        *low = lead == 0xe0 ? 0xa0 : 0x80;
        *high = lead == 0xed ? 0x9f : 0xbf;
        return 2;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *low = lead == 0xf0 ? 0x90 : 0x80;
        *high = lead == 0xf4 ? 0x8f : 0xbf;
        return 3;
    }
    return -1;
}

bool http_is_utf8(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length) {
        uint8_t low;
        uint8_t high;
        int follow = after((uint8_t)text[i++], &low, &high);
        if (follow < 0 || (size_t)follow > length - i) {
            return false;
        }
        for (; follow > 0; follow--) {
            uint8_t byte = (uint8_t)text[i++];
            if (byte < low || byte > high) {
                return false;
            }
            low = 0x80;
            high = 0xbf;
        }
    }
    return true;
}
