/* Either loop writes into a ring of its own. */
#include "rings.h"
#include "yoke/check.h"
#include "yoke/port.h"

static log_record rings[YOKE_CORES][LOG_RING];
yoke_queue log_queues[YOKE_CORES] = {YOKE_QUEUE(rings[0]), YOKE_QUEUE(rings[1])};
yoke_signal log_written;

void log_line(const char *format, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d)
{
    const yoke_loop *here = yoke_port_here();
    yoke_check(here, "log", 601);
    log_record r = {.at_us = yoke_port_now_us(), .format = format, .values = {a, b, c, d}};
    yoke_queue_push(&log_queues[here->core], &r);
    yoke_signal_set(&log_written, 0);
}

uint32_t log_dropped(unsigned core)
{
    return atomic_load_explicit(&log_queues[core].refused, memory_order_relaxed);
}

uint32_t log_waited_most(unsigned core)
{
    return atomic_load_explicit(&log_queues[core].most_found, memory_order_relaxed);
}
