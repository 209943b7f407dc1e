/* The two stacks: how much of them was used, and where they end. Core 1 has one of its own, in the
 * bank that nothing else is in (SCRATCH_X), so that no other access delays it; core 0 has the
 * SDK's, in SCRATCH_Y. Below each is a guard that may not be touched (guard_*.c). */
#include "yoke/stack.h"
#include "internal.h"

#define PAINT 0xa5a5a5a5u
#define WORDS (YOKE_APP_STACK_BYTES / sizeof(uint32_t))

extern uint32_t __StackBottom[], __StackTop[]; /* of core 0; the SDK's linker script */

static struct {
    uint32_t guard[GUARD_BYTES / sizeof(uint32_t)];
    uint32_t words[WORDS];
} app_stack __attribute__((aligned(GUARD_BYTES), section(".stack1.yoke")));

uint32_t *stack_top(void)
{
    return app_stack.words + WORDS;
}

uint32_t *stack_guard(unsigned core)
{
    return core ? app_stack.guard : __StackBottom;
}

static void paint(uint32_t *from, const uint32_t *to)
{
    while (from < to) {
        *from++ = PAINT;
    }
}

void stack_paint(void)
{
    paint(app_stack.words, stack_top());
}

static uint32_t *bottom(unsigned core)
{
    return stack_guard(core) + GUARD_BYTES / sizeof(uint32_t);
}

/* Core 0 is on it: what lies well below where it is now. */
void stack_paint_own(void)
{
    const uint32_t *here = __builtin_frame_address(0);
    paint(bottom(0), here - 32);
}

uint32_t stack_size(unsigned core)
{
    const uint32_t *top = core ? stack_top() : __StackTop;
    return (uint32_t)(top - bottom(core)) * sizeof(uint32_t);
}

uint32_t stack_used(unsigned core)
{
    const uint32_t *at = bottom(core);
    uint32_t free = 0;
    while (free < stack_size(core) && *at == PAINT) {
        at++;
        free += sizeof(uint32_t);
    }
    return stack_size(core) - free;
}
