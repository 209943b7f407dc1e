/* All of them. */
#include "devices.h"

#include "yoke/virtual.h"

void virtual_reset(void)
{
    virtual_lines_reset();
    virtual_flash_reset();
    virtual_gpio_reset();
    virtual_adc_reset();
}
