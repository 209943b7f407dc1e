/* One button: levels and time in, events out. Nothing else is known here. */
#ifndef YOKE_BUTTONS_PRESS_H
#define YOKE_BUTTONS_PRESS_H

#include "yoke/buttons.h"

/* From the beginning: `level` true means pressed. */
void press_begin(button_press *p, bool level, uint64_t now_us);

/* There was an edge; now the level is this. Also if it is what it was: it was not steady. */
void press_edge(button_press *p, bool level, uint64_t now_us);

/* The next event that is due by now, into kind, count and held_ms of `*e`; false: none. Call it
 * until then. */
bool press_next(button_press *p, const button_timing *c, uint64_t now_us, button_event *e);

/* When press_next() may have another if there is no edge before; YOKE_NEVER. */
uint64_t press_due_us(const button_press *p, const button_timing *c);

#endif
