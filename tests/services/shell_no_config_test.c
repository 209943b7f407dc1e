/* The shell's commands for settings in a program that has none. */
#include "world.h"

#include "yoke/shell_config.h"

static void test_each_says_that_there_are_none(void **state)
{
    (void)state;
    static const shell_command commands[] = {SHELL_CONFIG_COMMANDS};
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        shell s = {.commands = commands};
        assert_false(commands[i].run(&s, 0));
        assert_int_equal(s.text_length, 30);
        assert_memory_equal(s.text, "This program has no settings.\n", 30);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {in_world(test_each_says_that_there_are_none)};
    return cmocka_run_group_tests_name("shell without settings", tests, NULL, NULL);
}
