/* Analogue inputs: 12 bits of the 3.3 V reference. */
#ifndef YOKE_ADC_H
#define YOKE_ADC_H

#include "yoke/task.h"

#define ADC_MAX 4095 /* what the reference itself reads as */

enum adc_input {
    ADC_GPIO26,
    ADC_GPIO27,
    ADC_GPIO28,
    ADC_VSYS,        /* a third of the supply voltage (200k/100k divider of the Pico), GPIO29 */
    ADC_TEMPERATURE, /* 0.706 V at 27 C, -1.721 mV a degree (RP2040 data sheet, 4.9.5) */
    ADC_INPUTS,
};

/* One conversion, 2 us: 0 to ADC_MAX. YOKE_EINVAL: no such input. YOKE_EBUSY: ADC_VSYS while the
 * radio's bus is in use; ask again in the next turn. Platform loop (core 0), not an interrupt. */
int adc_sample(enum adc_input input);

/* On a Pico W GPIO29 is also the clock of the radio's bus, so ADC_VSYS may be sampled on core 0
 * only, and only while no transaction runs. The radio's driver says when: */
typedef struct {
    bool (*enter)(void); /* true: the bus is quiet and stays so until leave() */
    void (*leave)(void);
} adc_guard;

/* From now on ask `g` around each ADC_VSYS; NULL: nobody else uses the pin. Platform loop. */
void adc_guard_vsys(const adc_guard *g);

#endif
