/* The console: bytes in, bytes out. Standard input and output on the host, a UART on the chip. */
#ifndef YOKE_CONSOLE_H
#define YOKE_CONSOLE_H

#include "yoke/task.h"

#define CONSOLE_WRITE_MAX 256u /* bytes a write can take */

/* Wait for input; answers how many bytes were put into `buffer`, 1 to `size`, or 0 at the end of
 * input, and then always. One waiter (check task 102). Platform loop. */
YOKE_ASYNC int console_read(yoke_task *t, char *buffer, size_t size);

/* Write all of `text`, `size` bytes, at most CONSOLE_WRITE_MAX, in one piece: what other tasks
 * write comes before it or after it. Answers `size`; YOKE_EINVAL: too long; YOKE_EBUSY: eight other
 * tasks wait for room already; YOKE_EIO: the other side is gone, nothing can be written any more.
 * Platform loop. */
YOKE_ASYNC int console_write(yoke_task *t, const char *text, size_t size);

/* True when what is typed must be sent back to be seen: the other end of a UART shows only what it
 * gets. Any core. */
bool console_wants_echo(void);

/* Show `text` from now on in a line of its own that stays, where a person watches a terminal that
 * has one; elsewhere no effect. Cut off after CONSOLE_STATUS_MAX - 1 bytes. Platform loop. */
#define CONSOLE_STATUS_MAX 128u
void console_status(const char *text);

/* True when a person watches: colours are welcome. False under NO_COLOR. Any core. */
bool console_has_colour(void);

#endif
