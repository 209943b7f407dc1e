/* Core 0 erases and programs a sector through the ROM; core 1 counts in RAM meanwhile, or, if
 * `leak` is set, reads one word of flash. */
#include "chip.h"

#define OFFSET 0x20000u
#define WINDOW 0x10000000u

volatile uint32_t KEPT leak;
volatile uint32_t counted_during_erase, erase_us, program_us, erased, programmed, faults, leaked;
static volatile uint32_t count, phase;
static uint8_t page[256];

RAM_CODE static void on_fault(void)
{
    faults++;
    for (;;) {
    }
}

RAM_CODE static void core1(void)
{
    for (;;) {
        count++;
        if (leak && phase == 1) {
            leaked = REG(WINDOW + OFFSET);
        }
    }
}

typedef void (*plain)(void);
typedef void (*erase)(uint32_t offset, uint32_t count, uint32_t block, uint8_t command);
typedef void (*program)(uint32_t offset, const uint8_t *data, uint32_t count);

RAM_CODE static void write_flash(plain connect, plain leave, erase e, program p, plain flush,
                                 plain enter)
{
    disable_interrupts();
    connect();
    leave();
    uint32_t before = count, start = TIMER_RAWL;
    phase = 1;
    e(OFFSET, 4096, 65536, 0xd8);
    erase_us = TIMER_RAWL - start;
    counted_during_erase = count - before;
    start = TIMER_RAWL;
    p(OFFSET, page, 256);
    program_us = TIMER_RAWL - start;
    phase = 2;
    flush();
    enter();
    enable_interrupts();
}

void test_main(void)
{
    vectors[3] = on_fault;
    for (int i = 0; i < 256; i++) {
        page[i] = (uint8_t)(255 - i);
    }
    core1_launch(core1);
    write_flash((plain)rom_function('I', 'F'), (plain)rom_function('E', 'X'),
                (erase)rom_function('R', 'E'), (program)rom_function('R', 'P'),
                (plain)rom_function('F', 'C'), (plain)rom_function('C', 'X'));
    erased = REG(WINDOW + OFFSET + 256);
    programmed = REG(WINDOW + OFFSET);
}
