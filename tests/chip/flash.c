/* In flash, and therefore nothing for the app loop. */
#include "flash.h"

const unsigned char flash_gamma[256] = {1, 2, 3};
static volatile int seen;

int flash_scale(int n)
{
    return seen + n;
}

int flash_first(int n)
{
    return seen - n;
}

int flash_second(int n)
{
    return seen * n;
}

void flash_third(void)
{
    seen++;
}

static int step_in_flash(void *arg)
{
    (void)arg;
    return seen;
}

static yoke_worker worker = {.name = "in flash", .step = step_in_flash};

void flash_begin(void)
{
    yoke_worker_add(&leak_app, &worker);
}
