#include "threads.h"

#include <stdlib.h>

yoke_loop platform;
yoke_app app;
atomic_uint mistakes;

void expect(bool ok)
{
    if (!ok) {
        atomic_fetch_add(&mistakes, 1);
    }
}

uint32_t rounds(uint32_t full)
{
    const char *text = getenv("YOKE_TEST_ROUNDS");
    uint32_t percent = text ? (uint32_t)strtoul(text, NULL, 10) : 100;
    return full * percent / 100 ? full * percent / 100 : 1;
}

int threads_setup(void **state)
{
    (void)state;
    posix_tune.app_priority = 0; /* the machine is not ours alone */
    posix_tune.app_spin_us = 0;
    atomic_store(&mistakes, 0);
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    return 0;
}

void run(yoke_task *root)
{
    assert_int_equal(yoke_run(&platform, root), YOKE_OK);
    assert_int_equal(atomic_load(&mistakes), 0);
}
