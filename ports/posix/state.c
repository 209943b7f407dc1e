/* What survives a restart of the process: files in the folder that YOKE_STATE names. Without it
 * nothing is kept, and each run begins as from power-on. */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_HERE 16u

static char path[PATH_MAX];
static size_t folder_length; /* 0: nothing is kept */

static void refuse(const char *folder, const char *why)
{
    fprintf(stderr, "yoke: YOKE_STATE=%s cannot be used (%s); nothing is kept after this run\n",
            folder, why);
}

void state_open(void)
{
    const char *folder = getenv("YOKE_STATE");
    if (folder_length || !folder || !*folder) {
        return;
    }
    size_t length = strlen(folder);
    if (length + NAME_MAX_HERE + 2 > sizeof path) {
        refuse(folder, "too long");
    } else if (mkdir(folder, 0777) < 0 && errno != EEXIST) {
        refuse(folder, strerror(errno));
    } else {
        memcpy(path, folder, length);
        path[length] = '/';
        folder_length = length + 1;
    }
}

const char *state_path(const char *name)
{
    size_t length = strlen(name);
    if (!folder_length || length > NAME_MAX_HERE) {
        return NULL;
    }
    memcpy(path + folder_length, name, length + 1);
    return path;
}

bool state_read(const char *name, void *to, size_t size)
{
    const char *file = state_path(name);
    int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) {
        return false;
    }
    bool whole = read(fd, to, size) == (ssize_t)size;
    close(fd);
    return whole;
}

void state_write(const char *name, const void *from, size_t size)
{
    const char *file = state_path(name);
    int fd = file ? open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    if (fd < 0) {
        return;
    }
    if (write(fd, from, size) != (ssize_t)size) {
        ftruncate(fd, 0);
    }
    close(fd);
}

void state_remove(const char *name)
{
    const char *file = state_path(name);
    if (file) {
        unlink(file);
    }
}
