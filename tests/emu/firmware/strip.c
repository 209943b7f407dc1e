/* Two frames of a WS2812 strip on pin 2, by PIO at 8 MHz and DMA; the interrupt of the DMA goes to
 * core 1. */
#include "chip.h"

#define PIN    2
#define PIO0   0x50200000u
#define PIXELS 20
#define DMA    0x50000000u

volatile uint32_t interrupts, interrupt_core, frames;
static uint32_t pixels[PIXELS];

/* out x,1 side 0 [2]; jmp !x,3 side 1 [1]; jmp 0 side 1 [4]; nop side 0 [4] */
static const uint16_t program[] = {0x6221, 0x1123, 0x1400, 0xa442};

static void start_pio(void)
{
    for (unsigned i = 0; i < 4; i++) {
        REG(PIO0 + 0x48 + 4 * i) = program[i];
    }
    IO_CTRL(PIN) = FUNCTION_PIO0;
    REG(PIO0 + 0xc8) = 15u << 16 | 160u << 8;           /* 125 / 15.625 = 8 MHz */
    REG(PIO0 + 0xcc) = 3u << 12;                        /* wrap after the fourth */
    REG(PIO0 + 0xd0) = 1u << 30 | 24u << 25 | 1u << 17; /* join, 24 bits, auto-pull, left */
    REG(PIO0 + 0xdc) = 1u << 29 | 1u << 26 | PIN << 10 | PIN << 5;
    REG(PIO0 + 0xd8) = 0xe081; /* set pindirs, 1 */
    REG(PIO0) = 1;
}

static void send(void)
{
    REG(DMA + 0x00) = (uintptr_t)pixels;
    REG(DMA + 0x04) = PIO0 + 0x10;
    REG(DMA + 0x08) = PIXELS;
    REG(DMA + 0x0c) = 1 | 2u << 2 | 1u << 4; /* enable, words, read on; request 0 is PIO0 TX0 */
}

static void on_dma(void)
{
    REG(DMA + 0x40c) = 1;
    interrupt_core = SIO_CPUID;
    interrupts++;
}

static void core1(void)
{
    NVIC_ISER = 1u << 11;
    for (;;) {
        wfi();
    }
}

void test_main(void)
{
    vectors[16 + 11] = on_dma;
    core1_launch(core1);
    REG(DMA + 0x404) = 1;
    start_pio();
    for (frames = 0; frames < 2; frames++) {
        for (unsigned i = 0; i < PIXELS; i++) {
            pixels[i] = (frames ? 0x00ff00u >> (i & 7) : (0x10u * i & 0xffu) << 16 | i) << 8;
        }
        send();
        wait_us(PIXELS * 30 + 60 + 60);
    }
}
