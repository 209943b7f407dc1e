/* Settings as text and as JSON, out and in. */
#include "world.h"

#include "settings.h"
#include "yoke/virtual.h"

#include <stdlib.h>

static uint8_t image[VIRTUAL_FLASH_SIZE];

#define store (&settings_store)

static int json_setup(void **state)
{
    world_setup(state);
    memset(image, 0xff, sizeof image);
    virtual_flash_use(image);
    settings_fresh(&settings_config);
    return cfg_open(store);
}

static const cfg_key *key(const char *name)
{
    const cfg_key *k = cfg_find(store, name);
    assert_non_null(k);
    return k;
}

static const char *text_of(const char *name)
{
    static char text[80];
    cfg_text(key(name), text, sizeof text);
    return text;
}

static const char *exported(void)
{
    static char all[2048];
    json_writer w = json_writer_on(all, sizeof all - 1);
    for (unsigned row = 0; cfg_export_row(store, &w, row); row++) {
    }
    assert_int_equal(w.lost, 0);
    all[w.length] = '\0';
    return all;
}

static int import(const char *json)
{
    json_token tokens[32];
    return cfg_import(store, json, strlen(json), tokens, 32);
}

/* --- text -------------------------------------------------------------------------- */

static void test_values_as_text(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
    } rows[] = {{"on", "false"},         {"led.count", "1000"}, {"led.count", "1"},
                {"net.name", "a \"b\""}, {"net.name", ""},      {"token", "00ff1a"},
                {"token", ""},           {"led.order", "BGR"},  {"on", "true"},
                {"starts", "2147483647"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(cfg_set_text(store, key(rows[i].name), rows[i].text), YOKE_OK);
        assert_string_equal(text_of(rows[i].name), rows[i].text);
    }
    cfg_set_text(store, key("token"), "ABcd");
    assert_string_equal(text_of("token"), "abcd");
    cfg_set_text(store, key("wifi.password"), "correct horse");
    assert_string_equal(text_of("wifi.password"), "(13 bytes)");
}

static void test_text_that_is_no_value(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"on", "1"},         {"on", "True"},      {"on", ""},
        {"led.count", ""},   {"led.count", "-"},  {"led.count", "60x"},
        {"led.count", "0"},  {"led.count", "-5"}, {"led.count", "99999999999999999999"},
        {"token", "0"},      {"token", "0g"},     {"token", "000102030405060708090a0b0c0d0e0f10"},
        {"led.order", "rgb"}};
    const char *before = strdup(exported());
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(cfg_set_text(store, key(rows[i][0]), rows[i][1]), YOKE_EINVAL);
        assert_non_null(strstr(store->problem, " must be "));
    }
    assert_string_equal(exported(), before);
    free((void *)before);
}

/* --- JSON --------------------------------------------------------------------------- */

static void test_all_but_secrets_and_hidden_keys_is_exported(void **state)
{
    (void)state;
    cfg_set_text(store, key("wifi.password"), "correct horse");
    cfg_set_text(store, key("token"), "00ff1a");
    cfg_set_text(store, key("net.name"), "a\"b\x80");
    assert_string_equal(exported(),
                        "{\"on\":true,\"led.count\":60,\"net.name\":\"a\\\"b\xef\xbf\xbd\","
                        "\"wifi.password\":{\"length\":13},\"token\":\"00ff1a\","
                        "\"led.order\":\"GRB\"}");
}

static void test_what_was_exported_can_be_imported(void **state)
{
    (void)state;
    cfg_set_text(store, key("wifi.password"), "correct horse");
    cfg_set_text(store, key("token"), "00ff1a");
    cfg_set_text(store, key("on"), "false");
    const char *before = strdup(exported());
    cfg_reset(store);
    cfg_set_text(store, key("wifi.password"), "another secret");
    assert_int_equal(import(before), YOKE_OK);
    assert_string_equal(settings.password, "another secret");
    cfg_set_text(store, key("wifi.password"), "correct horse");
    assert_string_equal(exported(), before);
    free((void *)before);
}

static void test_a_part_changes_that_part(void **state)
{
    (void)state;
    assert_int_equal(import("{\"led.count\":5,\"wifi.password\":\"\\u00e9\"}"), YOKE_OK);
    assert_int_equal(settings.leds, 5);
    assert_string_equal(settings.password, "\xc3\xa9");
    assert_string_equal(settings.name, "yoke");
    assert_int_equal(import("{}"), YOKE_OK);
}

/* The last member of each is wrong: what stands before it must not have been taken. */
static void test_a_document_with_a_mistake_changes_nothing(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"{\"led.count\":5,\"on\":1}", "\"on\" must be true or false"},
        {"{\"on\":false,\"led.count\":0}", "\"led.count\" must be a whole number from 1 to 1000"},
        {"{\"on\":false,\"led.count\":\"5\"}",
         "\"led.count\" must be a whole number from 1 to 1000"},
        {"{\"on\":false,\"led.count\":5.5}", "\"led.count\" must be a whole number from 1 to 1000"},
        {"{\"on\":false,\"net.name\":null}", "\"net.name\" must be a text of at most 32 bytes"},
        {"{\"on\":false,\"net.name\":\"a\\u0000b\"}",
         "\"net.name\" must be a text of at most 32 bytes"},
        {"{\"on\":false,\"net.name\":\"123456789012345678901234567890123\"}",
         "\"net.name\" must be a text of at most 32 bytes"},
        {"{\"on\":false,\"token\":\"0x\"}",
         "\"token\" must be at most 16 bytes, in hexadecimal digits"},
        {"{\"on\":false,\"led.order\":1}", "\"led.order\" must be one of RGB, GRB, BGR"},
        {"{\"on\":false,\"wifi.password\":{}}",
         "\"wifi.password\" must be a text of at most 64 bytes"},
        {"{\"on\":false,\"net.name\":{\"length\":4}}",
         "\"net.name\" must be a text of at most 32 bytes"},
        {"{\"on\":false,\"colour\":1}", "there is no setting \"colour\""},
        {"{\"on\":false,\"starts\":1}", "there is no setting \"starts\""},
        {"{\"on\":false,\"\":1}", "there is no setting \"\""},
        {"{\"on\":false,\"led.count\":2,\"on\":true}", "\"on\" is there twice"},
        {"[]", "settings are one JSON object"},
        {"{\"on\":false,}", "this is no JSON from byte 11 on"},
    };
    const char *before = strdup(exported());
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(import(rows[i][0]), YOKE_EINVAL);
        assert_string_equal(store->problem, rows[i][1]);
        assert_string_equal(exported(), before);
    }
    free((void *)before);
    json_token one;
    assert_int_equal(cfg_import(store, "{\"on\":false}", 12, &one, 1), YOKE_EFULL);
    assert_string_equal(store->problem, "this has more than 1 names and values");
}

static void test_no_row_is_longer_than_promised(void **state)
{
    (void)state;
    static char text[CFG_VALUE_MAX + 1];
    static cfg_key_state longest_state;
    static cfg_key longest = {"a23456789-123456789-123456789.1", "the longest of all",
                              CFG_AS_STRING(text)};
    static cfg_config config = {.keys = &longest,
                                .key_count = 1,
                                .states = &longest_state,
                                .banks = 2,
                                .sectors_a_bank = 1};
    char row[CFG_ROW_MAX];
    settings_fresh(&config);
    assert_int_equal(cfg_open(store), YOKE_OK);
    memset(text, 1, CFG_VALUE_MAX);
    json_writer w = json_writer_on(row, sizeof row);
    cfg_export_row(store, &w, 1);
    assert_int_equal(w.lost, 0);
    assert_int_equal(w.length, 2 + CFG_NAME_MAX + 1 + 2 + 6 * CFG_VALUE_MAX);
}

#define with_store(test) cmocka_unit_test_setup(test, json_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(test_values_as_text),
        with_store(test_text_that_is_no_value),
        with_store(test_all_but_secrets_and_hidden_keys_is_exported),
        with_store(test_what_was_exported_can_be_imported),
        with_store(test_a_part_changes_that_part),
        with_store(test_a_document_with_a_mistake_changes_nothing),
        with_store(test_no_row_is_longer_than_promised),
    };
    return cmocka_run_group_tests_name("config_json", tests, NULL, NULL);
}
