/* Pins: what we drive, what somebody outside drives, and what is left to the pull. */
#include "yoke/gpio.h"

#include "devices.h"
#include "hooks.h"
#include "yoke/virtual.h"

#include <stdatomic.h>

typedef struct {
    atomic_bool output;
    atomic_bool level;   /* that we drive, if it is an output; or that the pull gives */
    atomic_bool pulled;  /* somebody outside drives it, */
    atomic_bool outside; /* to this level */
    bool told;           /* what its watcher knows */
    gpio_watcher *watcher;
} pin_state;

static pin_state pins[GPIO_PINS];

void virtual_gpio_reset(void)
{
    for (unsigned i = 0; i < GPIO_PINS; i++) {
        pins[i] = (pin_state){.output = false};
    }
}

bool gpio_read(unsigned pin)
{
    if (pin >= GPIO_PINS) {
        return false;
    }
    const pin_state *p = &pins[pin];
    return atomic_load(&p->output) || !atomic_load(&p->pulled) ? atomic_load(&p->level)
                                                               : atomic_load(&p->outside);
}

static void tell(void *watcher)
{
    gpio_watcher *w = watcher;
    w->changed(w);
}

static void look_for_edge(unsigned pin)
{
    pin_state *p = &pins[pin];
    bool level = gpio_read(pin);
    if (p->watcher && level != p->told) {
        p->told = level;
        host_interrupt(tell, p->watcher);
    }
}

/* --- the contract -------------------------------------------------------------- */

int gpio_input(unsigned pin, enum gpio_pull pull)
{
    if (pin >= GPIO_PINS) {
        return YOKE_EINVAL;
    }
    atomic_store(&pins[pin].output, false);
    atomic_store(&pins[pin].level, pull == GPIO_PULLED_UP);
    return YOKE_OK;
}

int gpio_output(unsigned pin, bool level)
{
    if (pin >= GPIO_PINS) {
        return YOKE_EINVAL;
    }
    atomic_store(&pins[pin].level, level);
    atomic_store(&pins[pin].output, true);
    return YOKE_OK;
}

void gpio_write(unsigned pin, bool level)
{
    if (pin < GPIO_PINS && atomic_load(&pins[pin].output)) {
        atomic_store(&pins[pin].level, level);
    }
}

int gpio_watch(unsigned pin, gpio_watcher *w)
{
    if (pin >= GPIO_PINS) {
        return YOKE_EINVAL;
    }
    if (pins[pin].watcher) {
        return YOKE_EBUSY;
    }
    w->pin = (uint8_t)pin;
    pins[pin].told = gpio_read(pin);
    pins[pin].watcher = w;
    return YOKE_OK;
}

void gpio_unwatch(gpio_watcher *w)
{
    if (pins[w->pin].watcher == w) {
        pins[w->pin].watcher = NULL;
    }
}

/* --- from outside ----------------------------------------------------------------- */

void virtual_gpio_set(unsigned pin, bool level)
{
    if (pin < GPIO_PINS) {
        atomic_store(&pins[pin].outside, level);
        atomic_store(&pins[pin].pulled, true);
        look_for_edge(pin);
    }
}

void virtual_gpio_release(unsigned pin)
{
    if (pin < GPIO_PINS) {
        atomic_store(&pins[pin].pulled, false);
        look_for_edge(pin);
    }
}
