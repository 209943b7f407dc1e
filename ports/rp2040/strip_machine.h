/* The state machines that drive strips: strip_open.c claims them, strip_send.c feeds them. */
#ifndef STRIP_MACHINE_H
#define STRIP_MACHINE_H

#include "hardware/pio.h"
#include "strip_line.h"

#define STRIP_LINES  8u /* as many as there are state machines on an RP2040 */
#define STRIP_LENGTH 4u /* instructions of the program */

typedef struct {
    pio_hw_t *pio; /* NULL: this line is free */
    uint sm, offset, channel;
    uint16_t program[STRIP_LENGTH];
    struct pio_program loaded;
} strip_machine;

extern strip_machine strip_machines[STRIP_LINES];

#endif
