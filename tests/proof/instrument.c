/* The compiler's option -fsanitize=thread puts a call before every load and store of the code under
 * proof. Here is what it calls: not ThreadSanitizer, but our memory model. */
#include "engine.h"

#include <string.h>

#define HERE __builtin_return_address(0)

void __tsan_init(void);
void __tsan_func_entry(void *caller);
void __tsan_func_exit(void);

void __tsan_init(void)
{
}

void __tsan_func_entry(void *caller)
{
    (void)caller;
}

void __tsan_func_exit(void)
{
}

#define PLAIN(size)                                          \
    void __tsan_read##size(void *address);                   \
    void __tsan_write##size(void *address);                  \
    void __tsan_unaligned_read##size(void *address);         \
    void __tsan_unaligned_write##size(void *address);        \
    void __tsan_read##size(void *address)                    \
    {                                                        \
        memory_plain((uintptr_t)address, size, false, HERE); \
    }                                                        \
    void __tsan_write##size(void *address)                   \
    {                                                        \
        memory_plain((uintptr_t)address, size, true, HERE);  \
    }                                                        \
    void __tsan_unaligned_read##size(void *address)          \
    {                                                        \
        memory_plain((uintptr_t)address, size, false, HERE); \
    }                                                        \
    void __tsan_unaligned_write##size(void *address)         \
    {                                                        \
        memory_plain((uintptr_t)address, size, true, HERE);  \
    }

PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

void __tsan_read_range(void *address, size_t size);
void __tsan_write_range(void *address, size_t size);

void __tsan_read_range(void *address, size_t size)
{
    memory_plain((uintptr_t)address, size, false, HERE);
}

void __tsan_write_range(void *address, size_t size)
{
    memory_plain((uintptr_t)address, size, true, HERE);
}

/* Atomic loads and stores. Exchanges and the like are left out on purpose: the Cortex-M0+ has none,
 * so a kernel that used one would not link here. */
#define ATOMIC(bits)                                                                           \
    uint##bits##_t __tsan_atomic##bits##_load(const volatile void *address, int order);        \
    void __tsan_atomic##bits##_store(volatile void *address, uint##bits##_t value, int order); \
    uint##bits##_t __tsan_atomic##bits##_load(const volatile void *address, int order)         \
    {                                                                                          \
        return (uint##bits##_t)memory_load((uintptr_t)address, bits / 8, order, HERE);         \
    }                                                                                          \
    void __tsan_atomic##bits##_store(volatile void *address, uint##bits##_t value, int order)  \
    {                                                                                          \
        memory_store((uintptr_t)address, bits / 8, value, order, HERE);                        \
    }

ATOMIC(8)
ATOMIC(16)
ATOMIC(32)
ATOMIC(64)

/* Against the compiler only; the order of a thread's own steps is kept anyway. */
void __tsan_atomic_signal_fence(int order);
void __tsan_atomic_signal_fence(int order)
{
    (void)order;
}

void __tsan_atomic_thread_fence(int order);

void __tsan_atomic_thread_fence(int order)
{
    memory_fence(order, HERE);
}

/* The code under proof is compiled with -Dmemcpy=proof_memcpy, and so on. */
void *proof_memcpy(void *to, const void *from, size_t size);
void *proof_memset(void *to, int byte, size_t size);

void *proof_memcpy(void *to, const void *from, size_t size)
{
    memory_plain((uintptr_t)from, size, false, HERE);
    memory_plain((uintptr_t)to, size, true, HERE);
    return memcpy(to, from, size);
}

void *proof_memset(void *to, int byte, size_t size)
{
    memory_plain((uintptr_t)to, size, true, HERE);
    return memset(to, byte, size);
}
