/* One fault of each kind, by its number in `which`; the handler notes the stacked address. */
#include "chip.h"

volatile uint32_t KEPT which;
volatile uint32_t faults, stacked_pc, came_back;
static uint32_t words[4];
static volatile uintptr_t odd = (uintptr_t)words + 1; /* the compiler must not know */

__attribute__((naked)) static void on_fault(void)
{
    __asm volatile("mrs r0, msp\n ldr r1, =fault_frame\n bx r1\n .ltorg\n");
}

__attribute__((used)) void fault_frame(uint32_t *frame)
{
    faults++;
    stacked_pc = frame[6];
    hang();
}

static void guard(uintptr_t base, unsigned eighth) /* 32 of these 256 bytes: no access */
{
    MPU_RBAR = base | 0x10;
    MPU_RASR = (0xffu & ~(1u << eighth)) << 8 | 7 << 1 | 1;
    MPU_CTRL = 5;
}

static volatile uint32_t deep[64] __attribute__((aligned(256)));

/* Never comes back: the stack grows into its guard, and the handler starts below it. */
__attribute__((noinline)) static void overflow(uint32_t depth)
{
    volatile uint32_t here[8];
    here[0] = depth;
    uintptr_t top = 0x20040000u - 1024;
    if (depth == 0) {
        guard(top, 0);
    }
    if (here[0] < 1000) {
        overflow(depth + 1);
    }
    here[1]++;
}

void test_main(void)
{
    vectors[3] = on_fault;
    switch (which) {
    case 0:
        (void)*(volatile uint32_t *)odd;
        break;
    case 1:
        *(volatile uint16_t *)odd = 1;
        break;
    case 2:
        (void)REG(0x60000000);
        break;
    case 3:
        __asm volatile("udf #7");
        break;
    case 4:
        __asm volatile("bkpt #3");
        break;
    case 5:
        guard((uintptr_t)deep, 1);
        deep[7] = 1;
        deep[16] = 1;
        came_back++;
        deep[8] = 1;
        break;
    case 6:
        REG(0x10001000) = 1;
        break;
    case 7:
        MPU_RBAR = 0x10000000 | 0x10;
        MPU_RASR = 27 << 1 | 1;
        MPU_CTRL = 5;
        break; /* the next instruction is in flash */
    case 8:
        overflow(0);
        break;
    default:
        ((void (*)(void))(uintptr_t)words)(); /* an even address */
    }
    came_back++;
}
