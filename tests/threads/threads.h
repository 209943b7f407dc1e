/* For tests with two real threads. cmocka may only be asked in the main thread, so what runs on the
 * loops counts mistakes, and the test asserts at its end that there were none. */
#ifndef THREADS_H
#define THREADS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "yoke/posix.h"
#include "yoke/yoke.h"

extern yoke_loop platform;
extern yoke_app app;
extern atomic_uint mistakes;

/* Count a mistake unless `ok`. Any thread. */
void expect(bool ok);

/* `full`, or so many percent of it as YOKE_TEST_ROUNDS in the environment says. */
uint32_t rounds(uint32_t full);

/* Both loops fresh, no mistakes. */
int threads_setup(void **state);

/* Run `root` and assert that there were no mistakes. */
void run(yoke_task *root);

#define on_threads(test) cmocka_unit_test_setup(test, threads_setup)

#endif
