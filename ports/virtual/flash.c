/* A NOR flash in memory, or in a file that is mapped there, whose power can be lost at any step. */
#include "yoke/flash.h"

#include "devices.h"
#include "hooks.h"
#include "yoke/port.h"
#include "yoke/virtual.h"

#include <string.h>

#define ERASE_US   45000u /* typical, W25Q16JV data sheet */
#define PROGRAM_US 400u

static uint8_t memory[VIRTUAL_FLASH_SIZE];
static uint8_t *used;
static uint64_t done, cut_at; /* 0: never */
static uint32_t tear;         /* 0: in order */
static uint32_t refusals;
static atomic_bool busy;
static flash_account account;

static uint8_t *bytes(void)
{
    if (!used) {
        used = host_flash_image(VIRTUAL_FLASH_SIZE);
    }
    if (!used) {
        memset(memory, 0xff, sizeof memory);
        used = memory;
    }
    return used;
}

void virtual_flash_use(uint8_t *image)
{
    used = image;
}

void virtual_flash_reset(void)
{
    cut_at = 0;
    tear = 0;
    refusals = 0;
    atomic_store(&busy, false);
    account = (flash_account){0};
}

void virtual_flash_cut(uint64_t steps)
{
    cut_at = steps ? done + steps : 0;
}

void virtual_flash_tear(uint32_t seed)
{
    tear = seed;
}

void virtual_flash_refuse(uint32_t writes)
{
    refusals = writes;
}

uint64_t virtual_flash_steps(void)
{
    return done;
}

/* True: this step is the one at which the power is lost. */
static bool is_last_step(void)
{
    return ++done == cut_at;
}

/* --- a window ---------------------------------------------------------------- */

static void window(uint32_t us)
{
    atomic_store(&busy, true);
    host_flash_takes(us);
    atomic_store(&busy, false);
    if (us > account.window_us_longest) {
        account.window_us_longest = us;
    }
}

static uint8_t draw(void)
{
    tear ^= tear << 13;
    tear ^= tear >> 17;
    tear ^= tear << 5;
    return (uint8_t)(tear >> 8);
}

/* Half an erase: some bytes are erased, some not yet, and between them some bits. */
static void tear_sector(uint8_t *at)
{
    if (tear) {
        for (uint32_t i = 0; i < FLASH_SECTOR; i++) {
            at[i] |= draw();
        }
        return;
    }
    memset(at, 0xff, FLASH_SECTOR / 2);
    for (unsigned i = 0; i < FLASH_PAGE; i++) {
        at[FLASH_SECTOR / 2 + i] |= 0xaa;
    }
}

static void erase(uint8_t *at)
{
    if (is_last_step()) {
        tear_sector(at);
        host_power_lost();
    }
    memset(at, 0xff, FLASH_SECTOR);
    if (is_last_step()) {
        host_power_lost();
    }
}

/* Half of a program: what comes behind its first bytes is done by half. */
static void tear_page(uint8_t *at, const uint8_t *from, uint32_t size)
{
    for (uint32_t i = 0; i < (tear ? size : 1); i++) {
        at[i] &= from[i] | (tear ? draw() : 0x0f);
    }
}

static void program(uint8_t *at, const uint8_t *from, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (is_last_step()) {
            tear_page(at + i, from + i, size - i);
            host_power_lost();
        }
        at[i] &= from[i];
    }
}

static bool is_refused(void)
{
    bool refused = refusals > 0;
    refusals -= refused;
    return refused;
}

static bool sets_a_bit(const uint8_t *at, const uint8_t *from, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (from[i] & ~at[i]) {
            return true;
        }
    }
    return false;
}

/* --- the contract -------------------------------------------------------------- */

uint32_t flash_size(void)
{
    return VIRTUAL_FLASH_SIZE;
}

int flash_read(uint32_t offset, void *to, uint32_t size)
{
    if (size > VIRTUAL_FLASH_SIZE || offset > VIRTUAL_FLASH_SIZE - size) {
        return YOKE_EINVAL;
    }
    memcpy(to, bytes() + offset, size);
    return YOKE_OK;
}

int flash_erase(yoke_task *t, uint32_t offset)
{
    if (offset % FLASH_SECTOR || offset >= VIRTUAL_FLASH_SIZE) {
        return YOKE_EINVAL;
    }
    int answer = yoke_yield(t);
    if (answer == YOKE_OK && is_refused()) {
        answer = YOKE_EIO;
    }
    if (answer == YOKE_OK) {
        account.erases++;
        erase(bytes() + offset);
        window(ERASE_US);
    }
    return answer;
}

int flash_program(yoke_task *t, uint32_t offset, const void *from, uint32_t size)
{
    if (size < 1 || size > FLASH_PAGE || offset >= VIRTUAL_FLASH_SIZE ||
        offset % FLASH_PAGE > FLASH_PAGE - size) {
        return YOKE_EINVAL;
    }
    int answer = yoke_yield(t);
    if (answer != YOKE_OK) {
        return answer;
    }
    if (is_refused() || sets_a_bit(bytes() + offset, from, size)) {
        return YOKE_EIO;
    }
    account.programs++;
    program(bytes() + offset, from, size);
    window(PROGRAM_US);
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
