/* The task: edges wake it, it reads the levels, and asks press.c what they mean. */
#include "yoke/buttons.h"

#include "press.h"
#include "yoke/loop.h"

static const button_timing usual = BUTTON_TIMING;

static const button_timing *timing_of(const button *b)
{
    return b->timing ? b->timing : &usual;
}

const char *button_kind_text(uint8_t kind)
{
    static const char *const texts[] = {
        [BUTTON_SHORT] = "short",
        [BUTTON_DOUBLE] = "double",
        [BUTTON_LONG] = "long",
        [BUTTON_REPEAT] = "repeat",
        [BUTTON_RELEASED] = "released",
        [BUTTON_ACCESS_POINT] = "access point",
        [BUTTON_FACTORY_RESET] = "factory reset",
    };
    return kind < sizeof texts / sizeof *texts ? texts[kind] : "unknown";
}

/* --- edges ------------------------------------------------------------------- */

static void count_edge(button *b)
{
    uint32_t edges = atomic_load_explicit(&b->edges, memory_order_relaxed);
    atomic_store_explicit(&b->edges, edges + 1, memory_order_release);
    yoke_signal_set(&b->owner->changed, 0);
}

/* In an interrupt. It is the only one that counts; the task only compares. */
static void on_edge(gpio_watcher *w)
{
    count_edge((button *)(void *)((char *)w - offsetof(button, watcher)));
}

static bool is_pressed(const button *b, uint64_t now_us)
{
    return gpio_read(b->pin) == b->active_high || now_us < b->pressed_until_us;
}

/* --- events ------------------------------------------------------------------ */

static void tell_events(buttons *me, button *b, uint64_t now_us)
{
    button_event e;
    while (press_next(&b->press, timing_of(b), now_us, &e)) {
        e.button = (uint8_t)(b - me->list);
        yoke_queue_push(&me->events, &e);
    }
}

/* The count before the level: an edge between the two is seen in the next run. Without an edge the
 * level was steady until now, and that counts before a press by software ends. */
static void look(buttons *me, button *b, uint64_t now_us)
{
    uint32_t edges = atomic_load_explicit(&b->edges, memory_order_acquire);
    bool level = is_pressed(b, now_us);
    if (edges == b->edges_seen) {
        tell_events(me, b, now_us);
    }
    if (edges != b->edges_seen || level != b->press.level) {
        press_edge(&b->press, level, now_us);
    }
    b->edges_seen = edges;
    tell_events(me, b, now_us);
}

/* When there is something to do for it next. */
static uint64_t due_us_of(const button *b, uint64_t now_us)
{
    uint64_t due_us = press_due_us(&b->press, timing_of(b));
    bool by_software = now_us < b->pressed_until_us;
    return by_software && b->pressed_until_us < due_us ? b->pressed_until_us : due_us;
}

/* Until then the task sleeps; UINT32_MAX: until there is an edge. */
static uint32_t tell_all(buttons *me)
{
    uint64_t now_us = yoke_now_us(yoke_home(&me->task)), due_us = YOKE_NEVER;
    for (unsigned i = 0; i < me->count; i++) {
        look(me, &me->list[i], now_us);
        uint64_t next_us = due_us_of(&me->list[i], now_us);
        due_us = next_us < due_us ? next_us : due_us;
    }
    if (due_us == YOKE_NEVER) {
        return UINT32_MAX;
    }
    return due_us > now_us ? (uint32_t)((due_us - now_us + 999) / 1000) : 0;
}

static int wait_for_edge(yoke_task *t, buttons *me)
{
    int answer = yoke_signal_wait(t, &me->changed, NULL);
    return me->wait_ms == UINT32_MAX ? answer : yoke_within(t, me->wait_ms, answer);
}

int buttons_next(yoke_task *t, buttons *b, button_event *e)
{
    return yoke_queue_get(t, &b->events, e);
}

/* --- presses by software ----------------------------------------------------- */

int buttons_press(buttons *b, unsigned index, uint32_t ms)
{
    if (index >= b->watched) {
        return YOKE_ENOENT;
    }
    button *one = &b->list[index];
    if (ms < timing_of(one)->debounce_ms || ms > BUTTONS_PRESS_MS_MAX) {
        return YOKE_EINVAL;
    }
    uint64_t now_us = yoke_now_us(yoke_home(&b->task));
    if (now_us < one->pressed_until_us) {
        return YOKE_EBUSY;
    }
    one->pressed_until_us = now_us + (uint64_t)ms * 1000;
    yoke_signal_set(&b->changed, 0);
    return YOKE_OK;
}

/* --- the task ---------------------------------------------------------------- */

static int watch(buttons *me, button *b)
{
    b->owner = me;
    b->watcher.changed = on_edge;
    b->pressed_until_us = 0;
    int answer = gpio_input(b->pin, b->active_high ? GPIO_PULLED_DOWN : GPIO_PULLED_UP);
    if (answer == YOKE_OK) {
        answer = gpio_watch(b->pin, &b->watcher);
    }
    uint64_t now_us = yoke_now_us(yoke_home(&me->task));
    press_begin(&b->press, is_pressed(b, now_us), now_us);
    return answer;
}

static int watch_all(buttons *me)
{
    me->events.items = me->ring;
    me->events.item_size = sizeof me->ring[0];
    me->events.capacity = BUTTONS_WAITING;
    for (me->watched = 0; me->watched < me->count; me->watched++) {
        int answer = watch(me, &me->list[me->watched]);
        if (answer < 0) {
            return answer;
        }
    }
    return YOKE_OK;
}

static void unwatch_all(buttons *me)
{
    while (me->watched) {
        gpio_unwatch(&me->list[--me->watched].watcher);
    }
}

int buttons_body(yoke_task *t)
{
    buttons *me = YOKE_FRAME(buttons, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, watch_all(me));
    for (;;) {
        me->wait_ms = tell_all(me);
        YOKE_AWAIT(t, wait_for_edge(t, me));
        if (t->status == YOKE_ECANCELED) {
            t->rc = YOKE_ECANCELED;
            break;
        }
    }
    YOKE_FINALLY(t);
    unwatch_all(me);
    YOKE_END(t);
}
