/* The part of the flash that is kept for data: NOR flash, erased by sectors, programmed by pages.
 *
 * Erased bytes are 0xff; programming clears bits and never sets one. While the chip erases or
 * programs, nothing can be read from it: core 0 waits in RAM with its interrupts off, core 1 goes
 * on, since all that the app loop reaches is in RAM. One call is one such window: a sector (45 ms
 * typical, 400 ms at most) or a page (0.4 ms typical, 3 ms at most; W25Q16JV data sheet), and
 * before each the other ready tasks of the platform loop run once.
 *
 * Offsets count from the beginning of the region. One user at a time: the store that owns it. */
#ifndef YOKE_FLASH_H
#define YOKE_FLASH_H

#include "yoke/task.h"

#define FLASH_SECTOR 4096u /* bytes */
#define FLASH_PAGE   256u  /* bytes */

/* Bytes of the region, a multiple of FLASH_SECTOR; 0: this machine has none. Any core. */
uint32_t flash_size(void);

/* Copy `size` bytes at `offset` to `to`. YOKE_EINVAL: not within the region. Platform loop, also
 * before it runs. Never waits. */
int flash_read(uint32_t offset, void *to, uint32_t size);

/* Erase the sector at `offset`, a multiple of FLASH_SECTOR. Answers YOKE_OK; YOKE_EINVAL: not a
 * sector of the region; YOKE_EIO: the chip refused. A cancel that comes before the window leaves
 * the sector as it was. Platform loop. */
YOKE_ASYNC int flash_erase(yoke_task *t, uint32_t offset);

/* Program `size` bytes, 1 to FLASH_PAGE, that lie within one page, from `from` (in RAM; read when
 * the window begins). Answers YOKE_OK; YOKE_EINVAL: not within one page of the region; YOKE_EIO: a
 * bit would have to be set (nothing changed), or the chip refused. Platform loop. */
YOKE_ASYNC int flash_program(yoke_task *t, uint32_t offset, const void *from, uint32_t size);

/* True in a window: no instruction and no constant can be read from flash. For the app loop, which
 * goes on meanwhile. Any core, any interrupt; in RAM. */
bool flash_busy(void);

/* Windows so far, and the time of the longest in us; modulo 2^32. Any core. */
typedef struct {
    uint32_t erases, programs;
    uint32_t window_us_longest;
} flash_account;

flash_account flash_counts(void);

#endif
