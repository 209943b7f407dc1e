/* The line of a strip: a PIO state machine of our own program, fed by a DMA channel. No interrupt:
 * strip.c (ports/common) knows when a frame is over. */
#include "strip_machine.h"

#include "internal.h"
#include "yoke/gpio.h"

#include "hardware/clocks.h"
#include "hardware/dma.h"
#include "hardware/gpio.h"

#define TICK_HZ  20000000u /* 50 ns */
#define BIT_TICK 25u       /* 1250 ns */

/* How long a 0 and a 1 are high, in ticks, by enum strip_chip. (yoke/strip.h: 400 and 800 ns; 300
 * and 600 ns) */
static const struct {
    uint8_t zero, one;
} high[] = {{8, 16}, {6, 12}};

/* One bit time of all lanes: all high, then those low that have a 0, then all low; without a bit it
 * waits where all are low. */
static void write_program(strip_machine *l, const strip *s)
{
    unsigned zero = high[s->chip].zero, one = high[s->chip].one;
    l->program[0] = (uint16_t)pio_encode_out(pio_x, s->bits_at_once);
    l->program[1] = (uint16_t)(pio_encode_mov_not(pio_pins, pio_null) | pio_encode_delay(zero - 1));
    l->program[2] = (uint16_t)(pio_encode_mov(pio_pins, pio_x) | pio_encode_delay(one - zero - 1));
    l->program[3] =
        (uint16_t)(pio_encode_mov(pio_pins, pio_null) | pio_encode_delay(BIT_TICK - one - 2));
    l->loaded =
        (struct pio_program){.instructions = l->program, .length = STRIP_LENGTH, .origin = -1};
}

/* --- claiming ---------------------------------------------------------- */

static bool claim_on(strip_machine *l, pio_hw_t *pio)
{
    if (!pio_can_add_program(pio, &l->loaded)) {
        return false;
    }
    int sm = pio_claim_unused_sm(pio, false);
    if (sm < 0) {
        return false;
    }
    l->pio = pio;
    l->sm = (uint)sm;
    l->offset = (uint)pio_add_program(pio, &l->loaded);
    return true;
}

static bool claim(strip_machine *l)
{
    int channel = dma_claim_unused_channel(false);
    if (channel < 0) {
        return false;
    }
    l->channel = (uint)channel;
    for (unsigned i = 0; i < NUM_PIOS; i++) {
        if (claim_on(l, pio_get_instance(i))) {
            return true;
        }
    }
    dma_channel_unclaim(l->channel);
    return false;
}

static strip_machine *find_free(void)
{
    for (unsigned i = 0; i < STRIP_LINES; i++) {
        if (!strip_machines[i].pio) {
            return &strip_machines[i];
        }
    }
    return NULL;
}

/* --- setting up ---------------------------------------------------------- */

static void open_pins(const strip_machine *l, const strip *s)
{
    uint32_t mask = ((1u << s->lanes) - 1) << s->first_pin;
    pio_sm_set_pins_with_mask(l->pio, l->sm, 0, mask);
    pio_sm_set_pindirs_with_mask(l->pio, l->sm, mask, mask);
    for (unsigned i = 0; i < s->lanes; i++) {
        pio_gpio_init(l->pio, s->first_pin + i);
    }
}

static void open_machine(const strip_machine *l, const strip *s)
{
    pio_sm_config c = pio_get_default_sm_config();
    uint32_t divider = (uint32_t)((uint64_t)clock_get_hz(clk_sys) * 256 / TICK_HZ);
    sm_config_set_wrap(&c, l->offset, l->offset + STRIP_LENGTH - 1);
    sm_config_set_out_pins(&c, s->first_pin, s->lanes);
    sm_config_set_out_shift(&c, false, true, 8); /* the highest bit first, a byte at a time */
    sm_config_set_fifo_join(&c, PIO_FIFO_JOIN_TX);
    sm_config_set_clkdiv_int_frac(&c, (uint16_t)(divider >> 8), (uint8_t)divider);
    pio_sm_init(l->pio, l->sm, l->offset, &c);
    pio_sm_set_enabled(l->pio, l->sm, true);
}

static void open_channel(const strip_machine *l)
{
    dma_channel_config c = dma_channel_get_default_config(l->channel);
    channel_config_set_transfer_data_size(&c, DMA_SIZE_8); /* comes four times in a word */
    channel_config_set_dreq(&c, pio_get_dreq(l->pio, l->sm, true));
    dma_channel_configure(l->channel, &c, &l->pio->txf[l->sm], NULL, 0, false);
}

int strip_line_open(strip *s)
{
    strip_machine *l = find_free();
    if (!l || s->first_pin + s->lanes > GPIO_PINS) {
        return YOKE_EFULL;
    }
    write_program(l, s);
    if (!claim(l)) {
        l->pio = NULL;
        return YOKE_EFULL;
    }
    open_pins(l, s);
    open_machine(l, s);
    open_channel(l);
    return (int)(l - strip_machines);
}

void strip_line_close(strip *s)
{
    strip_machine *l = &strip_machines[s->line];
    strip_line_reset(s);
    pio_sm_set_enabled(l->pio, l->sm, false);
    pio_remove_program(l->pio, &l->loaded, l->offset);
    pio_sm_unclaim(l->pio, l->sm);
    dma_channel_unclaim(l->channel);
    for (unsigned i = 0; i < s->lanes; i++) {
        gpio_deinit(s->first_pin + i);
    }
    l->pio = NULL;
}
