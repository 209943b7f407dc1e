/* Analogue inputs. On the boards with a radio VSYS shares its pin with the clock of the radio's
 * bus. */
#include "yoke/adc.h"

#include "internal.h"

#include "hardware/adc.h"
#include "hardware/gpio.h"

#define FIRST_PIN 26u
#define VSYS_PIN  29u

static bool open;
static const adc_guard *guard;

void adc_guard_vsys(const adc_guard *g)
{
    guard = g;
}

static void open_once(void)
{
    if (open) {
        return;
    }
    adc_init();
    adc_set_temp_sensor_enabled(true);
    for (unsigned pin = FIRST_PIN; pin < VSYS_PIN; pin++) {
        adc_gpio_init(pin);
    }
#if CYW43_USES_VSYS_PIN
    /* Not yet anybody's bus: the radio is told that it is not meant, or it holds the pin. */
    gpio_init(CYW43_DEFAULT_PIN_WL_CS);
    gpio_put(CYW43_DEFAULT_PIN_WL_CS, true);
    gpio_set_dir(CYW43_DEFAULT_PIN_WL_CS, GPIO_OUT);
#endif
    open = true;
}

static int convert(unsigned channel)
{
    adc_select_input(channel);
    return adc_read();
}

/* The pin goes back to whom it was taken from. */
static int convert_vsys(void)
{
    gpio_function_t before = gpio_get_function(VSYS_PIN);
    adc_gpio_init(VSYS_PIN);
    int value = convert(VSYS_PIN - FIRST_PIN);
    gpio_set_function(VSYS_PIN, before);
    return value;
}

static int sample_vsys(void)
{
    if (!guard) {
        return convert_vsys();
    }
    if (!guard->enter()) {
        return YOKE_EBUSY;
    }
    int value = convert_vsys();
    guard->leave();
    return value;
}

int adc_sample(enum adc_input input)
{
    if ((unsigned)input >= ADC_INPUTS) {
        return YOKE_EINVAL;
    }
    if (!open && guard) { /* the pins of the radio are its driver's */
        open = true;
        adc_init();
        adc_set_temp_sensor_enabled(true);
    }
    open_once();
    if (input == ADC_VSYS) {
        return sample_vsys();
    }
    return convert(input == ADC_TEMPERATURE ? ADC_TEMPERATURE_CHANNEL_NUM : (unsigned)input);
}
