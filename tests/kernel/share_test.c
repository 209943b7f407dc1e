/* Snapshots of a struct between the loops. Interleavings within a call: tests/proof. */
#include "world.h"

#include "yoke/delay.h"

typedef struct {
    uint32_t a, b, c;
} sample;

static void test_readers_see_the_first_slot_until_the_first_write(void **state)
{
    (void)state;
    sample slots[4] = {{1, 2, 3}};
    yoke_share s = YOKE_SHARE(slots);
    sample got = {0, 0, 0};
    yoke_share_read(&s, &got);
    assert_int_equal(got.a + got.b + got.c, 6);
    yoke_share_read(&s, &got);
    assert_int_equal(got.c, 3);
}

static void test_a_read_gets_the_newest_value(void **state)
{
    (void)state;
    sample slots[4] = {{0, 0, 0}};
    yoke_share s = YOKE_SHARE(slots);
    for (uint32_t i = 1; i < 100; i++) {
        sample value = {i, i + 1, i + 2};
        sample got;
        for (uint32_t writes = 0; writes <= i % 5; writes++) {
            value.a = i * 10 + writes;
            yoke_share_write(&s, &value);
        }
        for (uint32_t reads = 0; reads <= i % 3; reads++) {
            yoke_share_read(&s, &got);
            assert_int_equal(got.a, i * 10 + i % 5);
            assert_int_equal(got.b, i + 1);
            assert_int_equal(got.c, i + 2);
        }
    }
}

static void test_values_of_any_size(void **state)
{
    (void)state;
    char letters[4] = {'-'};
    yoke_share small = YOKE_SHARE(letters);
    char letter = 'x';
    yoke_share_write(&small, &letter);
    letter = '?';
    yoke_share_read(&small, &letter);
    assert_int_equal(letter, 'x');

    static unsigned char blocks[4][1000];
    yoke_share large = YOKE_SHARE(blocks);
    unsigned char block[1000];
    memset(block, 0x5a, sizeof block);
    yoke_share_write(&large, block);
    block[999] = 0;
    yoke_share_read(&large, block);
    assert_int_equal(block[999], 0x5a);
}

/* --- from the app loop to the platform loop --------------------------- */

static sample shared_slots[4];
static yoke_share shared = YOKE_SHARE(shared_slots);

static int write_step(void *arg)
{
    uint32_t *n = arg;
    sample value = {*n, *n * 2, *n * 3};
    yoke_share_write(&shared, &value);
    (*n)++;
    delay_us(100);
    return YOKE_OK;
}

typedef struct {
    yoke_task task;
    sample got;
    int left;
} reader;

static int reader_body(yoke_task *t)
{
    reader *me = YOKE_FRAME(reader, t);
    YOKE_BEGIN(t);
    while (me->left-- > 0) {
        YOKE_AWAIT(t, yoke_sleep_ms(t, 1));
        uint32_t before = me->got.a;
        yoke_share_read(&shared, &me->got);
        assert_true(me->got.a > before);
        assert_int_equal(me->got.b, me->got.a * 2);
        assert_int_equal(me->got.c, me->got.a * 3);
    }
    YOKE_END(t);
}

static void test_a_worker_writes_and_a_task_reads(void **state)
{
    (void)state;
    uint32_t n = 1;
    yoke_worker w = {.name = "writer", .step = write_step, .arg = &n, .period_us = 300};
    yoke_worker_add(&app, &w);
    yoke_app_start(&app);
    reader r = {.task = YOKE_TASK(reader_body), .left = 50};
    assert_int_equal(world_run(&r.task), YOKE_OK);
    assert_true(r.got.a >= 50 * 1000 / 300 - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_readers_see_the_first_slot_until_the_first_write),
        in_world(test_a_read_gets_the_newest_value),
        in_world(test_values_of_any_size),
        in_world(test_a_worker_writes_and_a_task_reads),
    };
    return cmocka_run_group_tests_name("share", tests, NULL, NULL);
}
