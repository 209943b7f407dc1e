/* The task that asks for the time, with servers that are played by the test. Each question is a
 * line of the trace. */
#include "peer.h"

#include "clock.h"
#include "sntp.h"

#include <stdio.h>

#define UNIX_S      UINT64_C(1704067200) /* when the device's clock shows 0, */
#define NTP_S       UINT64_C(3913056000) /* the same since 1900 */
#define NAME_SERVER 53u

/* How the servers behave. */
static bool silent[256];    /* 10.0.0.i does not answer */
static bool goes_away[256]; /* or wants to be left alone */
static int64_t wrong_us;    /* they are all wrong by so much */
static time_keeper k;
static const char *const servers[] = {"10.0.0.5", "10.0.0.6", NULL};

static void put_time(uint8_t *to, uint64_t us)
{
    uint64_t seconds = NTP_S + us / 1000000, fraction = ((us % 1000000) << 32) / 1000000;
    for (unsigned i = 0; i < 4; i++) {
        to[i] = (uint8_t)(seconds >> (24 - 8 * i));
        to[4 + i] = (uint8_t)(fraction >> (24 - 8 * i));
    }
}

static void answer_time(const datagram *d)
{
    uint8_t packet[SNTP_BYTES] = {4 << 3 | 4, goes_away[d->to.address.ip[3]] ? 0 : 3};
    memcpy(packet + 24, d->data + 40, 8);
    put_time(packet + 32, yoke_port_now_us() + (uint64_t)wrong_us);
    memcpy(packet + 40, packet + 32, 8);
    peer_send(d->to, d->from, packet, sizeof packet);
}

static void answer_name(const datagram *d)
{
    const uint8_t record[] = {0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 7};
    uint8_t packet[300];
    memcpy(packet, d->data, d->size);
    packet[2] |= 0x80;
    packet[7] = 1;
    memcpy(packet + d->size, record, sizeof record);
    peer_send(d->to, d->from, packet, d->size + sizeof record);
}

static void hear(const datagram *d)
{
    if (d->to.port == NAME_SERVER) {
        answer_name(d);
    } else if (d->to.port == 123) {
        assert_int_equal(d->size, SNTP_BYTES);
        note("asks %u", d->to.address.ip[3]);
        if (!silent[d->to.address.ip[3]]) {
            answer_time(d);
        }
    }
}

static int setup(void **state)
{
    peer_setup(state);
    memset(silent, 0, sizeof silent);
    memset(goes_away, 0, sizeof goes_away);
    wrong_us = 0;
    peer_hear = hear;
    k = (time_keeper){.task = YOKE_TASK(time_body), .servers = servers};
    peer_start();
    begin(&platform, &k.task);
    return 0;
}

static void stop(void)
{
    yoke_cancel(&k.task);
    world_run_ms(10);
    assert_true(yoke_done(&k.task));
    assert_int_equal(k.task.rc, YOKE_ECANCELED);
    peer_stop();
}

/* How far it is from the truth. */
static int64_t error_now_us(void)
{
    uint64_t unix_us;
    assert_true(time_read(&k, &unix_us));
    return (int64_t)(unix_us - UNIX_S * 1000000 - yoke_port_now_us());
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_the_time_is_known(void **state)
{
    (void)state;
    uint64_t unix_us;
    assert_false(time_read(&k, &unix_us));
    assert_int_equal(time_error_us(&k), UINT32_MAX);
    world_run_ms(1000);
    assert_trace("asks 5\n");
    assert_in_range(error_now_us() + (int64_t)k.last.error_us, 0, 2 * k.last.error_us);
    assert_in_range(k.last.error_us, 500, 1500); /* 1 ms there, nothing back */
    assert_int_equal(k.server.ip[3], 5);
    assert_int_equal(k.last.stratum, 3);
    assert_int_equal(k.steps, 1);
    stop();
    assert_true(time_read(&k, &unix_us)); /* it stays known */
}

static void test_asked_again_after_the_poll_time(void **state)
{
    (void)state;
    world_run_ms(TIME_POLL_S * 1000);
    assert_int_equal(trace_count("asks 5"), 1);
    assert_in_range(time_error_us(&k), TIME_POLL_S * TIME_DRIFT_PPM * 9 / 10,
                    TIME_POLL_S * TIME_DRIFT_PPM + 2000);
    world_run_ms(2000);
    assert_int_equal(trace_count("asks 5"), 2);
    stop();
}

static void test_the_next_server_if_one_is_silent(void **state)
{
    (void)state;
    silent[5] = true;
    world_run_ms(5000);
    assert_trace("asks 5\nasks 6\n");
    assert_int_equal(k.server.ip[3], 6);
    assert_int_equal(k.unanswered, 1);
    stop();
}

static void test_a_server_that_wants_to_be_left_alone_is(void **state)
{
    (void)state;
    goes_away[5] = true;
    world_run_ms((TIME_POLL_S + 10) * 1000);
    assert_trace("asks 5\nasks 6\nasks 6\n");
    assert_int_equal(k.refused, 1);
    stop();
}

static void test_nobody_answers(void **state)
{
    (void)state;
    silent[5] = silent[6] = true;
    world_run_ms(60 * 1000); /* rounds of 3 s, after 2, 4, 8, 16 s */
    assert_int_equal(trace_count("asks 5"), 5);
    assert_int_equal(trace_count("asks 6"), 5);
    silent[6] = false;
    world_run_ms(60 * 1000);
    assert_int_equal(k.steps, 1);
    stop();
}

static void test_a_small_difference_is_slewed(void **state)
{
    (void)state;
    world_run_ms(1000);
    wrong_us = 100000;
    world_run_ms(TIME_POLL_S * 1000 + 1000);
    assert_int_equal(k.slews, 1);
    assert_in_range(error_now_us(), 0, 2000);
    assert_in_range(time_error_us(&k), 90000, 110000);
    world_run_ms(100 * 1000);
    assert_in_range(error_now_us(), 49000, 53000);
    world_run_ms(200 * 1000);
    assert_in_range(error_now_us(), 99000, 101000);
    stop();
}

static void test_a_large_one_is_a_step(void **state)
{
    (void)state;
    world_run_ms(1000);
    wrong_us = 200000;
    world_run_ms(TIME_POLL_S * 1000 + 1000);
    assert_int_equal(k.steps, 2);
    assert_in_range(error_now_us(), 199000, 201000);
    stop();
}

static void test_a_server_by_name(void **state)
{
    (void)state;
    static const char *const by_name[] = {"time.example", NULL};
    yoke_cancel(&k.task);
    world_run_ms(10);
    trace_begin(0);
    k = (time_keeper){.task = YOKE_TASK(time_body), .servers = by_name};
    begin(&platform, &k.task);
    world_run_ms(1000);
    assert_trace("asks 7\n");
    stop();
}

static void test_when_the_link_comes_back(void **state)
{
    (void)state;
    sim_link_set(false);
    world_run_ms(10000);
    assert_trace("");
    sim_link_set(true);
    world_run_ms(1000);
    assert_trace("asks 5\n");
    stop();
}

static void test_who_has_no_answer_does_not_wait_for_his_turn(void **state)
{
    (void)state;
    silent[5] = silent[6] = true;
    world_run_ms(60 * 1000);
    unsigned asked = trace_count("asks 5");
    silent[5] = false;
    sim_link_set(false);
    world_run_ms(1000);
    sim_link_set(true);
    world_run_ms(1000);
    assert_int_equal(trace_count("asks 5"), asked + 1);
    assert_int_equal(k.steps, 1);
    stop();
}

/* A stranger, or the server with a cookie that is not ours. */
static void forge(const datagram *d)
{
    if (d->to.port == 123) {
        datagram forged = *d;
        uint8_t other[SNTP_BYTES];
        memcpy(other, d->data, sizeof other);
        other[40] ^= 1;
        forged.data = other;
        wrong_us = 5000000;
        answer_time(&forged);
        forged.data = d->data;
        forged.to = peer_at(66, 123);
        answer_time(&forged);
        wrong_us = 0;
        answer_time(d);
    }
}

static void test_forged_answers(void **state)
{
    (void)state;
    peer_hear = forge;
    world_run_ms(1000);
    assert_int_equal(k.refused, 2);
    assert_in_range(error_now_us() + 2000, 0, 4000);
    stop();
}

static int waiter_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_TRY(t, time_await_known(t, &k));
    note("known");
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void test_waiting_for_it(void **state)
{
    (void)state;
    static yoke_task waiters[TIME_WAITERS + 1];
    silent[5] = silent[6] = true;
    for (unsigned i = 0; i <= TIME_WAITERS; i++) {
        waiters[i] = (yoke_task)YOKE_TASK(waiter_body);
        begin(&platform, &waiters[i]);
        world_run_ms(5);
    }
    assert_int_equal(waiters[TIME_WAITERS].rc, YOKE_EBUSY);
    yoke_cancel(&waiters[0]);
    world_run_ms(1000);
    silent[6] = false;
    world_run_ms(10000);
    assert_int_equal(trace_count("known"), TIME_WAITERS - 1);
    stop();
}

static void test_too_many_servers(void **state)
{
    (void)state;
    static const char *const many[] = {"1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", NULL};
    static const char *const too_many[] = {"1.1.1.1", "1.1.1.2", "1.1.1.3",
                                           "1.1.1.4", "1.1.1.5", NULL};
    time_keeper one = {.task = YOKE_TASK(time_body), .servers = too_many};
    assert_int_equal(world_run(&one.task), YOKE_EINVAL);
    one = (time_keeper){.task = YOKE_TASK(time_body), .servers = many};
    begin(&platform, &one.task);
    world_run_ms(10);
    assert_false(yoke_done(&one.task));
    yoke_cancel(&one.task);
    world_run_ms(10);
    stop();
}

#define time_test(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        time_test(test_the_time_is_known),
        time_test(test_asked_again_after_the_poll_time),
        time_test(test_the_next_server_if_one_is_silent),
        time_test(test_a_server_that_wants_to_be_left_alone_is),
        time_test(test_nobody_answers),
        time_test(test_a_small_difference_is_slewed),
        time_test(test_a_large_one_is_a_step),
        time_test(test_a_server_by_name),
        time_test(test_when_the_link_comes_back),
        time_test(test_who_has_no_answer_does_not_wait_for_his_turn),
        time_test(test_forged_answers),
        time_test(test_waiting_for_it),
        time_test(test_too_many_servers),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
