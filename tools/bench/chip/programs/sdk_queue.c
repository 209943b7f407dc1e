/* pico-sdk: an item through queue_t to a core that waits for it, both ways. */
#include "marks.h"

#include "pico/multicore.h"
#include "pico/stdlib.h"
#include "pico/util/queue.h"

MARK(up_sent)
MARK(up_taken)
MARK(down_sent)
MARK(down_taken)

static queue_t up, down;

static void core1(void)
{
    uint32_t item = 0;
    for (;;) {
        busy_wait_us(500);
        up_sent();
        queue_add_blocking(&up, &item);
        queue_remove_blocking(&down, &item);
        down_taken();
    }
}

int main(void)
{
    uint32_t item = 0;
    queue_init(&up, sizeof item, 8);
    queue_init(&down, sizeof item, 8);
    multicore_launch_core1(core1);
    for (;;) {
        queue_remove_blocking(&up, &item);
        up_taken();
        busy_wait_us(500);
        down_sent();
        queue_add_blocking(&down, &item);
    }
}
