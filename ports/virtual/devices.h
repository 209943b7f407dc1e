/* What the files of this folder share. */
#ifndef YOKE_VIRTUAL_DEVICES_H
#define YOKE_VIRTUAL_DEVICES_H

/* Each device as from power-on. */
void virtual_lines_reset(void);
void virtual_flash_reset(void);
void virtual_gpio_reset(void);
void virtual_adc_reset(void);

#endif
