/* Functions that the emulator watches: the time of a mark is that of its first instruction, which
 * includes the call to it. */
#ifndef MARKS_H
#define MARKS_H

#define MARK(name)                                                             \
    void name(void);                                                           \
    __attribute__((noinline, section(".time_critical.marks"))) void name(void) \
    {                                                                          \
        __asm volatile("");                                                    \
    }

/* Set by the bench before the start; neither start-up code nor a reset touches it. */
#define SETTING(name) \
    volatile uint32_t __attribute__((section(".uninitialized_data.settings"))) name

#endif
