/* 115200 baud at 125 MHz: sends by the transmit interrupt, answers what it receives in capitals. */
#include "chip.h"

volatile uint32_t tx_interrupts, rx_interrupts, overfull;
static const char text[] = "The quick brown fox jumps over the lazy dog, and runs on.\n";
static volatile uint32_t next;

static void fill(void)
{
    while (text[next] && !(UART_FR & 0x20)) {
        UART_DR = (uint8_t)text[next++];
    }
    if (!text[next]) {
        UART_IMSC &= ~0x20u;
    }
}

static void answer(void)
{
    while (!(UART_FR & 0x10)) {
        uint8_t byte = (uint8_t)UART_DR;
        while (UART_FR & 0x20) {
            overfull++;
        }
        UART_DR = byte >= 'a' && byte <= 'z' ? byte - 32u : byte;
    }
}

static void on_uart(void)
{
    if (UART_MIS & 0x20) {
        tx_interrupts++;
        fill();
    }
    if (UART_MIS & 0x50) {
        rx_interrupts++;
        answer();
    }
}

void test_main(void)
{
    vectors[16 + 20] = on_uart;
    IO_CTRL(0) = FUNCTION_UART;
    IO_CTRL(1) = FUNCTION_UART;
    UART_IBRD = 67;
    UART_FBRD = 52;
    UART_LCR = 0x70;
    UART_CR = 0x301;
    NVIC_ISER = 1u << 20;
    UART_IMSC = 0x70;
    fill();
    for (;;) {
        wfi();
    }
}
