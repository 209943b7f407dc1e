/* The last part of the flash, for data. While it is erased or programmed this core is in the SDK's
 * code in RAM with its interrupts off; core 1 goes on. */
#include "yoke/flash.h"

#include "internal.h"

#include "hardware/flash.h"
#include "hardware/sync.h"
#include "hardware/timer.h"

#include <string.h>

#define REGION (PICO_FLASH_SIZE_BYTES - YOKE_FLASH_BYTES) /* where it begins */

_Static_assert(YOKE_FLASH_BYTES % FLASH_SECTOR == 0, "whole sectors");
_Static_assert(FLASH_SECTOR == FLASH_SECTOR_SIZE && FLASH_PAGE == FLASH_PAGE_SIZE, "as the SDK's");

extern char __flash_binary_end; /* of the SDK's linker script */

static atomic_bool busy;
static flash_account account;
static uint8_t page[FLASH_PAGE];

/* None, if the program itself reaches into it. */
uint32_t flash_size(void)
{
    bool is_free = (uintptr_t)&__flash_binary_end <= XIP_BASE + REGION;
    return is_free ? YOKE_FLASH_BYTES : 0;
}

static const uint8_t *at(uint32_t offset)
{
    return (const uint8_t *)(XIP_BASE + REGION + offset);
}

int flash_read(uint32_t offset, void *to, uint32_t size)
{
    if (size > flash_size() || offset > flash_size() - size) {
        return YOKE_EINVAL;
    }
    memcpy(to, at(offset), size);
    return YOKE_OK;
}

bool flash_busy(void)
{
    return atomic_load_explicit(&busy, memory_order_relaxed);
}

flash_account flash_counts(void)
{
    return account;
}

/* --- windows --------------------------------------------------------------- */

static uint32_t open_window(uint32_t *saved)
{
    uint32_t began_us = timer_hw->timerawl;
    atomic_store_explicit(&busy, true, memory_order_relaxed);
    *saved = save_and_disable_interrupts();
    return began_us;
}

static void close_window(uint32_t began_us, uint32_t saved)
{
    restore_interrupts(saved);
    atomic_store_explicit(&busy, false, memory_order_relaxed);
    uint32_t us = timer_hw->timerawl - began_us;
    if (us > account.window_us_longest) {
        account.window_us_longest = us;
    }
}

static bool sets_a_bit(uint32_t offset, const uint8_t *from, uint32_t size)
{
    const uint8_t *now = at(offset);
    for (uint32_t i = 0; i < size; i++) {
        if (from[i] & ~now[i]) {
            return true;
        }
    }
    return false;
}

int flash_erase(yoke_task *t, uint32_t offset)
{
    if (offset % FLASH_SECTOR || offset >= flash_size()) {
        return YOKE_EINVAL;
    }
    int answer = yoke_yield(t);
    if (answer == YOKE_OK) {
        uint32_t saved;
        uint32_t began_us = open_window(&saved);
        flash_range_erase(REGION + offset, FLASH_SECTOR);
        close_window(began_us, saved);
        account.erases++;
    }
    return answer;
}

/* The chip takes whole pages; where a byte is to stay, 0xff is programmed. */
int flash_program(yoke_task *t, uint32_t offset, const void *from, uint32_t size)
{
    uint32_t within = offset % FLASH_PAGE;
    if (size < 1 || size > FLASH_PAGE - within || offset >= flash_size()) {
        return YOKE_EINVAL;
    }
    int answer = yoke_yield(t);
    if (answer != YOKE_OK) {
        return answer;
    }
    if (sets_a_bit(offset, from, size)) {
        return YOKE_EIO;
    }
    memset(page, 0xff, sizeof page);
    memcpy(page + within, from, size);
    uint32_t saved;
    uint32_t began_us = open_window(&saved);
    flash_range_program(REGION + offset - within, page, FLASH_PAGE);
    close_window(began_us, saved);
    account.programs++;
    return memcmp(at(offset), from, size) == 0 ? YOKE_OK : YOKE_EIO;
}
