/* The JSON writer: each value, commas, escapes, and buffers that are too small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "yoke/json.h"

static char buffer[512];
static json_writer w;

static int setup(void **state)
{
    (void)state;
    w = json_writer_on(buffer, sizeof buffer - 1);
    return 0;
}

static const char *written(void)
{
    assert_int_equal(w.lost, 0);
    buffer[w.length] = '\0';
    return buffer;
}

static const char *quoted(const char *text, size_t length)
{
    setup(NULL);
    json_put_text(&w, NULL, text, length);
    return written();
}

static void test_commas_stand_between_and_nowhere_else(void **state)
{
    (void)state;
    json_object_begin(&w, NULL);
    json_array_begin(&w, "none");
    json_array_end(&w);
    json_array_begin(&w, "some");
    json_put_int(&w, NULL, 1);
    json_object_begin(&w, NULL);
    json_object_end(&w);
    json_array_begin(&w, NULL);
    json_put_null(&w, NULL);
    json_put_null(&w, NULL);
    json_array_end(&w);
    json_array_end(&w);
    json_put_bool(&w, "yes", true);
    json_put_bool(&w, "no", false);
    json_object_end(&w);
    assert_string_equal(written(),
                        "{\"none\":[],\"some\":[1,{},[null,null]],\"yes\":true,\"no\":false}");
}

static void test_strings_are_escaped(void **state)
{
    (void)state;
    assert_string_equal(quoted("", 0), "\"\"");
    assert_string_equal(quoted("a\"b\\c/", 6), "\"a\\\"b\\\\c/\"");
    assert_string_equal(quoted("\b\f\n\r\t", 5), "\"\\b\\f\\n\\r\\t\"");
    assert_string_equal(quoted("\0\x1f\x7f", 3), "\"\\u0000\\u001f\x7f\"");
    assert_string_equal(quoted("\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa1", 9),
                        "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa1\"");
    setup(NULL);
    json_put_string(&w, "a\"b", NULL);
    assert_string_equal(written(), "\"a\\\"b\":null");
}

#define LOST "\xef\xbf\xbd"

static void test_what_is_not_utf8_is_replaced_byte_by_byte(void **state)
{
    (void)state;
    assert_string_equal(quoted("\x80", 1), "\"" LOST "\"");
    assert_string_equal(quoted("a\xc3", 2), "\"a" LOST "\"");        /* cut off */
    assert_string_equal(quoted("\xc0\xaf", 2), "\"" LOST LOST "\""); /* longer than needed */
    assert_string_equal(quoted("\xe0\x80\xaf", 3), "\"" LOST LOST LOST "\"");
    assert_string_equal(quoted("\xed\xa0\x80", 3), "\"" LOST LOST LOST "\""); /* a surrogate */
    assert_string_equal(quoted("\xf4\x90\x80\x80", 4), "\"" LOST LOST LOST LOST "\"");
    assert_string_equal(quoted("\xf0\x9f\x92"
                               "a",
                               4),
                        "\"" LOST LOST LOST "a\"");
    assert_string_equal(quoted("\xff\xc3\xa9", 3), "\"" LOST "\xc3\xa9\"");
}

static void test_numbers_are_exact(void **state)
{
    (void)state;
    json_array_begin(&w, NULL);
    json_put_int(&w, NULL, 0);
    json_put_int(&w, NULL, -7);
    json_put_int(&w, NULL, INT64_MIN);
    json_put_uint(&w, NULL, UINT64_MAX);
    json_put_fixed(&w, NULL, 1234, 3);
    json_put_fixed(&w, NULL, -5, 2);
    json_put_fixed(&w, NULL, 0, 1);
    json_put_fixed(&w, NULL, INT64_MIN, 9);
    json_array_end(&w);
    assert_string_equal(written(), "[0,-7,-9223372036854775808,18446744073709551615,"
                                   "1.234,-0.05,0.0,-9223372036.854775808]");
}

static void write_row(unsigned i)
{
    json_object_begin(&w, NULL);
    json_put_uint(&w, "row", i);
    json_put_string(&w, "text", "abc");
    json_object_end(&w);
}

static void test_a_long_answer_goes_through_a_small_buffer(void **state)
{
    (void)state;
    char row[32], all[1024] = "";
    w = json_writer_on(row, sizeof row);
    json_array_begin(&w, NULL);
    for (unsigned i = 0; i < 20; i++) {
        write_row(i);
        strncat(all, row, w.length);
        json_flushed(&w);
    }
    json_array_end(&w);
    strncat(all, row, w.length);
    assert_int_equal(w.lost, 0);
    assert_int_equal(w.total, strlen(all));
    assert_memory_equal(all, "[{\"row\":0,\"text\":\"abc\"},{\"row\":1,", 33);
    assert_string_equal(all + strlen(all) - 25, ",{\"row\":19,\"text\":\"abc\"}]");
}

static void test_what_does_not_fit_is_counted_and_never_written(void **state)
{
    (void)state;
    for (size_t size = 0; size < 22; size++) {
        memset(buffer, '#', sizeof buffer);
        w = json_writer_on(buffer, size);
        write_row(7);
        assert_int_equal(w.total, 22);
        assert_true(w.lost > 0);
        assert_int_equal(w.length + w.lost, 22);
        assert_int_equal(buffer[size], '#');
    }
    w = json_writer_on(NULL, 0);
    write_row(7);
    assert_int_equal(w.total, 22);
    assert_int_equal(w.lost, 0);
    assert_int_equal(w.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_commas_stand_between_and_nowhere_else, setup),
        cmocka_unit_test_setup(test_strings_are_escaped, setup),
        cmocka_unit_test_setup(test_what_is_not_utf8_is_replaced_byte_by_byte, setup),
        cmocka_unit_test_setup(test_numbers_are_exact, setup),
        cmocka_unit_test_setup(test_a_long_answer_goes_through_a_small_buffer, setup),
        cmocka_unit_test_setup(test_what_does_not_fit_is_counted_and_never_written, setup),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
