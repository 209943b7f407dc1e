/* pico-sdk: alarms that repeat every 10 ms in an alarm pool of core 1, while core 0 spins, and
 * while it writes flash by flash_safe_execute(), which holds core 1. */
#include "marks.h"

#include "hardware/flash.h"
#include "pico/flash.h"
#include "pico/multicore.h"
#include "pico/stdlib.h"

#define TIMERS_MAX   8
#define PERIOD_US    10000
#define FLASH_OFFSET 0x180000u

SETTING(worker_count);
SETTING(flash_every_ms);
volatile uint32_t writes, start_us;

static uint8_t sector[FLASH_SECTOR_SIZE];

/* Watched. The next one is due a period after this one was: no drift. */
int64_t timer_step(alarm_id_t id, void *arg);
int64_t timer_step(alarm_id_t id, void *arg)
{
    (void)id;
    (void)arg;
    return -PERIOD_US;
}

/* All are due at the same time, as our workers are. */
static void core1(void)
{
    flash_safe_execute_core_init();
    alarm_pool_t *pool = alarm_pool_create_with_unused_hardware_alarm(TIMERS_MAX);
    start_us = time_us_32() + PERIOD_US;
    for (uint32_t i = 0; i < worker_count; i++) {
        alarm_pool_add_alarm_at(pool, from_us_since_boot(start_us), timer_step, NULL, true);
    }
    for (;;) {
        __wfe();
    }
}

static void write_flash(void *arg)
{
    (void)arg;
    flash_range_erase(FLASH_OFFSET, FLASH_SECTOR_SIZE);
    flash_range_program(FLASH_OFFSET, sector, sizeof sector);
}

int main(void)
{
    multicore_launch_core1(core1);
    for (;;) {
        busy_wait_ms(flash_every_ms ? flash_every_ms : 1000);
        if (flash_every_ms && flash_safe_execute(write_flash, NULL, 1000) == PICO_OK) {
            writes++;
        }
    }
}
