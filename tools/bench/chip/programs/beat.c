/* Workers of 10 ms on core 1, while core 0 is kept busy by tasks that never wait, and while it
 * writes flash: a sector erased and a page programmed every so often, with its interrupts off. */
#include "marks.h"
#include "yoke/port.h"
#include "yoke/yoke.h"

#include "hardware/flash.h"
#include "hardware/sync.h"

#include <string.h>

#define WORKERS_MAX  8u
#define BUSY_MAX     20u
#define BUSY_US      20u
#define PERIOD_US    10000u
#define FLASH_OFFSET 0x180000u

SETTING(worker_count);
SETTING(busy_count);
SETTING(flash_every_ms);

static yoke_loop platform;
static yoke_app app;

/* Read by the bench: where it finds the release of the worker whose step is entered. */
volatile uint32_t release_offset, task_bytes;
volatile uint32_t writes;

yoke_worker workers[WORKERS_MAX];

/* Watched; `arg` is the worker. */
int beat_step(void *arg);
int beat_step(void *arg)
{
    (void)arg;
    return YOKE_OK;
}

static void spin(void)
{
    uint64_t until_us = yoke_port_now_us() + BUSY_US;
    while (yoke_port_now_us() < until_us) {
    }
}

static int busy_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        spin();
        YOKE_TRY(t, yoke_yield(t));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task busy[BUSY_MAX];
static uint8_t page[FLASH_PAGE_SIZE];

static void write_flash(void)
{
    uint32_t saved = save_and_disable_interrupts();
    flash_range_erase(FLASH_OFFSET, FLASH_SECTOR_SIZE);
    flash_range_program(FLASH_OFFSET, page, sizeof page);
    restore_interrupts(saved);
    writes++;
}

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (uint32_t i = 0; i < worker_count; i++) {
        workers[i] = (yoke_worker){
            .name = "beat", .step = beat_step, .arg = &workers[i], .period_us = PERIOD_US};
        yoke_worker_add(&app, &workers[i]);
    }
    yoke_app_start(&app);
    for (uint32_t i = 0; i < busy_count; i++) {
        busy[i].body = busy_body;
        yoke_start(&platform, &busy[i]);
    }
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, flash_every_ms ? flash_every_ms : 1000));
        if (flash_every_ms) {
            write_flash();
        }
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(void)
{
    release_offset = offsetof(yoke_worker, release_us);
    task_bytes = sizeof(yoke_task);
    memset(page, 0x5a, sizeof page);
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    return yoke_run(&platform, &root);
}
