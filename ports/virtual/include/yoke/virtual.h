/* The outside of the virtual devices: what a person, a power cut or a strip of LEDs would do or
 * see. For tests, and for what stands in for a person on the host. */
#ifndef YOKE_VIRTUAL_H
#define YOKE_VIRTUAL_H

#include "yoke/adc.h"
#include "yoke/strip.h"

#define VIRTUAL_FLASH_SIZE (256u * 1024u)
#define VIRTUAL_DRAWN_MAX  256u /* LEDs of a strip that virtual_strip_drawn() knows */

/* All devices as from power-on, except what the flash holds. */
void virtual_reset(void);

/* --- strip ------------------------------------------------------------------ */

/* LED `pixel` of `lane` as the frame that was sent last makes it shine: decoded from the bits on
 * the wire. All zero before the first. The core that shows. */
strip_pixel virtual_strip_pixel(const strip *s, unsigned lane, unsigned pixel);

/* The same of the strip opened `n`-th, for whoever draws it: LED `index` of all lanes, one after
 * the other, as 0xWWRRGGBB. Any thread; frames may mix. False: there is no such strip or LED. */
bool virtual_strip_drawn(unsigned n, unsigned index, uint32_t *colour);

/* Frames sent on it, modulo 2^32. Any thread. */
uint32_t virtual_strip_frames(unsigned n);

/* --- flash ------------------------------------------------------------------ */

/* Use `image`, VIRTUAL_FLASH_SIZE bytes, instead of the port's own; NULL: the port's own again. */
void virtual_flash_use(uint8_t *image);

/* Lose the power after so many steps from now: a step is a byte that is programmed, or half an
 * erase. The step at which it is lost is done by half. 0: never. */
void virtual_flash_cut(uint64_t steps);

/* What that half is: 0: the bytes before the step are done, and half the bits of the byte, or half
 * the sector. Otherwise drawn from `seed`: any bit of all that was still to be programmed, or
 * erased, is done or not. */
void virtual_flash_tear(uint32_t seed);

/* Have the next `writes` erases and programs refused (YOKE_EIO): nothing of them is done. */
void virtual_flash_refuse(uint32_t writes);

/* Steps done so far. */
uint64_t virtual_flash_steps(void);

/* --- pins and analogue inputs ------------------------------------------------ */

/* Somebody outside pulls `pin` to this level, against its own pull; tells its watcher. An output
 * keeps its level. Simulator: from an interrupt (sim_interrupt_at); posix: platform thread. */
void virtual_gpio_set(unsigned pin, bool level);

/* Nobody does any more: the pin's own pull decides. The same. */
void virtual_gpio_release(unsigned pin);

/* What adc_sample() answers from now on, 0 to ADC_MAX. */
void virtual_adc_set(enum adc_input input, uint16_t value);

#endif
