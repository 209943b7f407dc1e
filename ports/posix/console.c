/* The console on standard input and output. */
#define _GNU_SOURCE
#include "yoke/console.h"

#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static posix_source input = {.fd = STDIN_FILENO};
static posix_source output = {.fd = STDOUT_FILENO};

int console_read(yoke_task *t, char *buffer, size_t size)
{
    int answer = posix_wait(t, &input, EPOLLIN);
    if (answer != YOKE_OK) {
        return answer;
    }
    ssize_t n = read(input.fd, buffer, size);
    return n > 0 ? (int)n : 0;
}

/* Ready means that a short write does not block: so a pipe nobody reads holds up this task, not
 * the loop. */
int console_write(yoke_task *t, const char *text, size_t size)
{
    if (size > CONSOLE_WRITE_MAX) {
        return YOKE_EINVAL;
    }
    int answer = posix_wait(t, &output, EPOLLOUT);
    if (answer != YOKE_OK) {
        return answer;
    }
    for (size_t done = 0; done < size;) {
        ssize_t n = write(output.fd, text + done, size - done);
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            return YOKE_EIO;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return (int)size;
}

bool console_has_colour(void)
{
    const char *no_colour = getenv("NO_COLOR");
    return isatty(output.fd) && !(no_colour && *no_colour);
}
