/* The JSON reader: what is JSON and what is not, finding, values, and the sentences of refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "yoke/json_read.h"

#define TOKENS 64u

static json_token tokens[TOKENS];
static json_document d;

/* In memory of its own, so that a sanitizer sees a look behind the end. */
static char *text;

static int parse_bytes(const char *bytes, size_t length)
{
    free(text);
    text = malloc(length ? length : 1);
    memcpy(text, bytes, length);
    memset(tokens, 0x55, sizeof tokens);
    return json_parse(&d, text, length, tokens, TOKENS);
}

static int parse(const char *json)
{
    return parse_bytes(json, strlen(json));
}

static int teardown(void **state)
{
    (void)state;
    free(text);
    text = NULL;
    return 0;
}

/* --- what is JSON ---------------------------------------------------------------- */

static const char *const right[] = {
    "{}",
    "[]",
    " \t\r\n[ ] ",
    "[[],[[]],{}]",
    "{\"a\":1}",
    "{ \"a\" : { \"b\" : [ 1 , 2 ] } , \"c\" : \"\" }",
    "[0,-0,1,-1,10,0.5,-0.5e1,1E+2,1e-2,123456789012345678901234567890]",
    "[true,false,null]",
    "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDCA1\"]",
    "[\"\xc3\xa9\"]",
    "[{\"a\":{\"a\":{\"a\":[{\"a\":1}]}}},2]",
};

static const char *const wrong[] = {
    "",
    " ",
    "{",
    "[",
    "}",
    "]",
    "1",
    "\"a\"",
    "true",
    "[1",
    "[1}",
    "{]",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[\"a\" \"b\"]",
    "[1]2",
    "[1][2]",
    "{}{}",
    "[]]",
    "{}}",
    "[]x",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1,\"b\"}",
    "{\"a\" 1}",
    "{\"a\"::1}",
    "{\"a\":1:2}",
    "{\"a\":\"b\":\"c\"}",
    "{\"a\":1 2}",
    "{\"a\":1,2}",
    "{1:2}",
    "{true:2}",
    "{[]:1}",
    "{{}:1}",
    "{a:1}",
    "{'a':1}",
    "[1:2]",
    "[\"a\":1]",
    "[:1]",
    "[01]",
    "[-]",
    "[+1]",
    "[.5]",
    "[1.]",
    "[1e]",
    "[1e+]",
    "[1.e1]",
    "[0x1]",
    "[1-2]",
    "[nul]",
    "[nulll]",
    "[True]",
    "[NaN]",
    "[\"a]",
    "[\"\\\"]",
    "[\"\\x\"]",
    "[\"\\u12\"]",
    "[\"\\u123\"]",
    "[\"\\u12g4\"]",
    "[\"\\ud83d\"]",
    "[\"\\ud83d\\n\"]",
    "[\"\\ud83d\\u0041\"]",
    "[\"\\udca1\"]",
    "[\"\n\"]",
    "[\"\xc3\"]",
    "[\"\xc0\xaf\"]",
    "[\"\xed\xa0\x80\"]",
    "[1]\f",
    "\xef\xbb\xbf[]",
};

static void test_what_is_json_is_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        if (parse(right[i]) != YOKE_OK) {
            fail_msg("%s: %s", right[i], d.problem);
        }
    }
}

static void test_what_is_not_json_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (parse(wrong[i]) != YOKE_EINVAL) {
            fail_msg("%s was taken", wrong[i]);
        }
        assert_memory_equal(d.problem, "this is no JSON from byte ", 26);
    }
    assert_int_equal(parse_bytes("[1]\0", 4), YOKE_EINVAL);
    assert_int_equal(parse_bytes("[\"\0\"]", 5), YOKE_EINVAL);
    assert_int_equal(parse_bytes("[\0]", 3), YOKE_EINVAL);
}

static void test_a_refusal_names_the_place(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"a\":1,}"), YOKE_EINVAL);
    assert_string_equal(d.problem, "this is no JSON from byte 6 on");
}

/* Every text cut off anywhere, and with any byte changed: refused or taken, nothing else. */
static void test_damaged_texts_are_looked_at_safely(void **state)
{
    (void)state;
    const char *whole = "{\"a\":[1,{\"b\":\"\\u00e9\\ud83d\\udca1\"},null],\"c\":-1.5e3}";
    size_t length = strlen(whole);
    for (size_t cut = 0; cut < length; cut++) {
        assert_int_equal(parse_bytes(whole, cut), YOKE_EINVAL);
    }
    char copy[64];
    for (size_t i = 0; i < length; i++) {
        memcpy(copy, whole, length);
        for (int byte = 0; byte < 256; byte++) {
            copy[i] = (char)byte;
            int answer = parse_bytes(copy, length);
            assert_true(answer == YOKE_OK || answer == YOKE_EINVAL);
        }
    }
}

static void test_the_limit_of_tokens_is_named(void **state)
{
    (void)state;
    json_token few[4];
    assert_int_equal(json_parse(&d, "[1,2,3]", 7, few, 4), YOKE_OK);
    assert_int_equal(json_parse(&d, "[1,2,3,4]", 9, few, 4), YOKE_EFULL);
    assert_string_equal(d.problem, "this has more than 4 names and values");
}

/* As deep as there are tokens: no stack is needed for it. */
static void test_depth_costs_tokens_only(void **state)
{
    (void)state;
    static json_token many[2000];
    static char deep[4000];
    memset(deep, '[', 2000);
    memset(deep + 2000, ']', 2000);
    assert_int_equal(json_parse(&d, deep, sizeof deep, many, 2000), YOKE_OK);
    char path[40];
    json_path(&d, 1999, path, sizeof path);
    assert_string_equal(path, "0.0.0.0.0.0.0.0");
}

/* --- finding ------------------------------------------------------------------------ */

static void test_members_are_found_by_name(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"a\":{\"b\":1,\"\\u0062c\":2},\"b\":3,\"a\":4}"), YOKE_OK);
    int32_t n = 0;
    unsigned a = json_find(&d, JSON_ROOT, "a");
    assert_int_equal(json_type_of(&d, a), JSON_OBJECT); /* the first of two */
    assert_int_equal(json_get_int(&d, json_find(&d, a, "bc"), 0, 9, &n), YOKE_OK);
    assert_int_equal(n, 2);
    assert_int_equal(json_get_int(&d, json_find(&d, JSON_ROOT, "b"), 0, 9, &n), YOKE_OK);
    assert_int_equal(n, 3);
    assert_int_equal(json_find(&d, JSON_ROOT, "bc"), 0);
    assert_int_equal(json_find(&d, json_find(&d, JSON_ROOT, "b"), "b"), 0);
}

static void test_all_members_and_elements_in_order(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"x\":[1,[2,{\"y\":3}],{},4],\"z\":null}"), YOKE_OK);
    unsigned x = json_first(&d, JSON_ROOT);
    unsigned z = json_next(&d, x);
    char name[4];
    assert_int_equal(json_name(&d, x, name, sizeof name), YOKE_OK);
    assert_string_equal(name, "x");
    assert_int_equal(json_name(&d, z, name, sizeof name), YOKE_OK);
    assert_string_equal(name, "z");
    assert_int_equal(json_type_of(&d, z), JSON_NULL);
    assert_int_equal(json_next(&d, z), 0);
    static const enum json_type types[] = {JSON_NUMBER, JSON_ARRAY, JSON_OBJECT, JSON_NUMBER};
    unsigned n = 0;
    for (unsigned e = json_first(&d, x); e; e = json_next(&d, e)) {
        assert_true(n < 4);
        assert_int_equal(json_type_of(&d, e), types[n++]);
    }
    assert_int_equal(n, 4);
    assert_int_equal(json_first(&d, z), 0);
    assert_int_equal(json_name(&d, json_first(&d, x), name, sizeof name), YOKE_EINVAL);
    assert_string_equal(d.problem, "\"x.0\" has no name");
}

/* --- values --------------------------------------------------------------------------- */

static int int_of(const char *number, int32_t *n)
{
    char json[64] = "[";
    strcat(strcat(json, number), "]");
    assert_int_equal(parse(json), YOKE_OK);
    return json_get_int(&d, 1, -128, INT32_MAX, n);
}

static void test_whole_numbers_in_their_range(void **state)
{
    (void)state;
    int32_t n = 0;
    assert_int_equal(int_of("2147483647", &n), YOKE_OK);
    assert_int_equal(n, INT32_MAX);
    assert_int_equal(int_of("-128", &n), YOKE_OK);
    assert_int_equal(n, -128);
    static const char *const others[] = {
        "2147483648", "-129", "99999999999999999999", "1.0", "1e2", "\"1\"", "null", "true", "[]"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        n = 42;
        assert_int_equal(int_of(others[i], &n), YOKE_EINVAL);
        assert_int_equal(n, 42);
        assert_string_equal(d.problem, "\"0\" must be a whole number from -128 to 2147483647");
    }
}

static void test_booleans(void **state)
{
    (void)state;
    bool b = false;
    assert_int_equal(parse("{\"a\":true,\"b\":0}"), YOKE_OK);
    assert_int_equal(json_get_bool(&d, json_find(&d, 0, "a"), &b), YOKE_OK);
    assert_true(b);
    assert_int_equal(json_get_bool(&d, json_find(&d, 0, "b"), &b), YOKE_EINVAL);
    assert_string_equal(d.problem, "\"b\" must be true or false");
    assert_int_equal(json_get_bool(&d, json_find(&d, 0, "c"), &b), YOKE_ENOENT);
    assert_string_equal(d.problem, "a member is missing");
    assert_true(b);
}

static void test_strings_lose_their_escapes(void **state)
{
    (void)state;
    char to[12];
    assert_int_equal(parse("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\\u00e9\\u20ac\\ud83d\\udca1\","
                           "\"12345678901\",\"123456789012\",\"a\\u0000b\"]"),
                     YOKE_OK);
    assert_int_equal(json_get_string(&d, 1, to, sizeof to), 8);
    assert_string_equal(to, "\"\\/\b\f\n\r\t");
    assert_int_equal(json_get_string(&d, 2, to, sizeof to), 9);
    assert_string_equal(to, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa1");
    assert_int_equal(json_get_string(&d, 3, to, sizeof to), 11);
    assert_int_equal(json_get_string(&d, 4, to, sizeof to), YOKE_EINVAL);
    assert_string_equal(d.problem, "\"3\" must be a string of at most 11 bytes");
    assert_string_equal(to, "12345678901");
    assert_int_equal(json_get_string(&d, 5, to, sizeof to), 3);
    assert_memory_equal(to, "a\0b", 4);
}

static void test_a_path_leads_from_the_top(void **state)
{
    (void)state;
    int32_t n;
    assert_int_equal(parse("{\"seg\":[{\"on\":true},{\"bri\":256}]}"), YOKE_OK);
    unsigned second = json_next(&d, json_first(&d, json_find(&d, JSON_ROOT, "seg")));
    assert_int_equal(json_get_int(&d, json_find(&d, second, "bri"), 0, 255, &n), YOKE_EINVAL);
    assert_string_equal(d.problem, "\"seg.1.bri\" must be a whole number from 0 to 255");
}

static void test_a_long_name_is_cut_in_a_sentence(void **state)
{
    (void)state;
    char json[300] = "{\"", name[8];
    memset(json + 2, 'x', 200);
    strcat(json, "\":1}");
    bool b;
    assert_int_equal(parse(json), YOKE_OK);
    unsigned value = json_first(&d, JSON_ROOT);
    assert_int_equal(json_get_bool(&d, value, &b), YOKE_EINVAL);
    assert_int_equal(strlen(d.problem), 57 + strlen(" must be true or false"));
    assert_int_equal(json_name(&d, value, name, sizeof name), YOKE_EFULL);
    assert_int_equal(json_find(&d, JSON_ROOT, json), 0);
}

#define test_of(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(test_what_is_json_is_taken),
        test_of(test_what_is_not_json_is_refused),
        test_of(test_a_refusal_names_the_place),
        test_of(test_damaged_texts_are_looked_at_safely),
        test_of(test_the_limit_of_tokens_is_named),
        test_of(test_depth_costs_tokens_only),
        test_of(test_members_are_found_by_name),
        test_of(test_all_members_and_elements_in_order),
        test_of(test_whole_numbers_in_their_range),
        test_of(test_booleans),
        test_of(test_strings_lose_their_escapes),
        test_of(test_a_path_leads_from_the_top),
        test_of(test_a_long_name_is_cut_in_a_sentence),
    };
    return cmocka_run_group_tests_name("json_read", tests, NULL, NULL);
}
