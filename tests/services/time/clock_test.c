/* Steps and slews of the time of day, and dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "clock.h"

#define SECOND INT64_C(1000000)

static void test_the_first_is_a_step(void **state)
{
    (void)state;
    time_clock c = {0};
    assert_true(clock_correct(&c, 5, 100)); /* however small */
    assert_int_equal(clock_offset_us(&c, 100), 5);
}

static void test_up_to_the_limit_it_is_slewed(void **state)
{
    (void)state;
    time_clock c = {0};
    clock_correct(&c, 1000 * SECOND, 0);
    assert_false(clock_correct(&c, 1000 * SECOND + TIME_STEP_US, 0));
    assert_true(clock_offset_us(&c, 0) == 1000 * SECOND);
    assert_true(clock_offset_us(&c, 10 * SECOND) == 1000 * SECOND + 5000);
    assert_int_equal(clock_rest_us(&c, 10 * SECOND), TIME_STEP_US - 5000);
    assert_true(clock_offset_us(&c, 256 * SECOND) == 1000 * SECOND + TIME_STEP_US);
    assert_true(clock_offset_us(&c, 9000 * SECOND) == 1000 * SECOND + TIME_STEP_US);
    assert_true(clock_correct(&c, 1000 * SECOND - 1, 9000 * SECOND));
    assert_true(clock_offset_us(&c, 9000 * SECOND) == 1000 * SECOND - 1);
}

static void test_a_correction_begins_where_the_last_has_come_to(void **state)
{
    (void)state;
    time_clock c = {0};
    clock_correct(&c, 0, 0);
    clock_correct(&c, 100000, 0);
    assert_false(clock_correct(&c, -100000, 20 * SECOND)); /* it is at 10000 */
    assert_int_equal(clock_offset_us(&c, 20 * SECOND), 10000);
    assert_int_equal(clock_offset_us(&c, 30 * SECOND), 5000);
    assert_int_equal(clock_offset_us(&c, 20 * SECOND + 2000 * 110000), -100000);
}

static void test_it_never_goes_back(void **state)
{
    (void)state;
    time_clock c = {0};
    clock_correct(&c, 50 * SECOND, 0);
    clock_correct(&c, 50 * SECOND - TIME_STEP_US, 0);
    int64_t before = 0;
    for (uint64_t now = 0; now < 300 * (uint64_t)SECOND; now += 997) {
        int64_t told = (int64_t)now + clock_offset_us(&c, now);
        assert_true(told > before);
        before = told;
    }
}

/* --- dates ------------------------------------------------------------------------------------ */

static const char *text_of(uint64_t seconds)
{
    static char text[40];
    time_date d = time_to_date(seconds * 1000000);
    snprintf(text, sizeof text, "%u %04u-%02u-%02u %02u:%02u:%02u", d.weekday, d.year, d.month,
             d.day, d.hour, d.minute, d.second);
    return text;
}

/* From `date -u -d @…`. */
static void test_dates(void **state)
{
    (void)state;
    assert_string_equal(text_of(0), "4 1970-01-01 00:00:00");
    assert_string_equal(text_of(951782399), "1 2000-02-28 23:59:59");
    assert_string_equal(text_of(951782400), "2 2000-02-29 00:00:00");
    assert_string_equal(text_of(951868800), "3 2000-03-01 00:00:00");
    assert_string_equal(text_of(1704067199), "0 2023-12-31 23:59:59");
    assert_string_equal(text_of(1709251199), "4 2024-02-29 23:59:59");
    assert_string_equal(text_of(2085978496), "4 2036-02-07 06:28:16");
    assert_string_equal(text_of(4107542400), "1 2100-03-01 00:00:00");
    assert_string_equal(text_of(4294967296), "0 2106-02-07 06:28:16");
}

static bool is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static void test_each_day_until_2500(void **state)
{
    (void)state;
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint64_t day = 0;
    for (unsigned year = 1970; year < 2500; year++) {
        for (unsigned month = 1; month <= 12; month++) {
            unsigned length = lengths[month - 1] + (month == 2 && is_leap(year));
            for (unsigned d = 1; d <= length; d++, day++) {
                time_date date = time_to_date(day * 86400 * 1000000);
                assert_true(date.year == year && date.month == month && date.day == d);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_is_a_step),
        cmocka_unit_test(test_up_to_the_limit_it_is_slewed),
        cmocka_unit_test(test_a_correction_begins_where_the_last_has_come_to),
        cmocka_unit_test(test_it_never_goes_back),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_each_day_until_2500),
    };
    return cmocka_run_group_tests_name("time_clock", tests, NULL, NULL);
}
