/* The console on standard input and output. */
#define _GNU_SOURCE
#include "yoke/console.h"

#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Tasks that may wait for room in the output at the same time; more are refused. */
#define WRITERS_MAX 8

static yoke_task *writers[WRITERS_MAX];

static void wake_writers(posix_source *s)
{
    (void)s;
    for (int i = 0; i < WRITERS_MAX; i++) {
        if (writers[i]) {
            yoke_wake(writers[i]);
        }
    }
}

static posix_source input = {.fd = STDIN_FILENO};
static posix_source output = {.fd = STDOUT_FILENO, .ready = wake_writers};

int console_read(yoke_task *t, char *buffer, size_t size)
{
    int answer = posix_wait(t, &input, EPOLLIN);
    if (answer != YOKE_OK) {
        return answer;
    }
    ssize_t n = read(input.fd, buffer, size);
    return n > 0 ? (int)n : 0;
}

static yoke_task **slot_of(const yoke_task *t)
{
    for (int i = 0; i < WRITERS_MAX; i++) {
        if (writers[i] == t) {
            return &writers[i];
        }
    }
    return NULL;
}

/* Ready means that a short write does not block: so a pipe nobody reads holds up this task, not
 * the loop. */
static int wait_for_room(yoke_task *t)
{
    yoke_task **mine = slot_of(t);
    if (!mine) {
        mine = slot_of(NULL);
    }
    if (!mine) {
        return YOKE_EBUSY;
    }
    int answer = posix_poll(&output, EPOLLOUT);
    if (answer == YOKE_PENDING) {
        return yoke_park(t, mine);
    }
    *mine = NULL;
    return answer;
}

static int write_all(const char *text, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = write(output.fd, text + done, size - done);
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            return YOKE_EIO;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return (int)size;
}

int console_write(yoke_task *t, const char *text, size_t size)
{
    if (size > CONSOLE_WRITE_MAX) {
        return YOKE_EINVAL;
    }
    int answer = wait_for_room(t);
    return answer == YOKE_OK ? write_all(text, size) : answer;
}

/* The terminal does it. */
bool console_wants_echo(void)
{
    return false;
}

bool console_has_colour(void)
{
    const char *no_colour = getenv("NO_COLOR");
    return isatty(output.fd) && !(no_colour && *no_colour);
}
