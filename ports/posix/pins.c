/* Buttons for a host that has none: lines "PIN LEVEL" from the FIFO that YOKE_PINS names, as
 *   mkfifo pins; YOKE_PINS=pins make run & echo 12 0 > pins
 * LEVEL is 0 or 1, or - when nobody drives the pin any more. */
#define _GNU_SOURCE
#include "internal.h"
#include "yoke/gpio.h"
#include "yoke/virtual.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_HERE 15

static char line[LINE_MAX_HERE + 1];
static size_t length;

static void obey(void)
{
    unsigned pin;
    char level, rest;
    int n = sscanf(line, "%2u %c %c", &pin, &level, &rest);
    if (n != 2 || pin >= GPIO_PINS || !strchr("01-", level)) {
        fprintf(stderr, "yoke: YOKE_PINS: \"%s\" is not a pin from 0 to %u and a level 0, 1 or -\n",
                line, GPIO_PINS - 1);
    } else if (level == '-') {
        virtual_gpio_release(pin);
    } else {
        virtual_gpio_set(pin, level == '1');
    }
}

static void take(char c)
{
    if (c == '\n') {
        line[length] = '\0';
        obey();
        length = 0;
    } else if (length < LINE_MAX_HERE) {
        line[length++] = c;
    }
}

static void read_lines(posix_source *s)
{
    char text[64];
    ssize_t n;
    while ((n = read(s->fd, text, sizeof text)) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            take(text[i]);
        }
    }
}

static posix_source fifo = {.fd = -1, .ready = read_lines};

/* Opened for writing too, so that the end of one writer is not the end of input. */
void pins_open(void)
{
    const char *name = getenv("YOKE_PINS");
    if (!name) {
        return;
    }
    fifo.fd = open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fifo.fd < 0) {
        fprintf(stderr, "yoke: YOKE_PINS=%s cannot be opened (%s)\n", name, strerror(errno));
        return;
    }
    sources_watch(&fifo);
}

void pins_close(void)
{
    if (fifo.fd >= 0) {
        posix_forget(&fifo);
        close(fifo.fd);
        fifo.fd = -1;
    }
}
