/* The console on the default UART, core 0's alone: two rings, filled and emptied by its interrupt.
 * What the SDK's stdio writes (printf) takes the same way. */
#include "yoke/console.h"

#include "internal.h"

#include "hardware/irq.h"
#include "hardware/sync.h"
#include "hardware/uart.h"
#include "pico/stdio.h"
#include "pico/stdio/driver.h"
#include "pico/stdlib.h"

#define INPUT_MAX   256u  /* bytes, a power of two */
#define OUTPUT_MAX  1024u /* bytes, a power of two; at least two of the longest writes */
#define WRITERS_MAX 8     /* tasks that may wait for room at the same time; more are refused */

/* Counts that wrap. The interrupt changes one of them, the platform loop the other. */
typedef struct {
    volatile uint32_t put, taken;
} ring;

static ring input, output;
static char input_bytes[INPUT_MAX], output_bytes[OUTPUT_MAX];
static yoke_task *reader, *writers[WRITERS_MAX];

static uint32_t used(const ring *r)
{
    return r->put - r->taken;
}

/* --- in the interrupt ------------------------------------------------ */

/* What finds no room is lost, as on every UART. A terminal sends CR for its Enter key. */
static void receive(void)
{
    while (uart_is_readable(uart_default)) {
        char byte = (char)uart_get_hw(uart_default)->dr;
        if (used(&input) < INPUT_MAX) {
            input_bytes[input.put % INPUT_MAX] = byte == '\r' ? '\n' : byte;
            input.put++;
        }
    }
}

/* Or with interrupts off. The UART asks for more when its FIFO has become almost empty. */
static void send(void)
{
    while (used(&output) && uart_is_writable(uart_default)) {
        uart_get_hw(uart_default)->dr = (uint8_t)output_bytes[output.taken % OUTPUT_MAX];
        output.taken++;
    }
    uart_set_irqs_enabled(uart_default, true, used(&output) > 0);
}

static void wake_all(void)
{
    if (reader) {
        yoke_wake(reader);
    }
    for (int i = 0; i < WRITERS_MAX; i++) {
        if (writers[i]) {
            yoke_wake(writers[i]);
        }
    }
}

static void on_uart(void)
{
    receive();
    send();
    wake_all();
}

/* --- on the platform loop -------------------------------------------- */

static int wait_for_input(yoke_task *t)
{
    int answer = YOKE_OK;
    uint32_t saved = yoke_port_lock(); /* so that the interrupt does not come in between */
    if (used(&input)) {
        reader = NULL;
    } else {
        answer = yoke_park(t, &reader);
    }
    yoke_port_unlock(saved);
    return answer;
}

int console_read(yoke_task *t, char *buffer, size_t size)
{
    int answer = wait_for_input(t);
    if (answer != YOKE_OK) {
        return answer;
    }
    size_t n = 0;
    while (n < size && used(&input)) {
        buffer[n++] = input_bytes[input.taken % INPUT_MAX];
        input.taken++;
    }
    return (int)n;
}

/* A terminal wants CR LF. */
static size_t length_sent(const char *text, size_t size)
{
    size_t length = size;
    for (size_t i = 0; i < size; i++) {
        length += text[i] == '\n';
    }
    return length;
}

static void put(char byte)
{
    output_bytes[output.put % OUTPUT_MAX] = byte;
    output.put++;
}

static void start_sending(void)
{
    uint32_t saved = save_and_disable_interrupts();
    send();
    restore_interrupts(saved);
}

static yoke_task **slot_of(const yoke_task *t)
{
    for (int i = 0; i < WRITERS_MAX; i++) {
        if (writers[i] == t) {
            return &writers[i];
        }
    }
    return NULL;
}

static int wait_for_room(yoke_task *t, size_t length)
{
    yoke_task **mine = slot_of(t);
    if (!mine) {
        mine = slot_of(NULL);
    }
    if (!mine) {
        return YOKE_EBUSY;
    }
    int answer = YOKE_OK;
    uint32_t saved = yoke_port_lock();
    if (OUTPUT_MAX - used(&output) >= length) {
        *mine = NULL;
    } else {
        answer = yoke_park(t, mine);
    }
    yoke_port_unlock(saved);
    return answer;
}

int console_write(yoke_task *t, const char *text, size_t size)
{
    if (size > CONSOLE_WRITE_MAX) {
        return YOKE_EINVAL;
    }
    int answer = wait_for_room(t, length_sent(text, size));
    if (answer != YOKE_OK) {
        return answer;
    }
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n') {
            put('\r');
        }
        put(text[i]);
    }
    start_sending();
    return (int)size;
}

bool console_wants_echo(void)
{
    return true;
}

/* Nobody tells a UART who is at the other end. */
bool console_has_colour(void)
{
    return false;
}

/* --- what printf writes ---------------------------------------------- */

/* It cannot await, so it waits. */
static void write_at_once(const char *text, int length)
{
    for (int i = 0; i < length; i++) {
        while (used(&output) == OUTPUT_MAX) {
            start_sending();
        }
        put(text[i]);
    }
    start_sending();
}

static void flush(void)
{
    while (used(&output)) {
        start_sending();
    }
    uart_tx_wait_blocking(uart_default);
}

static stdio_driver_t driver = {
    .out_chars = write_at_once, .out_flush = flush, .crlf_enabled = PICO_STDIO_DEFAULT_CRLF};

void console_open(void)
{
    uint irq = UART_IRQ_NUM(uart_default);
    uart_init(uart_default, PICO_DEFAULT_UART_BAUD_RATE);
    gpio_set_function(PICO_DEFAULT_UART_TX_PIN, GPIO_FUNC_UART);
    gpio_set_function(PICO_DEFAULT_UART_RX_PIN, GPIO_FUNC_UART);
    gpio_pull_up(PICO_DEFAULT_UART_RX_PIN); /* nobody connected: silence, not noise */
    irq_set_exclusive_handler(irq, on_uart);
    irq_set_enabled(irq, true);
    uart_set_irqs_enabled(uart_default, true, false);
    stdio_set_driver_enabled(&driver, true);
}

void console_close(void)
{
    flush();
}

void console_status(const char *text)
{
    (void)text;
}
