/* What the virtual devices need of this port. */
#define _GNU_SOURCE
#include "hooks.h"
#include "internal.h"
#include "yoke/delay.h"
#include "yoke/virtual.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define POWER_LOST 75 /* as after every end that asks for another start */

__attribute__((constructor)) static void power_on(void)
{
    virtual_reset();
    const char *cut = getenv("YOKE_FLASH_CUT");
    if (cut) {
        virtual_flash_cut(strtoull(cut, NULL, 10));
    }
}

/* A new file is an erased flash. */
static uint8_t *map(const char *file, uint32_t size)
{
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        return NULL;
    }
    bool is_new = lseek(fd, 0, SEEK_END) != (off_t)size;
    uint8_t *image = MAP_FAILED;
    if (ftruncate(fd, size) == 0) {
        image = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    close(fd);
    if (image == MAP_FAILED) {
        return NULL;
    }
    if (is_new) {
        memset(image, 0xff, size);
    }
    return image;
}

uint8_t *host_flash_image(uint32_t size)
{
    state_open();
    const char *file = state_path("flash");
    uint8_t *image = file ? map(file, size) : NULL;
    if (file && !image) {
        fprintf(stderr, "yoke: %s cannot be used; the flash is kept in memory only\n", file);
    }
    return image;
}

void host_flash_takes(uint32_t us)
{
    (void)us;
}

_Noreturn void host_power_lost(void)
{
    static const char text[] = "yoke: the power is lost\n";
    ssize_t unused = write(STDERR_FILENO, text, sizeof text - 1);
    (void)unused;
    _exit(POWER_LOST);
}

void host_interrupt(void (*run)(void *arg), void *arg)
{
    as_interrupt(run, arg);
}

void host_rest(uint64_t until_us)
{
    uint64_t now_us = yoke_port_now_us();
    delay_us(until_us > now_us ? (uint32_t)(until_us - now_us) : 0);
}
