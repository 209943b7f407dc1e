/* Ctrl-C and a request to terminate: the first cancels the root task, the second ends the
 * process. */
#define _GNU_SOURCE
#include "internal.h"

#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static yoke_task *root_task;
static bool asked;
static sigset_t before;

static void take_signal(posix_source *s)
{
    struct signalfd_siginfo info;
    if (read(s->fd, &info, sizeof info) != sizeof info) {
        return;
    }
    if (asked) {
        _exit(128 + (int)info.ssi_signo);
    }
    asked = true;
    yoke_cancel(root_task);
}

static posix_source source = {.fd = -1, .ready = take_signal};

/* Blocked before the app thread exists, so that it inherits this. */
void signals_open(yoke_task *root)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &wanted, &before);
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of the write */
    root_task = root;
    asked = false;
    source.fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    sources_watch(&source);
}

void signals_close(void)
{
    posix_forget(&source);
    close(source.fd);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
