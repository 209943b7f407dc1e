/* pico-sdk: a word through multicore_fifo to a core that waits for it, both ways. */
#include "marks.h"

#include "pico/multicore.h"
#include "pico/stdlib.h"

MARK(up_sent)
MARK(up_taken)
MARK(down_sent)
MARK(down_taken)

static void core1(void)
{
    for (;;) {
        busy_wait_us(500);
        up_sent();
        multicore_fifo_push_blocking(1);
        multicore_fifo_pop_blocking();
        down_taken();
    }
}

int main(void)
{
    multicore_launch_core1(core1);
    for (;;) {
        multicore_fifo_pop_blocking();
        up_taken();
        busy_wait_us(500);
        down_sent();
        multicore_fifo_push_blocking(2);
    }
}
