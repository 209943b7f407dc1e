/* What a host port gives its virtual devices. */
#ifndef YOKE_VIRTUAL_HOOKS_H
#define YOKE_VIRTUAL_HOOKS_H

#include <stdint.h>

/* Where VIRTUAL_FLASH_SIZE bytes of flash are kept; NULL: in memory. Asked once. */
uint8_t *host_flash_image(uint32_t size);

/* A window of the flash takes so long: the platform loop stands still. */
void host_flash_takes(uint32_t us);

/* The power is lost. */
_Noreturn void host_power_lost(void);

/* Call `run` as an interrupt of core 0. */
void host_interrupt(void (*run)(void *arg), void *arg);

/* Time passes on the calling core, at most until `until_us`. */
void host_rest(uint64_t until_us);

#endif
