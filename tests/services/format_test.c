/* Each conversion of a log line, and the cut. */
#include "world.h"

#include "format.h"
#include "yoke/log.h"

static char text[LOG_LINE_MAX];

/* The line without its newline. */
static const char *line(const char *format, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d)
{
    const uintptr_t values[LOG_VALUES] = {a, b, c, d};
    memset(text, '~', sizeof text);
    size_t length = log_format(text, sizeof text, format, values);
    assert_in_range(length, 1, sizeof text);
    assert_int_equal(text[length - 1], '\n');
    text[length - 1] = '\0';
    return text;
}

static void test_plain_text(void **state)
{
    (void)state;
    assert_string_equal(line("", 0, 0, 0, 0), "");
    assert_string_equal(line("hello", 0, 0, 0, 0), "hello");
    assert_string_equal(line("100 %%, %%%%", 0, 0, 0, 0), "100 %, %%");
}

static void test_numbers(void **state)
{
    (void)state;
    assert_string_equal(line("%d %d %d %d", 0, (uintptr_t)-1, INT32_MAX, (uintptr_t)INT32_MIN),
                        "0 -1 2147483647 -2147483648");
    assert_string_equal(line("%u %u", 0, UINT32_MAX, 0, 0), "0 4294967295");
    assert_string_equal(line("%x %x %08x %08x", 0, 0xdeadbeef, 0x1f, 0xdeadbeef),
                        "0 deadbeef 0000001f deadbeef");
}

/* A negative int that was converted to a 64-bit word, and one that was not. */
static void test_a_number_is_its_low_32_bits(void **state)
{
    (void)state;
    assert_string_equal(
        line("%d %d", (uintptr_t)(int32_t)-7, (uintptr_t)UINT32_C(0xfffffff9), 0, 0), "-7 -7");
    assert_string_equal(line("%u", (uintptr_t)-1, 0, 0, 0), "4294967295");
}

static void test_strings_and_addresses(void **state)
{
    (void)state;
    assert_string_equal(line("<%s> <%s>", (uintptr_t) "abc", (uintptr_t) "", 0, 0), "<abc> <>");
    assert_string_equal(line("%s", 0, 0, 0, 0), "(none)");
    assert_string_equal(line("at %p", 0x20001234, 0, 0, 0), "at 20001234");
    assert_string_equal(line("%p", 0x1f, 0, 0, 0), "0000001f");
}

static void test_values_that_are_missing_are_zero(void **state)
{
    (void)state;
    assert_string_equal(line("%u %u %u %u %u", 1, 2, 3, 4), "1 2 3 4 0");
}

static void test_what_is_no_conversion_stays(void **state)
{
    (void)state;
    assert_string_equal(line("50% and %q, %u", 7, 0, 0, 0), "50% and %q, 7");
    assert_string_equal(line("%", 0, 0, 0, 0), "%");
    assert_string_equal(line("%08", 0, 0, 0, 0), "%08");
}

static void test_a_line_that_just_fits(void **state)
{
    (void)state;
    char exact[LOG_LINE_MAX];
    memset(exact, 'x', sizeof exact);
    exact[LOG_LINE_MAX - 1] = '\0';
    assert_string_equal(line("%s", (uintptr_t)exact, 0, 0, 0), exact);
}

static void test_a_longer_line_is_cut(void **state)
{
    (void)state;
    char long_text[1000], expected[LOG_LINE_MAX];
    memset(long_text, 'x', sizeof long_text);
    for (size_t length = LOG_LINE_MAX; length < sizeof long_text; length += 77) {
        long_text[length] = '\0';
        memset(expected, 'x', sizeof expected);
        memcpy(expected + LOG_LINE_MAX - 4, "...", 4);
        assert_string_equal(line("%s", (uintptr_t)long_text, 0, 0, 0), expected);
        long_text[length] = 'x';
    }
}

static void test_cut_in_a_number(void **state)
{
    (void)state;
    char small[8];
    const uintptr_t values[LOG_VALUES] = {123456789};
    size_t length = log_format(small, sizeof small, "ab%u", values);
    assert_int_equal(length, sizeof small);
    assert_memory_equal(small, "ab12...\n", sizeof small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_a_number_is_its_low_32_bits),
        cmocka_unit_test(test_strings_and_addresses),
        cmocka_unit_test(test_values_that_are_missing_are_zero),
        cmocka_unit_test(test_what_is_no_conversion_stays),
        cmocka_unit_test(test_a_line_that_just_fits),
        cmocka_unit_test(test_a_longer_line_is_cut),
        cmocka_unit_test(test_cut_in_a_number),
    };
    return cmocka_run_group_tests_name("log_format", tests, NULL, NULL);
}
