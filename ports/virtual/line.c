/* The wire of a strip: bits are only looked at, by whoever wants to see the LEDs. A frame that was
 * touched while it was sent fails check `virtual 951`. */
#include "devices.h"
#include "hooks.h"
#include "strip_line.h"
#include "yoke/check.h"
#include "yoke/port.h"
#include "yoke/virtual.h"

#include <stdatomic.h>

#define LINES 4u

typedef struct {
    strip *strip;
    uint32_t sum; /* of the frame that is on the wire, */
    bool sent;    /* if there was one */
    atomic_uint frames;
    atomic_uint drawn[VIRTUAL_DRAWN_MAX];
} line;

static line lines[LINES];

void virtual_lines_reset(void)
{
    for (unsigned i = 0; i < LINES; i++) {
        lines[i].strip = NULL;
    }
}

static uint32_t sum_of(const strip *s)
{
    uint32_t sum = 2166136261u; /* FNV-1a */
    for (uint32_t i = 0; i < s->wire_size; i++) {
        sum = (sum ^ s->wire[i]) * 16777619u;
    }
    return sum;
}

/* The n-th bit that lane `lane` sees. */
static unsigned bit_of(const strip *s, unsigned lane, uint32_t n)
{
    uint32_t group = n * s->bits_at_once;
    unsigned down = 8 - s->bits_at_once - group % 8;
    return (unsigned)s->wire[group / 8] >> (down + lane) & 1;
}

strip_pixel virtual_strip_pixel(const strip *s, unsigned lane, unsigned pixel)
{
    strip_pixel p = {0};
    unsigned char *colours = (unsigned char *)&p;
    uint32_t n = (uint32_t)pixel * s->colours * 8;
    for (unsigned c = 0; s->frames && c < s->colours; c++) {
        unsigned value = 0;
        for (unsigned bit = 0; bit < 8; bit++) {
            value = value << 1 | bit_of(s, lane, n++);
        }
        colours[s->offset[c]] = (unsigned char)value;
    }
    return p;
}

int strip_line_open(strip *s)
{
    for (unsigned i = 0; i < LINES; i++) {
        if (!lines[i].strip) {
            lines[i].strip = s;
            lines[i].sent = false;
            atomic_store(&lines[i].frames, 0);
            return (int)i;
        }
    }
    return YOKE_EFULL;
}

static void look_that_it_is_whole(const line *l)
{
    yoke_check(!l->sent || sum_of(l->strip) == l->sum, "virtual", 951);
}

void strip_line_close(strip *s)
{
    look_that_it_is_whole(&lines[s->line]);
    lines[s->line].strip = NULL;
}

static void draw(line *l)
{
    const strip *s = l->strip;
    unsigned index = 0;
    for (unsigned lane = 0; lane < s->lanes; lane++) {
        for (unsigned i = 0; i < s->pixels_a_lane && index < VIRTUAL_DRAWN_MAX; i++) {
            strip_pixel p = virtual_strip_pixel(s, lane, i);
            uint32_t colour =
                (uint32_t)p.white << 24 | (uint32_t)p.red << 16 | (uint32_t)p.green << 8 | p.blue;
            atomic_store_explicit(&l->drawn[index++], colour, memory_order_relaxed);
        }
    }
}

/* strip.c encodes the next frame only when the last has passed, so this is asked in time. */
bool strip_line_is_busy(const strip *s)
{
    look_that_it_is_whole(&lines[s->line]);
    lines[s->line].sent = false;
    return false;
}

void strip_line_send(strip *s)
{
    line *l = &lines[s->line];
    l->sum = sum_of(s);
    l->sent = true;
    s->frames++; /* for draw(): there is one */
    draw(l);
    s->frames--;
    atomic_fetch_add(&l->frames, 1);
}

void strip_line_reset(strip *s)
{
    lines[s->line].sent = false;
}

void strip_line_rest(uint64_t until_us)
{
    host_rest(until_us);
}

bool virtual_strip_drawn(unsigned n, unsigned index, uint32_t *colour)
{
    const strip *s = n < LINES ? lines[n].strip : NULL;
    if (!s || index >= (unsigned)s->lanes * s->pixels_a_lane || index >= VIRTUAL_DRAWN_MAX) {
        return false;
    }
    *colour = atomic_load_explicit(&lines[n].drawn[index], memory_order_relaxed);
    return true;
}

uint32_t virtual_strip_frames(unsigned n)
{
    return n < LINES ? atomic_load(&lines[n].frames) : 0;
}
