/* On the core that shows. */
#include "strip_machine.h"

#include "hardware/dma.h"

strip_machine strip_machines[STRIP_LINES];

void strip_line_send(strip *s)
{
    const strip_machine *l = &strip_machines[s->line];
    dma_channel_transfer_from_buffer_now(l->channel, s->wire, s->wire_size);
}

bool strip_line_is_busy(const strip *s)
{
    return dma_channel_is_busy(strip_machines[s->line].channel);
}

void strip_line_reset(strip *s)
{
    const strip_machine *l = &strip_machines[s->line];
    dma_channel_abort(l->channel);
    pio_sm_clear_fifos(l->pio, l->sm);
    pio_sm_restart(l->pio, l->sm); /* what it had of a byte is gone, */
    pio_sm_exec(l->pio, l->sm, pio_encode_mov(pio_pins, pio_null));
    pio_sm_exec(l->pio, l->sm, pio_encode_jmp(l->offset)); /* and it waits for the next */
}

void strip_line_rest(uint64_t until_us)
{
    (void)until_us;
}
