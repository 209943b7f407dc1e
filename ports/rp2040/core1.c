/* Core 1: started, stopped and started again, by its reset line and the boot ROM's hand-shake
 * (RP2040 data sheet, 2.8.2). */
#include "internal.h"
#include "yoke/core.h"

#include "hardware/irq.h"
#include "hardware/structs/psm.h"
#include "hardware/structs/scb.h"
#include "hardware/structs/sio.h"
#include "hardware/sync.h"
#include "pico/multicore.h"
#include "pico/runtime.h"

#define ANSWER_US_MAX 1000u  /* of the boot ROM to one word; it takes some microseconds */
#define LAUNCH_US_MAX 10000u /* the whole hand-shake, and the way to our first line */

static bool launched;
static atomic_bool running; /* core 1 is past what it needs flash for */
static atomic_bool ended;   /* it has left its loop */

void core1_reset(void)
{
    hw_set_bits(&psm_hw->frce_off, PSM_FRCE_OFF_PROC1_BITS);
    while (!(psm_hw->frce_off & PSM_FRCE_OFF_PROC1_BITS)) {
    }
    hw_clear_bits(&psm_hw->frce_off, PSM_FRCE_OFF_PROC1_BITS);
}

/* After a reset of core 0 alone, by a debugger, core 1 still runs: before anything of ours is set
 * up it must be still. */
static void hold_core1_at_boot(void)
{
    core1_reset();
}

PICO_RUNTIME_INIT_FUNC_RUNTIME(hold_core1_at_boot, "00010");

/* --- on core 1 ------------------------------------------------------- */

/* From here on core 1 must not touch flash: tools/ramcheck begins here. */
static _Noreturn __attribute__((noinline)) void rp2040_core1(void)
{
    wait_begin();
    guard_begin();
    atomic_store_explicit(&running, true, memory_order_release);
    app_run();
    core_set_state(CORE_OFF);
    atomic_store_explicit(&ended, true, memory_order_release);
    for (;;) {
        __wfe(); /* until it is reset */
    }
}

/* What the SDK does for each core (the FPU of an RP2350, and the like) is in flash; core 0 waits
 * until it is done. */
static _Noreturn void begin_core1(void)
{
    runtime_run_per_core_initializers();
    rp2040_core1();
}

/* --- on core 0 ------------------------------------------------------- */

static bool waits_for(const atomic_bool *flag, uint32_t us_max)
{
    uint64_t until_us = yoke_port_now_us() + us_max;
    while (!atomic_load_explicit(flag, memory_order_acquire)) {
        if (yoke_port_now_us() >= until_us) {
            return false;
        }
    }
    return true;
}

static bool fifo_has(uint32_t what, uint64_t until_us)
{
    while (!(sio_hw->fifo_st & what)) {
        if (yoke_port_now_us() >= until_us) {
            return false;
        }
    }
    return true;
}

/* The boot ROM sends each word back. */
static bool say(uint32_t word)
{
    uint64_t until_us = yoke_port_now_us() + ANSWER_US_MAX;
    if (word == 0) {
        while (sio_hw->fifo_st & SIO_FIFO_ST_VLD_BITS) {
            (void)sio_hw->fifo_rd;
        }
        __sev(); /* it may wait for room */
    }
    if (!fifo_has(SIO_FIFO_ST_RDY_BITS, until_us)) {
        return false;
    }
    sio_hw->fifo_wr = word;
    __sev();
    return fifo_has(SIO_FIFO_ST_VLD_BITS, until_us) && sio_hw->fifo_rd == word;
}

/* Out of its reset the boot ROM empties its side and sends a 0: what is said before is lost. A
 * wrong answer later means that it was not listening from the beginning: once more. */
static bool shake_hands(void (*entry)(void), uint32_t *stack_top)
{
    const uint32_t words[] = {0, 0, 1, scb_hw->vtor, (uintptr_t)stack_top, (uintptr_t)entry};
    uint64_t until_us = yoke_port_now_us() + LAUNCH_US_MAX;
    unsigned n = 0;
    fifo_has(SIO_FIFO_ST_VLD_BITS, yoke_port_now_us() + ANSWER_US_MAX);
    while (n < count_of(words)) {
        n = say(words[n]) ? n + 1 : 0;
        if (yoke_port_now_us() >= until_us) {
            return false;
        }
    }
    return true;
}

/* What the program may use the FIFO's interrupt for must not take our words. */
static bool launch(void)
{
    uint irq = SIO_FIFO_IRQ_NUM(0);
    bool enabled = irq_is_enabled(irq);
    irq_set_enabled(irq, false);
    bool answer = shake_hands(begin_core1, stack_top()) && waits_for(&running, LAUNCH_US_MAX);
    irq_set_enabled(irq, enabled);
    return answer;
}

int yoke_port_launch(yoke_loop *l)
{
    if (launched && !atomic_load_explicit(&l->stopped, memory_order_acquire)) {
        return YOKE_EBUSY;
    }
    yoke_port_reap(l);
    cores[1].loop = l;
    atomic_store_explicit(&l->stopped, false, memory_order_relaxed);
    atomic_store_explicit(&running, false, memory_order_relaxed);
    atomic_store_explicit(&ended, false, memory_order_relaxed);
    stack_paint();
    core_set_state(CORE_RUNNING);
    launched = launch();
    if (!launched) {
        core1_end();
    }
    return launched ? YOKE_OK : YOKE_EIO;
}

void core1_end(void)
{
    core1_reset();
    core_set_state(CORE_OFF);
    launched = false;
}

/* The last instructions of core 1, unless it has faulted in them. */
void yoke_port_reap(yoke_loop *l)
{
    (void)l;
    if (!launched) {
        return;
    }
    while (!atomic_load_explicit(&ended, memory_order_acquire) && core_state() != CORE_FAULTED) {
    }
    core1_end();
}
