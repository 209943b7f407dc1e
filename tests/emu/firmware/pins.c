/* A button with a pull-up on pin 20 interrupts core 1; pin 25 follows; an output is read back. */
#include "chip.h"

volatile uint32_t idle_level, presses, releases, press_core, read_back, wrong_core;

static void on_pin(void)
{
    uint32_t raw = IO_INTR(20) >> 16 & 0xf;
    IO_INTR(20) = 0xcu << 16;
    if (SIO_CPUID != 1) {
        wrong_core++;
    }
    press_core = SIO_CPUID;
    if (raw & 4) {
        presses++;
        GPIO_OUT_SET = 1u << 25;
    }
    if (raw & 8) {
        releases++;
        GPIO_OUT_CLR = 1u << 25;
    }
}

static void core1(void)
{
    IO_INTE(1, 20) = 0xcu << 16;
    NVIC_ISER = 1u << 13;
    for (;;) {
        wfi();
    }
}

void test_main(void)
{
    vectors[16 + 13] = on_pin;
    IO_CTRL(25) = FUNCTION_SIO;
    GPIO_OE_SET = 1u << 25;
    GPIO_OUT_SET = 1u << 25;
    read_back = GPIO_IN >> 25 & 1;
    GPIO_OUT_CLR = 1u << 25;
    read_back += (GPIO_IN >> 25 & 1) << 4;
    IO_CTRL(20) = FUNCTION_SIO;
    PADS(20) = 0x4a; /* input, pull-up */
    idle_level = GPIO_IN >> 20 & 1;
    IO_INTR(20) = 0xcu << 16;
    core1_launch(core1);
}
