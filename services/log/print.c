/* The platform loop merges the two rings by time. */
#include "rings.h"
#include "yoke/console.h"

typedef struct {
    log_record oldest; /* of this core, taken out of its ring */
    bool any;
    uint32_t drops_told;
} side;

static struct {
    side sides[YOKE_CORES];
    char text[LOG_LINE_MAX];
    size_t length;
} drain;

static side *older(void)
{
    side *found = NULL;
    for (unsigned core = 0; core < YOKE_CORES; core++) {
        side *s = &drain.sides[core];
        if (!s->any) {
            s->any = yoke_queue_pop(&log_queues[core], &s->oldest) == YOKE_OK;
        }
        if (s->any && (!found || s->oldest.at_us < found->oldest.at_us)) {
            found = s;
        }
    }
    return found;
}

/* Lines were lost on a core whose ring is empty now: say so behind the last line it kept. */
static bool tell_drops(void)
{
    for (unsigned core = 0; core < YOKE_CORES; core++) {
        side *s = &drain.sides[core];
        uint32_t lost = log_dropped(core) - s->drops_told;
        if (lost && !s->any) {
            s->drops_told += lost;
            uintptr_t values[LOG_VALUES] = {lost, core, LOG_RING};
            drain.length =
                log_format(drain.text, sizeof drain.text,
                           "log: %u lines of core %u lost, its ring of %u was full", values);
            return true;
        }
    }
    return false;
}

static bool next_line(void)
{
    side *s = older();
    if (!s) {
        return tell_drops();
    }
    s->any = false;
    drain.length = log_format(drain.text, sizeof drain.text, s->oldest.format, s->oldest.values);
    return true;
}

/* The line in `drain` stays there until it is written, whatever interrupts the write. */
static bool any_line(void)
{
    return drain.length || next_line();
}

static int log_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        while (any_line()) {
            YOKE_TRY(t, console_write(t, drain.text, drain.length));
            drain.length = 0;
        }
        YOKE_TRY(t, yoke_signal_wait(t, &log_written, NULL));
    }
    YOKE_FINALLY(t);
    while (t->rc == YOKE_ECANCELED && any_line()) {
        YOKE_AWAIT(t, console_write(t, drain.text, drain.length));
        drain.length = 0;
    }
    YOKE_END(t);
}

yoke_task log_task = YOKE_TASK(log_body);
