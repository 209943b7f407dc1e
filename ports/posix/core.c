/* The app thread from outside: it is ended by a signal, whose handler jumps to where the thread
 * began; a deadly signal of its own ends it the same way.
 *
 * What it may have been in the middle of: the kernel's lists (yoke/rescue.h makes them good), the
 * kernel's lock (below), and, if a step breaks the rule that the app loop neither allocates nor
 * prints, a lock of the C library, which nobody can give back. */
#define _GNU_SOURCE
#include "yoke/core.h"

#include "internal.h"

#include <signal.h>
#include <string.h>
#include <ucontext.h>

#define END_SIGNAL    (SIGRTMAX - 1)
#define STACK_EDGE    65536u /* a fault so near to the end of the stack is an overflow */
#define HANDLER_STACK 65536u

static const int deadly[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};

sigjmp_buf core_way_out;

static _Thread_local volatile sig_atomic_t may_be_ended;
static atomic_uint state = CORE_OFF; /* enum core_state */
static bool guarded;
static bool broken; /* the lock was taken over; not told yet */
static core_fault seen;
static uintptr_t stack_end;
static stack_t stack_before;

/* --- on the app thread ----------------------------------------------- */

static uint64_t address_in(const ucontext_t *at)
{
#if defined(__x86_64__)
    return (uint64_t)at->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return at->uc_mcontext.pc;
#else
    (void)at;
    return 0;
#endif
}

static bool near_stack_end(const void *address)
{
    return (uintptr_t)address - (stack_end - STACK_EDGE) < (uintptr_t)2 * STACK_EDGE;
}

/* Wherever the thread is: back to its beginning, and out. */
static void end_here(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
    if (may_be_ended) {
        siglongjmp(core_way_out, 1);
    }
}

/* A fault elsewhere is not ours: it comes again at once, and is deadly. */
static void on_fault(int number, siginfo_t *info, void *context)
{
    if (!may_be_ended) {
        signal(number, SIG_DFL);
        return;
    }
    bool overflow = number == SIGSEGV && near_stack_end(info->si_addr);
    seen = (core_fault){.kind = overflow ? CORE_STACK : CORE_EXCEPTION,
                        .core = 1,
                        .at_us = yoke_port_now_us(),
                        .address = address_in(context),
                        .number = (uint32_t)number};
    atomic_store_explicit(&state, CORE_FAULTED, memory_order_release);
    sources_interrupt();
    siglongjmp(core_way_out, 1);
}

static void find_stack_end(void)
{
    pthread_attr_t attributes;
    void *address = NULL;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &address, &size);
        pthread_attr_destroy(&attributes);
    }
    stack_end = (uintptr_t)address;
}

static void let_end_signal(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, END_SIGNAL);
    pthread_sigmask(how, &set, NULL);
}

void core_thread_begins(void)
{
    static _Alignas(16) char handler_stack[HANDLER_STACK];
    const stack_t mine = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    if (!guarded) {
        return;
    }
    find_stack_end();
    sigaltstack(&mine, &stack_before);
    may_be_ended = true;
    let_end_signal(SIG_UNBLOCK);
}

void core_thread_ends(void)
{
    may_be_ended = false;
    if (guarded) {
        let_end_signal(SIG_BLOCK);
        sigaltstack(&stack_before, NULL);
    }
    unsigned running = CORE_RUNNING; /* a fault stays one */
    atomic_compare_exchange_strong(&state, &running, CORE_OFF);
}

/* --- on the platform thread ------------------------------------------ */

void core_is_launched(bool launched)
{
    let_end_signal(SIG_BLOCK); /* inherited: it is not ready for it before core_thread_begins() */
    atomic_store(&state, launched ? CORE_RUNNING : CORE_OFF);
}

static void handle(int number, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void core_guard(void)
{
    guarded = true;
    handle(END_SIGNAL, end_here);
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        handle(deadly[i], on_fault);
    }
}

enum core_state core_state(void)
{
    return (enum core_state)atomic_load_explicit(&state, memory_order_acquire);
}

core_fault core_seen(void)
{
    return core_state() == CORE_FAULTED ? seen : (core_fault){.kind = CORE_NO_FAULT};
}

static void end_thread(void)
{
    const pthread_t *thread = app_thread_running();
    if (thread) {
        pthread_kill(*thread, END_SIGNAL);
        app_thread_reap();
    }
}

/* A holder that only does not get the processor is given a long time. */
void core_lock_is_stuck(uint64_t for_us)
{
    bool dead = core_state() == CORE_FAULTED;
    if (guarded && (dead || for_us > posix_tune.lock_limit_us)) {
        end_thread();
        broken = lock_holder() == LOCK_APP;
        if (broken) {
            lock_take_over();
        }
    }
}

/* With the lock in hand, the thread is not between two operations on a list of the kernel. */
enum core_end core_reset(void)
{
    uint32_t saved = yoke_port_lock();
    end_thread();
    yoke_port_unlock(saved);
    atomic_store(&state, CORE_OFF);
    enum core_end end = broken ? CORE_ENDED_WITH_LOCK : CORE_ENDED_CLEAN;
    broken = false;
    return end;
}

/* --- the record ------------------------------------------------------ */

static core_fault record; /* where there is no file */

bool core_fault_read(core_fault *f)
{
    state_open();
    if (!state_read("fault", f, sizeof *f)) {
        *f = record;
    }
    f->name[CORE_NAME_MAX] = '\0';
    return f->kind != CORE_NO_FAULT;
}

void core_fault_write(const core_fault *f)
{
    state_open();
    record = *f;
    if (f->kind == CORE_NO_FAULT) {
        state_remove("fault");
    } else {
        state_write("fault", f, sizeof *f);
    }
}
