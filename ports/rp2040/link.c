/* The link of a board without a radio: IP packets over UART 1, as SLIP. Core 0's alone.
 *
 * What comes in goes into a ring by DMA, without the CPU, so that nothing is lost while core 0 is
 * in a flash window (45 ms) with its interrupts off: two channels take turns without end, each
 * starting the other. DMA does not tell when a byte has come; so while somebody waits, an alarm
 * looks every LOOK_US. What goes out waits in a second ring, and a third channel sends it. */
#include "yoke/link.h"

#include "internal.h"
#include "slip.h"

#include "hardware/dma.h"
#include "hardware/gpio.h"
#include "hardware/irq.h"
#include "hardware/sync.h"
#include "hardware/timer.h"
#include "hardware/uart.h"

#define LINE       uart1
#define MTU        1500u /* bytes: an Ethernet's, so that nobody has to cut packets up */
#define IN_BITS    13u
#define IN_BYTES   (1u << IN_BITS)
#define IN_MARGIN  512u       /* kept free for what comes while the rest is being read */
#define IN_TURN    (1u << 24) /* bytes a channel receives before the other's turn */
#define OUT_BYTES  3072u      /* more than the longest packet on the line */
#define LOOK_US    1000u
#define LOOK_ALARM 2u /* of the default timer */

_Static_assert(IN_BYTES - IN_MARGIN > YOKE_LINK_BAUD / 10 * 45 / 1000, "a flash window of 45 ms");
_Static_assert(OUT_BYTES > 2 * MTU + 2, "the longest packet");

static uint8_t in_bytes[IN_BYTES] __attribute__((aligned(IN_BYTES)));
static uint8_t out_bytes[OUT_BYTES];
static uint in_channels[2], out_channel;
static uint32_t in_taken;  /* of the bytes received, modulo IN_TURN: up to where a packet begins */
static uint32_t in_looked; /* … and how far its end was looked for */
static bool in_broken;     /* its beginning was overwritten */
static uint32_t lost;
static bool is_open;
static yoke_task *reader;

/* Places in out_bytes; the interrupt changes the latter. Equal: nothing is to be sent. */
static volatile uint32_t out_put, out_taken;
static uint32_t out_under_way;                 /* bytes that the channel is sending */
static volatile bool out_wanted, out_has_room; /* link_write() had none; there is some again */

/* --- what has come ------------------------------------------------------------------------------
 */

/* Bytes since link_open(), modulo IN_TURN. One channel is receiving at any time; if it ends just
 * now, it has received IN_TURN, which is 0. */
static uint32_t received(void)
{
    uint channel = in_channels[dma_channel_is_busy(in_channels[1])];
    return (IN_TURN - dma_channel_hw_addr(channel)->transfer_count) % IN_TURN;
}

static void look_later(void)
{
    timer_hw->alarm[LOOK_ALARM] = timer_hw->timerawl + LOOK_US;
}

/* The alarm: has something come? While nobody waits, nobody looks. */
static void on_look(void)
{
    timer_hw->intr = 1u << LOOK_ALARM;
    uint32_t now = received();
    if (reader && now == in_looked) {
        look_later();
    } else if (reader) {
        yoke_wake(reader);
    }
}

/* Older bytes are overwritten already: the packets they were part of are lost. */
static void skip_what_is_overwritten(void)
{
    uint32_t now = received();
    if ((now - in_taken) % IN_TURN > IN_BYTES - IN_MARGIN) {
        in_taken = in_looked = now;
        in_broken = true;
    }
}

static uint8_t next_byte(uint32_t *place)
{
    uint8_t byte = in_bytes[*place % IN_BYTES];
    *place = (*place + 1) % IN_TURN;
    return byte;
}

/* Go on to look for the end of the packet. */
static bool find_end(void)
{
    uint32_t now = received();
    while (in_looked != now) {
        if (next_byte(&in_looked) == SLIP_END) {
            return true;
        }
    }
    return false;
}

/* The packet whose end was found; answers its size, 0 (between two packets), or SLIP_BROKEN. */
static int take_packet(void *packet, size_t max)
{
    slip_reader in = {.bytes = packet, .max = max, .broken = in_broken};
    int size = 0;
    while (in_taken != in_looked) {
        size = slip_take(&in, next_byte(&in_taken));
    }
    in_broken = false;
    return size;
}

/* Answers the size of a packet, or 0: there is none. */
static int next_packet(void *packet, size_t max)
{
    skip_what_is_overwritten();
    while (find_end()) {
        int size = take_packet(packet, max);
        if (size > 0) {
            return size;
        }
        lost += size == SLIP_BROKEN;
    }
    return 0;
}

static int wait_for_change(yoke_task *t)
{
    int answer = 0;
    uint32_t saved = yoke_port_lock(); /* so that no interrupt comes in between */
    if (out_has_room) {
        out_has_room = false;
        reader = NULL;
    } else {
        answer = yoke_park(t, &reader);
        look_later();
    }
    yoke_port_unlock(saved);
    return answer;
}

int link_read(yoke_task *t, void *frame, size_t size)
{
    int found = next_packet(frame, size < MTU ? size : MTU);
    if (found == 0) {
        return wait_for_change(t);
    }
    reader = NULL;
    return found;
}

uint32_t link_lost(void)
{
    return lost;
}

/* --- what goes out ------------------------------------------------------------------------------
 */

static uint32_t advanced(uint32_t place, uint32_t by)
{
    return place + by < OUT_BYTES ? place + by : place + by - OUT_BYTES;
}

/* One place stays free, so that full is not empty. */
static uint32_t out_room(void)
{
    return advanced(out_taken, OUT_BYTES - 1 - out_put);
}

/* In the interrupt, or with interrupts off. */
static void send(void)
{
    uint32_t from = out_taken, put = out_put;
    out_under_way = (put < from ? OUT_BYTES : put) - from;
    if (out_under_way) {
        dma_channel_transfer_from_buffer_now(out_channel, out_bytes + from, out_under_way);
    }
}

static void on_sent(void)
{
    dma_channel_acknowledge_irq1(out_channel);
    out_taken = advanced(out_taken, out_under_way);
    send();
    if (out_wanted) {
        out_wanted = false;
        out_has_room = true;
        if (reader) {
            yoke_wake(reader);
        }
    }
}

static void put(uint8_t byte)
{
    out_bytes[out_put] = byte;
    out_put = advanced(out_put, 1);
}

static void start_sending(void)
{
    uint32_t saved = save_and_disable_interrupts();
    if (!out_under_way) {
        send();
    }
    restore_interrupts(saved);
}

static int ask_for_room(void)
{
    uint32_t saved = save_and_disable_interrupts();
    out_wanted = true;
    restore_interrupts(saved);
    return YOKE_EFULL;
}

int link_write(const void *frame, size_t size)
{
    if (!is_open || size > MTU) {
        return YOKE_EIO;
    }
    if (slip_length(frame, size) > out_room()) {
        return ask_for_room();
    }
    slip_write(frame, size, put);
    start_sending();
    return YOKE_OK;
}

/* --- up and down --------------------------------------------------------------------------------
 */

static void open_line(void)
{
    uart_init(LINE, YOKE_LINK_BAUD);
    gpio_set_function(YOKE_LINK_TX_PIN, GPIO_FUNC_UART);
    gpio_set_function(YOKE_LINK_RX_PIN, GPIO_FUNC_UART);
    gpio_pull_up(YOKE_LINK_RX_PIN); /* nobody connected: silence, not noise */
}

static void open_in_channel(unsigned i)
{
    dma_channel_config c = dma_channel_get_default_config(in_channels[i]);
    channel_config_set_transfer_data_size(&c, DMA_SIZE_8);
    channel_config_set_read_increment(&c, false);
    channel_config_set_write_increment(&c, true);
    channel_config_set_ring(&c, true, IN_BITS);
    channel_config_set_dreq(&c, uart_get_dreq(LINE, false));
    channel_config_set_chain_to(&c, in_channels[1 - i]);
    dma_channel_configure(in_channels[i], &c, in_bytes, &uart_get_hw(LINE)->dr, IN_TURN, false);
}

static void open_out_channel(void)
{
    dma_channel_config c = dma_channel_get_default_config(out_channel);
    channel_config_set_transfer_data_size(&c, DMA_SIZE_8);
    channel_config_set_dreq(&c, uart_get_dreq(LINE, true));
    dma_channel_configure(out_channel, &c, &uart_get_hw(LINE)->dr, NULL, 0, false);
    dma_channel_acknowledge_irq1(out_channel);
    dma_channel_set_irq1_enabled(out_channel, true);
}

/* Core 0 takes the interrupts. */
static void open_interrupts(void)
{
    uint look = hardware_alarm_get_irq_num(LOOK_ALARM);
    irq_set_exclusive_handler(DMA_IRQ_1, on_sent);
    irq_set_enabled(DMA_IRQ_1, true);
    irq_set_exclusive_handler(look, on_look);
    hw_set_bits(&timer_hw->inte, 1u << LOOK_ALARM);
    irq_set_enabled(look, true);
}

/* Three channels, or none of them. */
static bool claim(void)
{
    int channels[3];
    for (unsigned i = 0; i < 3; i++) {
        channels[i] = dma_claim_unused_channel(false);
        if (channels[i] < 0) {
            while (i > 0) {
                dma_channel_unclaim((uint)channels[--i]);
            }
            return false;
        }
    }
    in_channels[0] = (uint)channels[0];
    in_channels[1] = (uint)channels[1];
    out_channel = (uint)channels[2];
    hardware_alarm_claim(LOOK_ALARM);
    return true;
}

int link_open(link_facts *facts)
{
    if (is_open) {
        return YOKE_EBUSY;
    }
    if (!claim()) {
        return YOKE_EIO;
    }
    in_taken = in_looked = lost = 0;
    out_put = out_taken = out_under_way = 0;
    out_wanted = out_has_room = false;
    in_broken = false;
    open_line();
    open_in_channel(0);
    open_in_channel(1);
    open_out_channel();
    open_interrupts();
    dma_channel_start(in_channels[0]);
    is_open = true;
    *facts = (link_facts){.kind = LINK_IP, .mtu = MTU};
    return YOKE_OK;
}

/* Switched off before it is ended, a channel starts no other (RP2040-E13). */
static void close_channel(uint channel)
{
    hw_clear_bits(&dma_channel_hw_addr(channel)->al1_ctrl, DMA_CH0_CTRL_TRIG_EN_BITS);
    dma_channel_abort(channel);
    dma_channel_unclaim(channel);
}

static void close_interrupts(void)
{
    uint look = hardware_alarm_get_irq_num(LOOK_ALARM);
    hw_clear_bits(&timer_hw->inte, 1u << LOOK_ALARM);
    irq_set_enabled(look, false);
    irq_remove_handler(look, on_look);
    dma_channel_set_irq1_enabled(out_channel, false);
    irq_set_enabled(DMA_IRQ_1, false);
    irq_remove_handler(DMA_IRQ_1, on_sent);
    hardware_alarm_unclaim(LOOK_ALARM);
}

/* 33 ms for a full ring, without the interrupts of others held up. */
static void send_the_rest(void)
{
    while (out_taken != out_put) {
        tight_loop_contents();
    }
    uart_tx_wait_blocking(LINE);
}

void link_close(void)
{
    if (!is_open) {
        return;
    }
    is_open = false;
    send_the_rest();
    close_interrupts();
    close_channel(in_channels[0]);
    close_channel(in_channels[1]);
    close_channel(out_channel);
    uart_deinit(LINE);
    reader = NULL;
}

/* Nobody tells a UART whether somebody is at the other end. */
bool link_is_up(void)
{
    return is_open;
}

int link_place(uint16_t port, char place[LINK_PLACE_MAX])
{
    (void)port;
    (void)place;
    return 0;
}
