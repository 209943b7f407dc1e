/* One button: what a press is, by the times at which it began and ended.
 *
 *        down, steady                            up, steady: SHORT may be DOUBLE yet
 *   UP ────────────────▶ DOWN ─────────────────────────────────────────────────────────▶ UP
 *                          │ long_ms: LONG               RELEASED, ACCESS_POINT or      ▲
 *                          └──────────▶ HELD: REPEAT … ─────────────────────────────────┘
 *                                                        FACTORY_RESET
 *
 * All times are those of the last edge before the level was steady, so the answer does not depend
 * on how late somebody asks. */
#include "press.h"

#include "yoke/loop.h"

static uint64_t us(uint32_t ms)
{
    return (uint64_t)ms * 1000;
}

void press_begin(button_press *p, bool level, uint64_t now_us)
{
    *p = (button_press){.level = level, .since_us = now_us, .down = level, .was_there = level};
}

void press_edge(button_press *p, bool level, uint64_t now_us)
{
    p->level = level;
    p->since_us = now_us;
}

static bool is_steady(const button_press *p, const button_timing *c, uint64_t now_us)
{
    return now_us - p->since_us >= us(c->debounce_ms);
}

/* How long the button has been held: up to the edge that may have been its end. */
static uint64_t held_us(const button_press *p, uint64_t now_us)
{
    return (p->level ? now_us : p->since_us) - p->began_us;
}

static bool tell(button_event *e, enum button_kind kind, uint64_t held)
{
    *e = (button_event){.kind = (uint8_t)kind, .held_ms = (uint32_t)(held / 1000)};
    return true;
}

static bool tell_short(button_press *p, button_event *e)
{
    p->one_before = false;
    *e = (button_event){.kind = BUTTON_SHORT, .held_ms = p->short_ms};
    return true;
}

/* --- up ---------------------------------------------------------------------- */

static void go_down(button_press *p)
{
    p->down = true;
    p->began_us = p->since_us;
    p->is_long = false;
    p->repeats = 0;
}

/* True: no second press has begun in time. */
static bool is_alone(const button_press *p, const button_timing *c, uint64_t now_us)
{
    uint64_t until_us = p->level ? p->since_us : now_us;
    return p->one_before && until_us - p->ended_us >= us(c->double_ms);
}

/* --- down -------------------------------------------------------------------- */

/* Held for so long LONG is due, or the next REPEAT; YOKE_NEVER. */
static uint64_t next_hold_us(const button_press *p, const button_timing *c)
{
    if (p->was_there || !c->long_ms || (p->is_long && !c->repeat_ms)) {
        return YOKE_NEVER;
    }
    return us(c->long_ms) + (p->is_long ? us(c->repeat_ms) * (p->repeats + UINT64_C(1)) : 0);
}

static bool tell_hold(button_press *p, button_event *e, uint64_t held)
{
    if (p->one_before) { /* this press makes no double of it */
        return tell_short(p, e);
    }
    if (!p->is_long) {
        p->is_long = true;
        return tell(e, BUTTON_LONG, held);
    }
    tell(e, BUTTON_REPEAT, held);
    e->count = ++p->repeats;
    return true;
}

/* A short press has ended; false: it is not known yet which. */
static bool end_short(button_press *p, const button_timing *c, button_event *e, uint64_t held)
{
    if (p->one_before) {
        p->one_before = false;
        return tell(e, BUTTON_DOUBLE, held);
    }
    p->one_before = c->double_ms;
    p->short_ms = (uint32_t)(held / 1000);
    return !c->double_ms && tell(e, BUTTON_SHORT, held);
}

static bool is_as_long(uint64_t held, uint32_t ms)
{
    return ms && held >= us(ms);
}

static enum button_kind kind_of(const button_press *p, const button_timing *c, uint64_t held)
{
    return is_as_long(held, c->factory_reset_ms)  ? BUTTON_FACTORY_RESET
           : is_as_long(held, c->access_point_ms) ? BUTTON_ACCESS_POINT
           : p->is_long                           ? BUTTON_RELEASED
                                                  : BUTTON_SHORT;
}

static bool go_up(button_press *p, const button_timing *c, button_event *e)
{
    uint64_t held = p->since_us - p->began_us;
    enum button_kind kind = kind_of(p, c, held);
    if (p->one_before && kind != BUTTON_SHORT) {
        return tell_short(p, e);
    }
    bool was_there = p->was_there;
    p->down = p->was_there = false;
    p->ended_us = p->since_us;
    if (was_there) {
        return false;
    }
    return kind == BUTTON_SHORT ? end_short(p, c, e, held) : tell(e, kind, held);
}

/* --- both -------------------------------------------------------------------- */

bool press_next(button_press *p, const button_timing *c, uint64_t now_us, button_event *e)
{
    if (!p->down && is_alone(p, c, now_us)) {
        return tell_short(p, e);
    }
    if (!p->down && p->level && is_steady(p, c, now_us)) {
        go_down(p);
    }
    if (p->down && held_us(p, now_us) >= next_hold_us(p, c)) {
        return tell_hold(p, e, held_us(p, now_us));
    }
    return p->down && !p->level && is_steady(p, c, now_us) && go_up(p, c, e);
}

uint64_t press_due_us(const button_press *p, const button_timing *c)
{
    if (p->level != p->down) {
        return p->since_us + us(c->debounce_ms);
    }
    if (p->down) {
        uint64_t hold_us = next_hold_us(p, c);
        return hold_us == YOKE_NEVER ? YOKE_NEVER : p->began_us + hold_us;
    }
    return p->one_before ? p->ended_us + us(c->double_ms) : YOKE_NEVER;
}
