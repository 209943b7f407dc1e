/* Both cores add to one number without a lock, and to another under a spin lock: the first loses
 * some, the second none. */
#include "chip.h"

volatile uint32_t unlocked, locked, done;

static void add(void)
{
    for (int i = 0; i < 1000; i++) {
        unlocked++;
    }
    for (int i = 0; i < 1000; i++) {
        while (!SPINLOCK(9)) {
        }
        locked++;
        dmb();
        SPINLOCK(9) = 1;
    }
}

static void core1(void)
{
    add();
    done = 1;
    dmb();
    sev();
    hang();
}

void test_main(void)
{
    core1_launch(core1);
    add();
    while (!done) {
        wfe();
    }
    done = 2;
}
