/* A world for one test: both loops on the simulator port, fresh, with an empty trace.
 *
 * YOKE_TEST_SEED in the environment draws another order of the loops and, unless it is 0, lets
 * stray wakes rain. What a test expects must not depend on it. */
#ifndef WORLD_H
#define WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "trace.h"
#include "yoke/port.h"
#include "yoke/sim.h"
#include "yoke/yoke.h"

extern yoke_loop platform;
extern yoke_app app;
extern sim_config world_config; /* change it, then world_open_again() */

/* Open a fresh world with the default configuration. */
void world_open(void);

/* Open it with what `world_config` says now. */
void world_open_again(void);

/* From now on no stray wakes: for tests that count runs. */
void world_without_strays(void);

/* Run both loops until `root` is done; answers its result. */
int world_run(yoke_task *root);

/* Run both loops for `ms`. */
void world_run_ms(uint32_t ms);

/* When the platform loop has something to do next: YOKE_NEVER when no timer runs on it. */
uint64_t world_next_us(void);

/* Start `t` on `home`, which must work. */
void begin(yoke_loop *home, yoke_task *t);

/* cmocka's setup function of every test. */
int world_setup(void **state);

#define in_world(test) cmocka_unit_test_setup(test, world_setup)

/* --- failed checks --- */

extern jmp_buf world_check_jump;
extern const char *world_check_module;
extern uint16_t world_check_number;
extern bool world_check_expected;

/* `statement` must fail check `module` `number_`. The world cannot be used any more after it. */
#define assert_check_fails(module, number_, statement)     \
    do {                                                   \
        world_check_expected = true;                       \
        if (setjmp(world_check_jump) == 0) {               \
            statement;                                     \
            world_check_expected = false;                  \
            fail_msg("no check failed");                   \
        }                                                  \
        world_check_expected = false;                      \
        assert_string_equal(world_check_module, (module)); \
        assert_int_equal(world_check_number, (number_));   \
    } while (0)

#endif
