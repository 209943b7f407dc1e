/* A strip of addressable LEDs: 1 to 8 lanes of WS2812 or SK6812, sent at the same time.
 *
 *        draw into s->pixels            strip_show(): encoded into s->wire     the last bit is out
 *   FREE ────────────────────▶ FREE ──────────────────────────▶ SENDING ───────────────────▶ GAP
 *     ▲                                                                                       │
 *     └───────────────── the strip has latched: gap_us have passed ◀──────────────────────────┘
 *
 * Two buffers of the caller: `pixels` is drawn into at any time, `wire` is what is being sent and
 * is never touched meanwhile. Nothing here waits, interrupts or wakes: when the wire will be free
 * is known when a frame begins, so it is told as a time.
 *
 * Bits (ns), from the data sheets: WS2812B (Worldsemi) T0H 400, T1H 800, period 1250, each +-150,
 * reset >= 280 us (V5; older ones >= 50). SK6812 (Opsco) T0H 300, T1H 600, period 1200 to 1250,
 * each +-150, reset >= 80 us. Sent here with a period of 1250. */
#ifndef YOKE_STRIP_H
#define YOKE_STRIP_H

#include "yoke/task.h"

#define STRIP_LANES      8u
#define STRIP_PIXELS_MAX 4096u /* a lane; that is 123 ms of RGB, 164 ms of RGBW a frame */

enum strip_chip {
    STRIP_WS2812, /* gap 300 us */
    STRIP_SK6812, /* gap 90 us */
};

typedef struct {
    uint8_t red, green, blue, white; /* 0 to 255; white: only where there is such a LED */
} strip_pixel;

/* Bytes that `wire` needs. `order_length` is 3 for RGB, 4 for RGBW. Lanes share bytes: one takes
 * as much as its own bits, 3 as much as 4, 5 to 7 as much as 8. */
#define STRIP_WIRE_BYTES(lanes, pixels, order_length) \
    ((pixels) * (order_length) * ((lanes) > 4 ? 8u : (lanes) > 2 ? 4u : (lanes)))

/* Fill in what is above the line; the rest is the driver's. All of it is static, and in RAM. */
typedef struct {
    const char *order;   /* colours in the order of the wire: a permutation of "RGB" or "RGBW";
                            WS2812B: "GRB"; SK6812 RGBW: "GRBW" */
    strip_pixel *pixels; /* lanes * pixels_a_lane, lane after lane: what is drawn */
    uint8_t *wire;       /* STRIP_WIRE_BYTES(...): what is sent */
    enum strip_chip chip;
    uint8_t first_pin;      /* lane k is on pin first_pin + k */
    uint8_t lanes;          /* 1 to STRIP_LANES */
    uint16_t pixels_a_lane; /* 1 to STRIP_PIXELS_MAX */
    /* --- the driver's ----------------------------------------------------- */
    uint64_t free_us;     /* when the gap behind the present frame is over */
    uint32_t wire_size;   /* bytes of a frame */
    uint32_t frames;      /* sent or being sent, modulo 2^32 */
    uint32_t refused;     /* shows that came too early, modulo 2^32 */
    uint32_t frame_us;    /* of a frame and its gap */
    uint8_t colours;      /* 3 or 4 */
    uint8_t bits_at_once; /* 1, 2, 4 or 8: lanes that share a byte */
    uint8_t offset[4];    /* of each colour of the wire in a strip_pixel */
    bool open;
    bool showing; /* in strip_show(); if it is so at its beginning, core 1 was reset there */
    uint8_t line; /* the port's */
} strip;

/* Claim the pins and what drives them, and send nothing yet; the strip is free a gap from now.
 * YOKE_EINVAL: a value is out of its range, or `order` no such permutation. YOKE_EBUSY: it is open
 * already. YOKE_EFULL: the machine has no more strips (pins, state machines, DMA channels). On an
 * error nothing changed. Platform loop, also before it runs. */
int strip_open(strip *s);

/* Let the frame under way end, and give everything back. Waits for it: at most frame_us. Platform
 * loop, when nobody shows any more. Not open: no effect. */
void strip_close(strip *s);

/* Send what is in `pixels` now: encoded before this returns, so it may be drawn into at once.
 * Never waits. YOKE_EBUSY: a frame or its gap is not over; counted, nothing changed; ask again at
 * strip_free_us(). One core, the app loop as a rule; not an interrupt. */
int strip_show(strip *s);

/* When the next strip_show() will be taken, in us of the clock; 0: at once. The core that shows. */
uint64_t strip_free_us(const strip *s);

/* Wait until the strip is free. Answers YOKE_OK. A task on the core that shows. */
YOKE_ASYNC int strip_wait(yoke_task *t, strip *s);

#endif
