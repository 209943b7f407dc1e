/* Pins. Levels by the single-cycle block of each core, whose set and clear registers need no lock;
 * edges by the interrupt of the pins, which core 0 takes. */
#include "yoke/gpio.h"

#include "internal.h"

#include "hardware/gpio.h"
#include "hardware/irq.h"

#define EDGES (GPIO_IRQ_EDGE_RISE | GPIO_IRQ_EDGE_FALL)

static gpio_watcher *watchers[GPIO_PINS];

int gpio_input(unsigned pin, enum gpio_pull pull)
{
    if (pin >= GPIO_PINS) {
        return YOKE_EINVAL;
    }
    gpio_init(pin);
    gpio_set_pulls(pin, pull == GPIO_PULLED_UP, pull == GPIO_PULLED_DOWN);
    return YOKE_OK;
}

/* The level first, then the direction, and only then the pin is given to it. */
int gpio_output(unsigned pin, bool level)
{
    if (pin >= GPIO_PINS) {
        return YOKE_EINVAL;
    }
    gpio_put(pin, level);
    gpio_set_dir(pin, GPIO_OUT);
    gpio_set_function(pin, GPIO_FUNC_SIO);
    return YOKE_OK;
}

void gpio_write(unsigned pin, bool level)
{
    if (pin < GPIO_PINS) {
        gpio_put(pin, level);
    }
}

bool gpio_read(unsigned pin)
{
    return pin < GPIO_PINS && gpio_get(pin);
}

/* --- edges ----------------------------------------------------------- */

static void on_edges(void)
{
    for (unsigned pin = 0; pin < GPIO_PINS; pin++) {
        uint32_t edges = watchers[pin] ? gpio_get_irq_event_mask(pin) & EDGES : 0;
        if (edges) {
            gpio_acknowledge_irq(pin, edges);
            watchers[pin]->changed(watchers[pin]);
        }
    }
}

/* Shared, because the radio's driver waits for a pin of its own. */
static void open_edges(void)
{
    static bool open;
    if (!open) {
        uint8_t order = PICO_SHARED_IRQ_HANDLER_DEFAULT_ORDER_PRIORITY;
        irq_add_shared_handler(IO_IRQ_BANK0, on_edges, order);
        irq_set_enabled(IO_IRQ_BANK0, true);
    }
    open = true;
}

int gpio_watch(unsigned pin, gpio_watcher *w)
{
    if (pin >= GPIO_PINS) {
        return YOKE_EINVAL;
    }
    if (watchers[pin]) {
        return YOKE_EBUSY;
    }
    w->pin = (uint8_t)pin;
    watchers[pin] = w;
    open_edges();
    gpio_acknowledge_irq(pin, EDGES); /* what was before is nobody's */
    gpio_set_irq_enabled(pin, EDGES, true);
    return YOKE_OK;
}

void gpio_unwatch(gpio_watcher *w)
{
    if (watchers[w->pin] == w) {
        gpio_set_irq_enabled(w->pin, EDGES, false);
        watchers[w->pin] = NULL;
    }
}
