/* Numbered checks: they stay in release builds, and are reported by module and number.
 *
 * A check guards against a mistake of the programmer, never against bad input. The numbers are
 * listed in kernel/README.md; a number once given is never used again for something else. */
#ifndef YOKE_CHECK_H
#define YOKE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/* Stop the machine in an orderly way and tell where: "loop 310". `module` must live for ever.
 * Any core, any interrupt. Does not return: the port records the two values and restarts. */
_Noreturn void yoke_check_failed(const char *module, uint16_t number);

/* Fail unless `ok`. Any core, any interrupt. */
static inline void yoke_check(bool ok, const char *module, uint16_t number)
{
    if (__builtin_expect(!ok, 0)) {
        yoke_check_failed(module, number);
    }
}

#endif
