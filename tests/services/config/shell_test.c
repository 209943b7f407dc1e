/* The settings at the console: shown, changed, reset, and one sentence for each refusal. */
#include "world.h"

#include "settings.h"
#include "yoke/shell_config.h"
#include "yoke/virtual.h"

static uint8_t image[VIRTUAL_FLASH_SIZE];
static char output[8192];
static sim_input input[2];

static const shell_command commands[] = {SHELL_CONFIG_COMMANDS, {NULL, NULL, NULL, 0, NULL}};
static shell s;

static int shell_setup(void **state)
{
    world_setup(state);
    memset(image, 0xff, sizeof image);
    virtual_flash_use(image);
    settings_fresh(&settings_config);
    shell_config_open(&settings_store);
    return cfg_open(&settings_store);
}

/* What the shell answers to `text`; the settings stay. */
static const char *answer(const char *text)
{
    world_config.output = output;
    world_config.output_size = sizeof output - 1;
    world_config.input = input;
    input[0] = (sim_input){.at_us = 0, .text = text};
    world_open_again();
    s = (shell){.task = YOKE_TASK(shell_body), .commands = commands};
    assert_int_equal(world_run(&s.task), YOKE_OK);
    output[sim_output_length()] = '\0';
    return output;
}

static void test_all_are_listed_but_hidden_ones(void **state)
{
    (void)state;
    assert_string_equal(answer("config\n"),
                        "SETTING              VALUE            DEFAULT          WHAT IT IS\n"
                        "on                   true             true             "
                        "whether the strip shines: true or false\n"
                        "led.count            60               60               "
                        "LEDs on the strip: a whole number from 1 to 1000\n"
                        "net.name             yoke             yoke             "
                        "host name: a text of at most 32 bytes\n"
                        "wifi.password        (0 bytes)        (0 bytes)        "
                        "of the network: a text of at most 64 bytes\n"
                        "token                                                  "
                        "of the API: at most 16 bytes, in hexadecimal digits\n"
                        "led.order            GRB              GRB              "
                        "of colours on the wire: one of RGB, GRB, BGR\n");
}

static void test_one_is_shown_in_full(void **state)
{
    (void)state;
    assert_string_equal(answer("config led.count 7\nconfig led.count\n"),
                        "led.count is 7 now.\n"
                        "led.count: LEDs on the strip\n"
                        "value    7\n"
                        "default  60\n"
                        "range    a whole number from 1 to 1000\n");
    assert_string_equal(answer("config net.name \"a long name with blanks in it\"\n"
                               "config net.name\n"),
                        "net.name is a long name with blanks in it now.\n"
                        "net.name: host name\n"
                        "value    a long name with blanks in it\n"
                        "default  yoke\n"
                        "range    a text of at most 32 bytes\n");
}

static void test_each_type_is_changed(void **state)
{
    (void)state;
    assert_string_equal(answer("config on false\nconfig led.count 1000\nconfig net.name x\n"
                               "config token 00A1ff\nconfig led.order BGR\n"),
                        "on is false now.\nled.count is 1000 now.\nnet.name is x now.\n"
                        "token is 00a1ff now.\nled.order is BGR now.\n");
    assert_false(settings.on);
    assert_int_equal(settings.leds, 1000);
    assert_string_equal(settings.name, "x");
    assert_int_equal(settings.token.length, 3);
    assert_int_equal(settings.order, 2);
}

static void test_a_secret_is_never_shown(void **state)
{
    (void)state;
    const char *all = answer("config wifi.password swordfish\nconfig wifi.password\nconfig\n");
    assert_null(strstr(all, "swordfish"));
    assert_non_null(strstr(all, "wifi.password is (9 bytes) now.\n"));
    assert_non_null(strstr(all, "value    (9 bytes)\n"));
    assert_string_equal(settings.password, "swordfish");
}

static void test_what_is_refused_changes_nothing(void **state)
{
    (void)state;
    assert_string_equal(
        answer("config led.count 0\nconfig led.count x\nconfig on yes\nconfig led.order RBG\n"),
        "Not changed: \"led.count\" must be a whole number from 1 to 1000.\n"
        "Not changed: \"led.count\" must be a whole number from 1 to 1000.\n"
        "Not changed: \"on\" must be true or false.\n"
        "Not changed: \"led.order\" must be one of RGB, GRB, BGR.\n");
    assert_int_equal(settings.leds, 60);
    assert_true(settings.on);
    assert_int_equal(settings.order, 1);
}

static void test_no_such_setting(void **state)
{
    (void)state;
    const char *none = "There is no setting \"led\"; \"config\" lists them.\n";
    assert_string_equal(answer("config led\n"), none);
    assert_string_equal(answer("config led 7\n"), none);
    const char *hidden = "There is no setting \"starts\"; \"config\" lists them.\n";
    assert_string_equal(answer("config starts\n"), hidden);
    assert_string_equal(answer("config starts 7\n"), hidden);
    assert_int_equal(settings.starts, 0);
}

static void test_a_value_of_two_words_needs_quotes(void **state)
{
    (void)state;
    assert_string_equal(answer("config net.name a b\n"),
                        "\"config\" is used as: config\nor as: config KEY\n"
                        "or as: config KEY VALUE\n");
    assert_string_equal(settings.name, "yoke");
}

static void test_all_is_reset_by_the_right_word_only(void **state)
{
    (void)state;
    answer("config led.count 7\nconfig net.name lamp\n");
    assert_string_equal(answer("reset\n"), "\"reset\" is used as: reset everything\n");
    assert_string_equal(answer("reset led.count\n"),
                        "Not reset: say \"reset everything\" to lose all settings.\n");
    assert_int_equal(settings.leds, 7);
    assert_string_equal(answer("reset everything\n"),
                        "All settings have their defaults now; what was saved is erased.\n");
    assert_int_equal(settings.leds, 60);
    assert_string_equal(settings.name, "yoke");
}

/* Save all, and lose what is in RAM. */
static void start_again(void)
{
    begin(&platform, &settings_store.task);
    assert_int_equal(settings_flush(), YOKE_OK);
    settings_fresh(&settings_config);
    settings.leds = 0;
    assert_int_equal(cfg_open(&settings_store), YOKE_OK);
}

static void test_changes_and_resets_outlast_the_power(void **state)
{
    (void)state;
    answer("config led.count 7\n");
    start_again();
    assert_int_equal(settings.leds, 7);
    answer("reset everything\n");
    start_again();
    assert_int_equal(settings.leds, 60);
}

static void test_without_a_store(void **state)
{
    (void)state;
    shell_config_open(NULL);
    const char *none = "This program has no settings.\n";
    assert_string_equal(answer("config\n"), none);
    assert_string_equal(answer("config on\n"), none);
    assert_string_equal(answer("config on false\n"), none);
    assert_string_equal(answer("reset everything\n"), none);
    assert_true(settings.on);
}

#define with_settings(test) cmocka_unit_test_setup(test, shell_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_settings(test_all_are_listed_but_hidden_ones),
        with_settings(test_one_is_shown_in_full),
        with_settings(test_each_type_is_changed),
        with_settings(test_a_secret_is_never_shown),
        with_settings(test_what_is_refused_changes_nothing),
        with_settings(test_no_such_setting),
        with_settings(test_a_value_of_two_words_needs_quotes),
        with_settings(test_all_is_reset_by_the_right_word_only),
        with_settings(test_changes_and_resets_outlast_the_power),
        with_settings(test_without_a_store),
    };
    return cmocka_run_group_tests_name("the shell's settings", tests, NULL, NULL);
}
