/* SLIP: what is sent for a packet, and what is made of anything that comes. */
#include "slip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PACKET_MAX 300u

static uint8_t line[2 * PACKET_MAX + 2];
static size_t length;
static uint8_t packet[PACKET_MAX];
static slip_reader reader;

static void put(uint8_t byte)
{
    assert_true(length < sizeof line);
    line[length++] = byte;
}

static void send(const void *bytes, size_t size)
{
    length = 0;
    slip_write(bytes, size, put);
}

static int start(void **state)
{
    (void)state;
    reader = (slip_reader){.bytes = packet, .max = sizeof packet};
    return 0;
}

/* Takes all of these bytes; answers what the last one gave, those before it gave 0. */
static int take(const char *bytes, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++) {
        assert_int_equal(slip_take(&reader, (uint8_t)bytes[i]), 0);
    }
    return slip_take(&reader, (uint8_t)bytes[size - 1]);
}

static void test_the_bytes_of_the_standard(void **state)
{
    (void)state;
    send("a\xc0"
         "b\xdb"
         "c",
         5);
    const char expected[] = "\xc0"
                            "a\xdb\xdc"
                            "b\xdb\xdd"
                            "c\xc0";
    assert_int_equal(length, sizeof expected - 1);
    assert_memory_equal(line, expected, length);
    assert_int_equal(slip_length("a\xc0"
                                 "b\xdb"
                                 "c",
                                 5),
                     length);
}

static void test_every_byte_comes_back(void **state)
{
    (void)state;
    uint8_t all[256];
    for (unsigned i = 0; i < sizeof all; i++) {
        all[i] = (uint8_t)i;
    }
    send(all, sizeof all);
    assert_int_equal(take((char *)line, length), sizeof all);
    assert_memory_equal(packet, all, sizeof all);
}

static void test_the_longest_packet_on_the_line(void **state)
{
    (void)state;
    uint8_t ends[PACKET_MAX];
    memset(ends, SLIP_END, sizeof ends);
    send(ends, sizeof ends);
    assert_int_equal(length, sizeof line);
    assert_int_equal(take((char *)line, length), sizeof ends);
    assert_memory_equal(packet, ends, sizeof ends);
}

static void test_nothing_between_two_ends_is_no_packet(void **state)
{
    (void)state;
    assert_int_equal(take("\xc0\xc0\xc0", 3), 0);
    assert_int_equal(take("x\xc0", 2), 1);
    assert_int_equal(take("\xc0", 1), 0);
}

static void test_noise_before_a_packet_costs_nothing_of_it(void **state)
{
    (void)state;
    send("abc", 3);
    assert_int_equal(take("noise", 5), 0);
    assert_int_equal(slip_take(&reader, line[0]), 5); /* the noise is a packet, which IP refuses */
    assert_int_equal(take((char *)line + 1, length - 1), 3);
    assert_memory_equal(packet, "abc", 3);
}

static void test_what_is_no_slip_is_thrown_away_as_a_whole(void **state)
{
    (void)state;
    assert_int_equal(take("ab\xdb"
                          "cd\xc0",
                          6),
                     SLIP_BROKEN);
    assert_int_equal(take("ab\xdb\xc0", 4), SLIP_BROKEN);
    assert_int_equal(take("ab\xdb\xdb\xdc\xc0", 6), SLIP_BROKEN);
    assert_int_equal(take("xyz\xc0", 4), 3);
    assert_memory_equal(packet, "xyz", 3);
}

static void test_too_long_is_thrown_away_and_the_next_is_not(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PACKET_MAX; i++) {
        assert_int_equal(slip_take(&reader, 'x'), 0);
    }
    slip_reader exact = reader;
    assert_int_equal(slip_take(&exact, SLIP_END), PACKET_MAX);
    assert_int_equal(take("x\xc0", 2), SLIP_BROKEN);
    assert_int_equal(take("abc\xc0", 4), 3);
}

static void test_the_caller_may_break_a_packet(void **state)
{
    (void)state;
    assert_int_equal(take("ab", 2), 0);
    reader.broken = true;
    assert_int_equal(take("cd\xc0", 3), SLIP_BROKEN);
    assert_int_equal(take("ef\xc0", 3), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_bytes_of_the_standard, start),
        cmocka_unit_test_setup(test_every_byte_comes_back, start),
        cmocka_unit_test_setup(test_the_longest_packet_on_the_line, start),
        cmocka_unit_test_setup(test_nothing_between_two_ends_is_no_packet, start),
        cmocka_unit_test_setup(test_noise_before_a_packet_costs_nothing_of_it, start),
        cmocka_unit_test_setup(test_what_is_no_slip_is_thrown_away_as_a_whole, start),
        cmocka_unit_test_setup(test_too_long_is_thrown_away_and_the_next_is_not, start),
        cmocka_unit_test_setup(test_the_caller_may_break_a_packet, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
