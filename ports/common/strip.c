/* The part of hal/strip that is the same everywhere: what is refused, when the wire is free, and
 * how pixels become bits. A port brings the line itself (strip_line.h). */
#include "yoke/strip.h"

#include "strip_line.h"
#include "yoke/port.h"

#include <string.h>

#define BYTE_US 10u /* eight bits of 1250 ns */

/* --- opening --------------------------------------------------------------- */

static uint32_t gap_us(enum strip_chip chip)
{
    return chip == STRIP_SK6812 ? 90 : 300; /* data sheets: 80, 280 */
}

static const char *const colour_names = "RGBW"; /* as a strip_pixel has them */

/* Which byte of a strip_pixel is the n-th on the wire; false: no permutation of RGB or RGBW. */
static bool read_order(strip *s)
{
    size_t length = strlen(s->order);
    unsigned seen = 0;
    for (size_t i = 0; i < length && i < 4; i++) {
        const char *name = strchr(colour_names, s->order[i]);
        if (!name) {
            return false;
        }
        s->offset[i] = (uint8_t)(name - colour_names);
        seen |= 1u << s->offset[i];
    }
    s->colours = (uint8_t)length;
    return (length == 3 && seen == 7) || (length == 4 && seen == 15);
}

static bool is_in_range(const strip *s)
{
    return s->lanes >= 1 && s->lanes <= STRIP_LANES && s->pixels_a_lane >= 1 &&
           s->pixels_a_lane <= STRIP_PIXELS_MAX && s->pixels && s->wire && s->order &&
           (s->chip == STRIP_WS2812 || s->chip == STRIP_SK6812);
}

static uint8_t round_up_lanes(unsigned lanes)
{
    return lanes > 4 ? 8 : lanes > 2 ? 4 : (uint8_t)lanes;
}

int strip_open(strip *s)
{
    if (s->open) {
        return YOKE_EBUSY;
    }
    if (!is_in_range(s) || !read_order(s)) {
        return YOKE_EINVAL;
    }
    s->bits_at_once = round_up_lanes(s->lanes);
    s->wire_size = STRIP_WIRE_BYTES((uint32_t)s->lanes, s->pixels_a_lane, s->colours);
    s->frame_us = (uint32_t)s->pixels_a_lane * s->colours * BYTE_US + gap_us(s->chip);
    int line = strip_line_open(s);
    if (line < 0) {
        return line;
    }
    s->line = (uint8_t)line;
    s->frames = s->refused = 0;
    s->showing = false;
    s->free_us = yoke_port_now_us() + gap_us(s->chip);
    s->open = true;
    return YOKE_OK;
}

void strip_close(strip *s)
{
    if (!s->open) {
        return;
    }
    while (yoke_port_now_us() < s->free_us) {
        strip_line_rest(s->free_us);
    }
    strip_line_close(s);
    s->open = false;
}

/* --- pixels to bits -------------------------------------------------------- */

/* Lane k's byte is lane[k]; of each bit, the highest first, all lanes together: lane k at bit k of
 * out[]. (H. S. Warren, "Hacker's Delight", 7-3: transposing an 8x8 matrix of bits.) */
static void transpose(const uint8_t lane[8], uint8_t out[8])
{
    uint32_t high =
        (uint32_t)lane[7] << 24 | (uint32_t)lane[6] << 16 | (uint32_t)lane[5] << 8 | lane[4];
    uint32_t low =
        (uint32_t)lane[3] << 24 | (uint32_t)lane[2] << 16 | (uint32_t)lane[1] << 8 | lane[0];
    uint32_t swap = (high ^ (high >> 7)) & 0x00aa00aa;
    high ^= swap ^ (swap << 7);
    swap = (low ^ (low >> 7)) & 0x00aa00aa;
    low ^= swap ^ (swap << 7);
    swap = (high ^ (high >> 14)) & 0x0000cccc;
    high ^= swap ^ (swap << 14);
    swap = (low ^ (low >> 14)) & 0x0000cccc;
    low ^= swap ^ (swap << 14);
    uint32_t first = (high & 0xf0f0f0f0) | ((low >> 4) & 0x0f0f0f0f);
    uint32_t second = ((high << 4) & 0xf0f0f0f0) | (low & 0x0f0f0f0f);
    for (unsigned i = 0; i < 4; i++) {
        out[i] = (uint8_t)(first >> (24 - 8 * i));
        out[i + 4] = (uint8_t)(second >> (24 - 8 * i));
    }
}

/* The same colour of one pixel of every lane, `bits` lanes to a group. */
static uint8_t *put_groups(uint8_t *to, const uint8_t lane[8], unsigned bits)
{
    uint8_t groups[8];
    transpose(lane, groups);
    for (unsigned i = 0; i < 8;) {
        unsigned byte = 0;
        for (unsigned filled = 0; filled < 8; filled += bits) {
            byte = byte << bits | groups[i++];
        }
        *to++ = (uint8_t)byte;
    }
    return to;
}

static void encode_one_lane(const strip *s)
{
    uint8_t *to = s->wire;
    for (const strip_pixel *p = s->pixels; p < s->pixels + s->pixels_a_lane; p++) {
        const uint8_t *colours = &p->red;
        for (unsigned c = 0; c < s->colours; c++) {
            *to++ = colours[s->offset[c]];
        }
    }
}

static void encode_lanes(const strip *s)
{
    uint8_t *to = s->wire;
    uint8_t lane[8] = {0};
    for (unsigned i = 0; i < s->pixels_a_lane; i++) {
        for (unsigned c = 0; c < s->colours; c++) {
            const strip_pixel *p = &s->pixels[i];
            for (unsigned k = 0; k < s->lanes; k++, p += s->pixels_a_lane) {
                lane[k] = (&p->red)[s->offset[c]];
            }
            to = put_groups(to, lane, s->bits_at_once);
        }
    }
}

/* --- showing ----------------------------------------------------------------- */

static int refuse(strip *s)
{
    s->refused++;
    return YOKE_EBUSY;
}

/* Core 1 was reset in the midst of a show: whatever has got onto the wire must first pass. */
static int begin_anew(strip *s)
{
    s->showing = false;
    strip_line_reset(s);
    s->free_us = yoke_port_now_us() + s->frame_us;
    return refuse(s);
}

int strip_show(strip *s)
{
    if (!s->open) {
        return YOKE_EINVAL;
    }
    if (s->showing) {
        return begin_anew(s);
    }
    if (yoke_port_now_us() < s->free_us || strip_line_is_busy(s)) {
        return refuse(s);
    }
    s->showing = true;
    if (s->lanes == 1) {
        encode_one_lane(s);
    } else {
        encode_lanes(s);
    }
    strip_line_send(s);
    s->free_us = yoke_port_now_us() + s->frame_us;
    s->frames++;
    s->showing = false;
    return YOKE_OK;
}

uint64_t strip_free_us(const strip *s)
{
    return yoke_port_now_us() < s->free_us ? s->free_us : 0;
}

int strip_wait(yoke_task *t, strip *s)
{
    return yoke_sleep_until(t, s->free_us);
}
