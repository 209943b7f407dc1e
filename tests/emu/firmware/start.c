/* From the vector table to test_main(), and how core 1 is started. */
#include "chip.h"

extern uint32_t data_start[], data_end[], data_from[], bss_start[], bss_end[];

__attribute__((aligned(256))) handler vectors[48];
static uint32_t core1_stack[512];
static const uintptr_t stack_top = 0x20040000u;

/* Counts where nothing else is installed: the test sees which fault or interrupt came. */
volatile uint32_t unexpected;

void hang(void)
{
    for (;;) {
        disable_interrupts();
        wfi();
    }
}

static void on_unexpected(void)
{
    unexpected++;
    hang();
}

void start(void)
{
    uint32_t *from = data_from;
    for (uint32_t *to = data_start; to < data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *to = bss_start; to < bss_end;) {
        *to++ = 0;
    }
    for (int i = 0; i < 48; i++) {
        vectors[i] = on_unexpected;
    }
    VTOR = (uintptr_t)vectors;
    test_main();
    hang();
}

__attribute__((section(".vectors"), used)) static const uintptr_t table[] = {
    stack_top, (uintptr_t)start, (uintptr_t)on_unexpected, (uintptr_t)on_unexpected};

static uint32_t exchange(uint32_t word)
{
    while (!(FIFO_ST & 2)) {
    }
    FIFO_WR = word;
    sev();
    while (!(FIFO_ST & 1)) {
        wfe();
    }
    return FIFO_RD;
}

void core1_launch(void (*entry)(void))
{
    const uint32_t words[] = {
        0, 0, 1, (uintptr_t)vectors, (uintptr_t)(core1_stack + 512), (uintptr_t)entry};
    unsigned next = 0;
    while (next < 6) {
        if (words[next] == 0) {
            while (FIFO_ST & 1) {
                (void)FIFO_RD;
            }
            sev();
        }
        next = exchange(words[next]) == words[next] ? next + 1 : 0;
    }
}

void core1_reset(void)
{
    SET(PSM_FRCE_OFF) = PSM_PROC1;
    while (!(REG(PSM_FRCE_OFF) & PSM_PROC1)) {
    }
    CLEAR(PSM_FRCE_OFF) = PSM_PROC1;
    while (!(FIFO_ST & 1)) { /* the ROM says that core 1 is there */
    }
    (void)FIFO_RD;
}

void *rom_function(char a, char b)
{
    typedef void *(*lookup)(const uint16_t *table, uint32_t code);
    lookup find = (lookup)(uintptr_t)(*(volatile uint16_t *)0x18);
    const uint16_t *functions = (const uint16_t *)(uintptr_t)(*(volatile uint16_t *)0x14);
    return find(functions, (uint32_t)((b << 8) | a));
}
