/* What the virtual devices need of this port. */
#include "hooks.h"
#include "internal.h"
#include "yoke/delay.h"

#include <stdio.h>
#include <stdlib.h>

static void (*power_hook)(void);

void sim_on_power_lost(void (*hook)(void))
{
    power_hook = hook;
}

uint8_t *host_flash_image(uint32_t size)
{
    (void)size;
    return NULL;
}

void host_flash_takes(uint32_t us)
{
    delay_us(us);
}

_Noreturn void host_power_lost(void)
{
    if (power_hook) {
        power_hook();
    }
    fprintf(stderr, "yoke: the power is lost\n");
    exit(75);
}

void host_interrupt(void (*run)(void *arg), void *arg)
{
    interrupt(run, arg);
}

void host_rest(uint64_t until_us)
{
    delay_us((uint32_t)(until_us - yoke_port_now_us()));
}
