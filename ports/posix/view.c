/* The strips, drawn in true colour in the first rows of the terminal: asked for by YOKE_DRAW=1, and
 * only where a person watches. A task of the platform loop looks 25 times a second. */
#include "internal.h"
#include "yoke/console.h"
#include "yoke/virtual.h"

#include <stdio.h>
#include <stdlib.h>

#define STRIPS       4u
#define COLUMNS      80u
#define LEDS_A_WRITE 8u /* each takes up to 24 bytes of the 256 that a write may have */
#define LOOK_MS      40u

typedef struct {
    yoke_task task;
    unsigned strip, first;
    uint32_t frames[STRIPS];
    char text[CONSOLE_WRITE_MAX];
    size_t length;
} view;

static unsigned lit(uint32_t colour, unsigned shift)
{
    unsigned white = colour >> 24;
    unsigned value = (colour >> shift & 0xff) + white;
    return value > 255 ? 255 : value;
}

/* Some LEDs in their place, the cursor being where it was afterwards. False: there are none. */
static bool write_leds(view *v)
{
    uint32_t colour;
    size_t room = sizeof v->text;
    int n = snprintf(v->text, room, "\0337\033[%u;%uH", v->strip + 1, v->first + 1);
    unsigned i = 0;
    for (; i < LEDS_A_WRITE && virtual_strip_drawn(v->strip, v->first + i, &colour); i++) {
        n += snprintf(v->text + n, room - (size_t)n, "\033[48;2;%u;%u;%um ", lit(colour, 16),
                      lit(colour, 8), lit(colour, 0));
    }
    n += snprintf(v->text + n, room - (size_t)n, "\033[0m\0338");
    v->length = (size_t)n;
    return i > 0;
}

static bool has_new_frame(view *v)
{
    uint32_t frames = virtual_strip_frames(v->strip);
    bool is_new = frames != v->frames[v->strip];
    v->frames[v->strip] = frames;
    return is_new;
}

static int view_body(yoke_task *t)
{
    view *me = YOKE_FRAME(view, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, LOOK_MS));
        for (me->strip = 0; me->strip < STRIPS; me->strip++) {
            me->first = has_new_frame(me) ? 0 : COLUMNS;
            while (me->first < COLUMNS && write_leds(me)) {
                YOKE_TRY(t, console_write(t, me->text, me->length));
                me->first += LEDS_A_WRITE;
            }
        }
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

void view_open(yoke_loop *platform)
{
    static view only = {.task = YOKE_TASK(view_body)};
    const char *wanted = getenv("YOKE_DRAW");
    if (wanted && wanted[0] == '1' && console_has_colour()) {
        yoke_start(platform, &only.task);
    }
}
