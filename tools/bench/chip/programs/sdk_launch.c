/* pico-sdk: core 1 is reset and launched, over and over: from the call to its first function. */
#include "marks.h"

#include "pico/multicore.h"
#include "pico/stdlib.h"

MARK(launch_begins)
MARK(reset_begins)

/* Watched. */
void launch_entry(void);
void launch_entry(void)
{
    for (;;) {
        __wfe();
    }
}

int main(void)
{
    for (;;) {
        busy_wait_us(3000);
        reset_begins();
        multicore_reset_core1();
        launch_begins();
        multicore_launch_core1(launch_entry);
    }
}
