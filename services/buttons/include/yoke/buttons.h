/* Buttons: edges of pins become events that a task awaits.
 *
 *   edge ──interrupt──▶ buttons_body ── steady for debounce_ms ──▶ press.c ──▶ buttons_next()
 *   buttons_press() ─────────▲
 *
 * A press ends as SHORT or DOUBLE; or it becomes LONG, is told again and again while it lasts
 * (REPEAT), and ends as RELEASED, ACCESS_POINT or FACTORY_RESET. What the last two lead to is the
 * app's to decide; they are told at the end of the press, so who holds on passes the first by. */
#ifndef YOKE_BUTTONS_H
#define YOKE_BUTTONS_H

#include "yoke/gpio.h"
#include "yoke/queue.h"
#include "yoke/signal.h"

enum button_kind {
    BUTTON_SHORT,         /* told once no second press can make it a double any more */
    BUTTON_DOUBLE,        /* the end of a second short press */
    BUTTON_LONG,          /* it is still held */
    BUTTON_REPEAT,        /* still; `count` says for which time */
    BUTTON_RELEASED,      /* a long press has ended */
    BUTTON_ACCESS_POINT,  /* has ended, and was that long */
    BUTTON_FACTORY_RESET, /* … */
};

typedef struct {
    uint8_t button;   /* index into buttons.list */
    uint8_t kind;     /* enum button_kind */
    uint32_t count;   /* of REPEAT: 1, 2, 3 …; else 0 */
    uint32_t held_ms; /* so far, or in all; of DOUBLE: the second press */
} button_event;

/* When a press is what. In ms; constant, shared by any number of buttons. */
typedef struct {
    uint16_t debounce_ms;      /* a level counts once it has been steady for so long; 0: at once */
    uint16_t double_ms;        /* a second press that begins so soon after the first has ended makes
                                  a double; 0: none, and a short press is told at its end */
    uint16_t long_ms;          /* 0: never; then there is no REPEAT either */
    uint16_t repeat_ms;        /* while it is held; 0: never */
    uint32_t access_point_ms;  /* 0: never */
    uint32_t factory_reset_ms; /* 0: never */
} button_timing;

/* What people know from WLED (wled00/button.cpp, there: WLED_DEBOUNCE_THRESHOLD and following). */
#define BUTTON_TIMING                                                          \
    {                                                                          \
        .debounce_ms = 50, .double_ms = 350, .long_ms = 600, .repeat_ms = 300, \
        .access_point_ms = 5000, .factory_reset_ms = 10000                     \
    }

/* One button as its state machine sees it (press.c). Its own. */
typedef struct {
    bool level;        /* pressed or not, as seen last, */
    bool down;         /* the level that counts */
    bool was_there;    /* since before the beginning: no press */
    bool is_long;      /* LONG is told */
    bool one_before;   /* a short press has ended, and may become a double */
    uint32_t repeats;  /* told */
    uint32_t short_ms; /* how long the one before was */
    uint64_t since_us; /* of level: the last edge */
    uint64_t began_us; /* the press that is, or was last, */
    uint64_t ended_us; /* and the last end of one */
} button_press;

/* One button. Set what is above the line. */
typedef struct {
    gpio_watcher watcher;        /* the driver's */
    const button_timing *timing; /* NULL: BUTTON_TIMING */
    uint8_t pin;
    bool active_high; /* pressed is high, pulled down; else pressed is low, pulled up */
    /* --- its own ---------------------------------------------------------- */
    struct buttons *owner;
    button_press press;
    atomic_uint edges; /* the interrupt's */
    uint32_t edges_seen;
    uint64_t pressed_until_us; /* by buttons_press() */
} button;

#define BUTTONS_WAITING      16u /* events that may wait for buttons_next(), a power of two */
#define BUTTONS_PRESS_MS_MAX 60000u

/* The frame of the task. Set what is above the line, and start it on the platform loop. */
typedef struct buttons {
    yoke_task task; /* YOKE_TASK(buttons_body) */
    button *list;
    unsigned count; /* at most 255 */
    /* --- its own ---------------------------------------------------------- */
    yoke_signal changed;
    yoke_queue events; /* .refused: how many found no room, and were lost */
    button_event ring[BUTTONS_WAITING];
    uint32_t wait_ms;
    unsigned watched; /* so many of the list */
} buttons;

/* Watches the pins until it is cancelled. A button that is down at the beginning counts from its
 * next press on. Ends at once with the answer of gpio_watch() if a pin is not to be had. */
int buttons_body(yoke_task *t);

/* Wait for the next event and take it. One waiter (check task 102); the task need not run yet.
 * Answers YOKE_OK. Platform loop. */
YOKE_ASYNC int buttons_next(yoke_task *t, buttons *b, button_event *e);

/* Press button `index` from software for `ms`, as if the pin had been pulled: it is debounced, and
 * becomes an event, as any other. YOKE_ENOENT: no such button, or the task does not run.
 * YOKE_EINVAL: shorter than its debounce_ms, or longer than BUTTONS_PRESS_MS_MAX. YOKE_EBUSY: such
 * a press of it has not ended. Platform loop. */
int buttons_press(buttons *b, unsigned index, uint32_t ms);

/* "short", "double" …: for tables and messages. Any core. */
const char *button_kind_text(uint8_t kind);

#endif
