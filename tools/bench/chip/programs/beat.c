/* Workers of 10 ms on core 1, of which the last sends a frame to a strip, while core 0 is kept busy
 * by tasks that never wait, and while it writes as much as a configuration to flash every so often:
 * a sector is erased, and its pages are programmed. */
#include "frames.h"
#include "marks.h"
#include "yoke/flash.h"
#include "yoke/port.h"
#include "yoke/yoke.h"

#include <string.h>

#define WORKERS_MAX 8u
#define BUSY_MAX    20u
#define BUSY_US     20u
#define PERIOD_US   10000u

SETTING(worker_count);
SETTING(busy_count);
SETTING(flash_every_ms);

static yoke_loop platform;
static yoke_app app;

/* Read by the bench: where it finds the release of the worker whose step is entered. */
volatile uint32_t release_offset;
volatile uint32_t writes, failed_writes;

yoke_worker workers[WORKERS_MAX];

/* Both are watched; `arg` is the worker. */
int beat_step(void *arg);
int beat_step(void *arg)
{
    (void)arg;
    return YOKE_OK;
}

int beat_show(void *arg);
int beat_show(void *arg)
{
    (void)arg;
    frames_show();
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

static uint8_t page[FLASH_PAGE];

static int save_body(yoke_task *t)
{
    static uint32_t offset;
    YOKE_BEGIN(t);
    YOKE_TRY(t, flash_erase(t, 0));
    for (offset = 0; offset < FLASH_SECTOR; offset += FLASH_PAGE) {
        YOKE_TRY(t, flash_program(t, offset, page, FLASH_PAGE));
    }
    writes++;
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task save = YOKE_TASK(save_body);

static int saver_body(yoke_task *t)
{
    static uint64_t due_us;
    YOKE_BEGIN(t);
    for (due_us = yoke_now_us(&platform);;) {
        due_us += (uint64_t)flash_every_ms * 1000;
        YOKE_TRY(t, yoke_sleep_until(t, due_us));
        yoke_start(&platform, &save);
        YOKE_AWAIT(t, yoke_join(t, &save));
        failed_writes += t->status != YOKE_OK;
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task saver = YOKE_TASK(saver_body);

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    frames_open();
    YOKE_TRY(t, yoke_sleep_ms(t, 1)); /* from now on it is free */
    for (uint32_t i = 0; i < worker_count; i++) {
        workers[i] = (yoke_worker){.name = "beat",
                                   .step = i + 1 < worker_count ? beat_step : beat_show,
                                   .arg = &workers[i],
                                   .period_us = PERIOD_US};
        yoke_worker_add(&app, &workers[i]);
    }
    yoke_app_start(&app);
    for (uint32_t i = 0; i < busy_count; i++) {
        busy[i].body = busy_body;
        yoke_start(&platform, &busy[i]);
    }
    if (flash_every_ms) {
        yoke_start(&platform, &saver);
    }
    YOKE_TRY(t, yoke_sleep_ms(t, UINT32_MAX));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(void)
{
    release_offset = offsetof(yoke_worker, release_us);
    memset(page, 0x5a, sizeof page);
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    return yoke_run(&platform, &root);
}
