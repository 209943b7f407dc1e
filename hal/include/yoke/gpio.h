/* Pins: levels in and out, and edges.
 *
 * On the chip a level is written and read by the single-cycle I/O block of each core, whose set and
 * clear registers need no lock; nothing here changes the pins of others. */
#ifndef YOKE_GPIO_H
#define YOKE_GPIO_H

#include "yoke/task.h"

#define GPIO_PINS 30u /* GPIO0 to GPIO29; 23, 24, 25 and 29 belong to the radio of a Pico W */

enum gpio_pull { GPIO_FLOATS, GPIO_PULLED_UP, GPIO_PULLED_DOWN };

/* Told of the edges of a pin. Fill in `changed`; one per pin. */
typedef struct gpio_watcher gpio_watcher;
struct gpio_watcher {
    /* In an interrupt of core 0 after each edge, or several that came quickly: read the level
     * yourself. Short: set a yoke_signal. */
    void (*changed)(gpio_watcher *w);
    uint8_t pin; /* the driver's */
};

/* Make `pin` an input. YOKE_EINVAL: no such pin. Platform loop. */
int gpio_input(unsigned pin, enum gpio_pull pull);

/* Make `pin` an output of this level, without a glitch of the other. YOKE_EINVAL: no such pin.
 * Platform loop. */
int gpio_output(unsigned pin, bool level);

/* Any core, any interrupt; in RAM. A pin that does not exist reads false, and takes no level. */
void gpio_write(unsigned pin, bool level);
bool gpio_read(unsigned pin);

/* Tell `w` of every edge of input `pin` from now on. YOKE_EINVAL: no such pin. YOKE_EBUSY: somebody
 * watches it already. Platform loop. */
int gpio_watch(unsigned pin, gpio_watcher *w);

/* Tell `w` no more. Not watching: no effect. Platform loop. */
void gpio_unwatch(gpio_watcher *w);

#endif
