/* What stays in sight while the log goes on: the strips in true colour, and the status line, in the
 * first rows of the terminal; the rows below scroll. Asked for by YOKE_DRAW=1, and only where a
 * person watches. A task of the platform loop looks 25 times a second. */
#define _GNU_SOURCE
#include "internal.h"
#include "yoke/console.h"
#include "yoke/virtual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define STRIPS       4u
#define COLUMNS      80u
#define LEDS_A_WRITE 8u /* each takes up to 24 bytes of the 256 that a write may have */
#define LOOK_MS      40u
#define ROWS_MIN     8u /* a terminal with less is left alone */

typedef struct {
    yoke_task task;
    unsigned rows, columns; /* of the terminal; rows 0: not set up */
    unsigned kept;          /* rows at the top that do not scroll */
    unsigned strip, first;
    uint32_t frames[STRIPS];
    bool said; /* the status line is as it is shown */
    char text[CONSOLE_WRITE_MAX];
    size_t length;
} view;

static int view_body(yoke_task *t);

static view only = {.task = YOKE_TASK(view_body)};
static char status[CONSOLE_STATUS_MAX];

/* --- the rows that stay ---------------------------------------------- */

static unsigned strips_open(void)
{
    unsigned n = 0;
    uint32_t colour;
    while (n < STRIPS && virtual_strip_drawn(n, 0, &colour)) {
        n++;
    }
    return n;
}

/* A terminal that does not know its size has the usual one. */
static struct winsize size_of_terminal(void)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_row || !size.ws_col) {
        return (struct winsize){.ws_row = 24, .ws_col = 80};
    }
    return size;
}

/* True if the terminal has another size than before, or there is more to keep in sight. */
static bool has_changed(view *v)
{
    struct winsize size = size_of_terminal();
    unsigned kept = strips_open() + 1;
    if (size.ws_row < ROWS_MIN) {
        return false;
    }
    bool changed = size.ws_row != v->rows || size.ws_col != v->columns || kept != v->kept;
    v->rows = size.ws_row;
    v->columns = size.ws_col;
    v->kept = kept;
    return changed;
}

/* What is in the first rows moves down before they are taken; then only those below scroll. */
static void set_up(view *v)
{
    int n = 0;
    size_t room = sizeof v->text;
    for (unsigned i = 0; i < v->kept; i++) {
        n += snprintf(v->text + n, room - (size_t)n, "\n");
    }
    n += snprintf(v->text + n, room - (size_t)n, "\033[1;%ur", v->rows);
    for (unsigned i = 1; i <= v->kept; i++) {
        n += snprintf(v->text + n, room - (size_t)n, "\033[%u;1H\033[2K", i);
    }
    n += snprintf(v->text + n, room - (size_t)n, "\033[%u;%ur\033[%u;1H", v->kept + 1, v->rows,
                  v->rows);
    v->length = (size_t)n;
    v->said = false;
    memset(v->frames, 0xff, sizeof v->frames);
}

/* --- strips ---------------------------------------------------------- */

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
    for (; i < LEDS_A_WRITE && v->first + i < v->columns &&
           virtual_strip_drawn(v->strip, v->first + i, &colour);
         i++) {
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

/* --- the status line ------------------------------------------------- */

void console_status(const char *text)
{
    if (strncmp(status, text, sizeof status - 1) != 0) {
        strncpy(status, text, sizeof status - 1);
        only.said = false;
    }
}

static void write_status(view *v)
{
    v->length =
        (size_t)snprintf(v->text, sizeof v->text, "\0337\033[%u;1H\033[2K\033[1m%.*s\033[0m\0338",
                         v->kept, (int)v->columns, status);
    v->said = true;
}

/* --- the task -------------------------------------------------------- */

static int view_body(yoke_task *t)
{
    view *me = YOKE_FRAME(view, t);
    YOKE_BEGIN(t);
    for (;;) {
        if (has_changed(me)) {
            set_up(me);
            YOKE_TRY(t, console_write(t, me->text, me->length));
        }
        for (me->strip = 0; me->rows && me->strip + 1 < me->kept; me->strip++) {
            me->first = has_new_frame(me) ? 0 : COLUMNS;
            while (me->first < COLUMNS && write_leds(me)) {
                YOKE_TRY(t, console_write(t, me->text, me->length));
                me->first += LEDS_A_WRITE;
            }
        }
        if (me->rows && !me->said) {
            write_status(me);
            YOKE_TRY(t, console_write(t, me->text, me->length));
        }
        YOKE_TRY(t, yoke_sleep_ms(t, LOOK_MS));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

void view_open(yoke_loop *platform)
{
    const char *wanted = getenv("YOKE_DRAW");
    if (wanted && wanted[0] == '1' && console_has_colour()) {
        yoke_start(platform, &only.task);
    }
}

/* All rows scroll again, and the cursor is below what was said last. */
void view_close(void)
{
    if (only.rows) {
        char text[32];
        int n = snprintf(text, sizeof text, "\033[r\033[%u;1H\n", only.rows);
        ssize_t unused = write(STDOUT_FILENO, text, (size_t)n);
        (void)unused;
        only.rows = 0;
    }
}
