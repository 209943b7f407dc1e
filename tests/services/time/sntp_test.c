/* Answers of time servers, and what they are worth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sntp.h"

static const uint8_t cookie[8] = {1, 2, 3, 4, 5, 6, 7, 8};
static uint8_t packet[SNTP_BYTES];
static time_sample s;

static void put_32(unsigned at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        packet[at + i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

/* A good answer: 2024-01-01 00:00:00.5, seen and sent at the same moment. */
static int setup(void **state)
{
    (void)state;
    memset(packet, 0, sizeof packet);
    packet[0] = 4 << 3 | 4;
    packet[1] = 2;
    memcpy(packet + 24, cookie, 8);
    put_32(32, 3913056000u);
    put_32(36, 0x80000000u);
    memcpy(packet + 40, packet + 32, 8);
    return 0;
}

#define UNIX_US (INT64_C(1704067200) * 1000000 + 500000)

static enum sntp_verdict judge(void)
{
    return sntp_judge(packet, sizeof packet, cookie, 1000000, 1010000, &s);
}

static void test_the_question(void **state)
{
    (void)state;
    static const uint8_t nothing[39];
    sntp_ask(packet, cookie);
    assert_int_equal(packet[0], 0x23);
    assert_memory_equal(packet + 1, nothing, 39);
    assert_memory_equal(packet + 40, cookie, 8);
}

static void test_a_good_answer(void **state)
{
    (void)state;
    put_32(4, 0x00010000); /* root delay 1 s, */
    put_32(8, 0x00004000); /* dispersion 1/4 s */
    assert_int_equal(judge(), SNTP_TAKEN);
    assert_true(s.offset_us == UNIX_US - 1005000);
    assert_int_equal(s.error_us, 5000 + 500000 + 250000);
    assert_int_equal(s.at_us, 1010000);
    assert_int_equal(s.stratum, 2);
}

/* What the server takes to answer is no part of the way. */
static void test_a_server_that_takes_its_time(void **state)
{
    (void)state;
    put_32(44, 0x80000000u + 34359739u); /* 8 ms later */
    assert_int_equal(judge(), SNTP_TAKEN);
    assert_int_equal(s.error_us, 1000);
    assert_in_range(s.offset_us - (UNIX_US - 1001000), 0, 1);
    put_32(44, 0x80000000u + 47244640u); /* 11 ms: longer than it was away */
    assert_int_equal(judge(), SNTP_UNUSABLE);
}

static void test_after_2036(void **state)
{
    (void)state;
    put_32(32, 0); /* 2036-02-07 06:28:16 */
    put_32(36, 1);
    put_32(40, 0);
    put_32(44, 1);
    assert_int_equal(judge(), SNTP_TAKEN);
    assert_true(s.offset_us == INT64_C(2085978496) * 1000000 - 1005000);
    put_32(32, 0xFFFFFFFFu); /* a second before */
    put_32(40, 0xFFFFFFFFu);
    assert_int_equal(judge(), SNTP_TAKEN);
    assert_true(s.offset_us == INT64_C(2085978495) * 1000000 - 1005000);
    put_32(32, 0x7FFFFFFFu); /* 2104-02-26 09:42:23, the last that it can tell */
    put_32(40, 0x7FFFFFFFu);
    assert_int_equal(judge(), SNTP_TAKEN);
    assert_true(s.offset_us == INT64_C(4233462143) * 1000000 - 1005000);
}

static void test_not_ours(void **state)
{
    (void)state;
    assert_int_equal(sntp_judge(packet, 47, cookie, 1, 2, &s), SNTP_NOT_OURS);
    packet[24] ^= 1;
    assert_int_equal(judge(), SNTP_NOT_OURS);
    packet[24] ^= 1;
    packet[0] = 4 << 3 | 3;
    assert_int_equal(judge(), SNTP_NOT_OURS);
}

static void test_unusable(void **state)
{
    (void)state;
    packet[0] |= 3 << 6; /* it does not know the time */
    assert_int_equal(judge(), SNTP_UNUSABLE);
    setup(NULL);
    packet[1] = 16;
    assert_int_equal(judge(), SNTP_UNUSABLE);
    setup(NULL);
    put_32(8, 0x00020000); /* wrong by 2 s, it says */
    assert_int_equal(judge(), SNTP_UNUSABLE);
    setup(NULL);
    put_32(32, 3913056001u); /* sent before it came */
    assert_int_equal(judge(), SNTP_UNUSABLE);
    setup(NULL);
    put_32(40, 0);
    put_32(44, 0);
    assert_int_equal(judge(), SNTP_UNUSABLE);
}

static void test_go_away(void **state)
{
    (void)state;
    packet[1] = 0;
    memcpy(packet + 12, "DENY", 4);
    assert_int_equal(judge(), SNTP_GO_AWAY);
}

#define sntp_test(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        sntp_test(test_the_question), sntp_test(test_a_good_answer),
        sntp_test(test_after_2036),   sntp_test(test_a_server_that_takes_its_time),
        sntp_test(test_not_ours),     sntp_test(test_unusable),
        sntp_test(test_go_away),
    };
    return cmocka_run_group_tests_name("time_sntp", tests, NULL, NULL);
}
