/* Analogue inputs: whatever was set. */
#include "yoke/adc.h"

#include "devices.h"
#include "yoke/virtual.h"

#define ROOM 876  /* 27 degrees: 0.706 V of 3.3 V */
#define USB  2068 /* 5 V, a third of it */

static uint16_t values[ADC_INPUTS];
static const adc_guard *guard;

void virtual_adc_reset(void)
{
    guard = NULL;
    for (unsigned i = 0; i < ADC_INPUTS; i++) {
        values[i] = 0;
    }
    values[ADC_TEMPERATURE] = ROOM;
    values[ADC_VSYS] = USB;
}

void virtual_adc_set(enum adc_input input, uint16_t value)
{
    values[input] = value;
}

void adc_guard_vsys(const adc_guard *g)
{
    guard = g;
}

int adc_sample(enum adc_input input)
{
    if ((unsigned)input >= ADC_INPUTS) {
        return YOKE_EINVAL;
    }
    const adc_guard *g = input == ADC_VSYS ? guard : NULL;
    if (g && !g->enter()) {
        return YOKE_EBUSY;
    }
    int value = values[input];
    if (g) {
        g->leave();
    }
    return value;
}
