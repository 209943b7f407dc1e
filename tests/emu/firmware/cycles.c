/* How many cycles things take, by SysTick at the core's clock; and SysTick's interrupt. */
#include "chip.h"

#define SYST_CSR REG(0xe000e010u)
#define SYST_RVR REG(0xe000e014u)
#define SYST_CVR REG(0xe000e018u)

/* Each less by what nothing at all takes. */
volatile uint32_t nops, loop, memory, sio, timer, multiply, link, entry;
volatile uint32_t ticks;
static volatile uint32_t word;

/* The time between two readings of SysTick, with `code` in between; %3 is `where`. */
#define TAKES(code, where)                                     \
    __extension__({                                            \
        uint32_t first_, second_, at_ = 0xe000e018u;           \
        __asm volatile("ldr %0, [%2]\n" code "\n ldr %1, [%2]" \
                       : "=&l"(first_), "=&l"(second_)         \
                       : "l"(at_), "l"(where)                  \
                       : "r0", "lr", "cc", "memory");          \
        first_ - second_;                                      \
    })

static volatile uint32_t entered;

static void on_tick(void)
{
    ticks++;
}

static void on_pend(void)
{
    entered = SYST_CVR;
}

RAM_CODE static void measure(void)
{
    uint32_t nothing = TAKES("", 0);
    nops = TAKES("nop\n nop\n nop\n nop", 0) - nothing;
    loop = TAKES("mov r0, #10\n 1: sub r0, #1\n bne 1b", 0) - nothing;
    memory = TAKES("ldr r0, [%3]\n str r0, [%3]", &word) - nothing;
    sio = TAKES("ldr r0, [%3]", &GPIO_IN) - nothing;
    timer = TAKES("ldr r0, [%3]", &TIMER_RAWL) - nothing;
    multiply = TAKES("mul r0, r0", 0) - nothing;
    link = TAKES("bl 1f\n b 2f\n 1: bx lr\n 2:", 0) - nothing;
}

void test_main(void)
{
    vectors[14] = on_pend;
    vectors[15] = on_tick;
    SYST_RVR = 0xffffff;
    SYST_CVR = 0;
    SYST_CSR = 5;
    wait_us(2);
    measure();
    uint32_t before = SYST_CVR;
    REG(0xe000ed04u) = 1u << 28; /* PendSV, at once */
    entry = before - entered;
    SYST_RVR = 1249;
    SYST_CVR = 0;
    SYST_CSR = 7;
    wait_us(105);
    SYST_CSR = 0;
}
