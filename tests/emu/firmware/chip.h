/* The registers that the emulator's test programs touch, and the few helpers they share. A program
 * has a test_main(); what the test looks at are its global variables. */
#ifndef CHIP_H
#define CHIP_H

#include <stdbool.h>
#include <stdint.h>

#define REG(address)   (*(volatile uint32_t *)(address))
#define SET(address)   REG((address) + 0x2000)
#define CLEAR(address) REG((address) + 0x3000)
#define RAM_CODE       __attribute__((noinline, long_call, section(".ram")))
#define KEPT           __attribute__((section(".kept")))

#define SIO           0xd0000000u
#define SIO_CPUID     REG(SIO)
#define GPIO_IN       REG(SIO + 0x004)
#define GPIO_OUT_SET  REG(SIO + 0x014)
#define GPIO_OUT_CLR  REG(SIO + 0x018)
#define GPIO_OUT_XOR  REG(SIO + 0x01c)
#define GPIO_OE_SET   REG(SIO + 0x024)
#define FIFO_ST       REG(SIO + 0x050)
#define FIFO_WR       REG(SIO + 0x054)
#define FIFO_RD       REG(SIO + 0x058)
#define DIV_UDIVIDEND REG(SIO + 0x060)
#define DIV_UDIVISOR  REG(SIO + 0x064)
#define DIV_SDIVIDEND REG(SIO + 0x068)
#define DIV_SDIVISOR  REG(SIO + 0x06c)
#define DIV_QUOTIENT  REG(SIO + 0x070)
#define DIV_REMAINDER REG(SIO + 0x074)
#define SPINLOCK(n)   REG(SIO + 0x100 + 4 * (n))

#define TIMER          0x40054000u
#define TIMER_RAWL     REG(TIMER + 0x28)
#define TIMER_RAWH     REG(TIMER + 0x24)
#define TIMER_ALARM(n) REG(TIMER + 0x10 + 4 * (n))
#define TIMER_ARMED    REG(TIMER + 0x20)
#define TIMER_INTR     REG(TIMER + 0x34)
#define TIMER_INTE     (TIMER + 0x38)

#define IO_CTRL(pin)       REG(0x40014004u + 8 * (pin))
#define IO_INTR(pin)       REG(0x400140f0u + 4 * ((pin) / 8))
#define IO_INTE(core, pin) REG(0x40014100u + 0x30 * (core) + 4 * ((pin) / 8))
#define PADS(pin)          REG(0x4001c004u + 4 * (pin))
#define FUNCTION_UART      2
#define FUNCTION_SIO       5
#define FUNCTION_PIO0      6

#define PSM_FRCE_OFF        0x40010004u
#define PSM_WDSEL           REG(0x40010008u)
#define PSM_PROC1           (1u << 16)
#define WATCHDOG            0x40058000u
#define WATCHDOG_CTRL       REG(WATCHDOG)
#define WATCHDOG_LOAD       REG(WATCHDOG + 4)
#define WATCHDOG_REASON     REG(WATCHDOG + 8)
#define WATCHDOG_SCRATCH(n) REG(WATCHDOG + 0xc + 4 * (n))

#define UART0     0x40034000u
#define UART_DR   REG(UART0)
#define UART_FR   REG(UART0 + 0x18)
#define UART_IBRD REG(UART0 + 0x24)
#define UART_FBRD REG(UART0 + 0x28)
#define UART_LCR  REG(UART0 + 0x2c)
#define UART_CR   REG(UART0 + 0x30)
#define UART_IFLS REG(UART0 + 0x34)
#define UART_IMSC REG(UART0 + 0x38)
#define UART_MIS  REG(UART0 + 0x40)
#define UART_ICR  REG(UART0 + 0x44)

#define NVIC_ISER     REG(0xe000e100u)
#define NVIC_ICER     REG(0xe000e180u)
#define NVIC_ISPR     REG(0xe000e200u)
#define NVIC_ICPR     REG(0xe000e280u)
#define VTOR          REG(0xe000ed08u)
#define SCR           REG(0xe000ed10u)
#define SCR_SEVONPEND 0x10u
#define MPU_CTRL      REG(0xe000ed94u)
#define MPU_RBAR      REG(0xe000ed9cu)
#define MPU_RASR      REG(0xe000eda0u)

typedef void (*handler)(void);
extern handler vectors[48]; /* in RAM: a program puts its own there before it enables them */

void test_main(void);
void core1_launch(void (*entry)(void)); /* with its own stack, and the vectors in RAM */
void core1_reset(void);
void *rom_function(char a, char b);
void hang(void); /* sleeps for ever */

static inline void disable_interrupts(void)
{
    __asm volatile("cpsid i" ::: "memory");
}
static inline void enable_interrupts(void)
{
    __asm volatile("cpsie i" ::: "memory");
}
static inline void wfe(void)
{
    __asm volatile("wfe" ::: "memory");
}
static inline void wfi(void)
{
    __asm volatile("wfi" ::: "memory");
}
static inline void sev(void)
{
    __asm volatile("sev" ::: "memory");
}
static inline void dmb(void)
{
    __asm volatile("dmb" ::: "memory");
}

static inline void wait_us(uint32_t us)
{
    uint32_t start = TIMER_RAWL;
    while (TIMER_RAWL - start < us) {
    }
}

#endif
