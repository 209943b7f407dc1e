/* The flash: the rules of NOR, windows in which others go on, and the power lost at any step. */
#include "world.h"

#include "yoke/flash.h"
#include "yoke/virtual.h"

static uint8_t image[VIRTUAL_FLASH_SIZE];
static jmp_buf power;

static void on_power_lost(void)
{
    longjmp(power, 1);
}

static int flash_setup(void **state)
{
    world_setup(state);
    memset(image, 0xff, sizeof image);
    virtual_flash_use(image);
    sim_on_power_lost(on_power_lost);
    return 0;
}

#define on_flash(test) cmocka_unit_test_setup(test, flash_setup)

typedef struct {
    yoke_task task;
    uint32_t offset, size;
    const void *data;
    bool erases;
    int answer;
} writer;

static int writer_body(yoke_task *t)
{
    writer *me = YOKE_FRAME(writer, t);
    YOKE_BEGIN(t);
    if (me->erases) {
        YOKE_AWAIT(t, me->answer = flash_erase(t, me->offset));
    } else {
        YOKE_AWAIT(t, me->answer = flash_program(t, me->offset, me->data, me->size));
    }
    note_at("answers %d", t->status);
    YOKE_END(t);
}

static int write_it(uint32_t offset, const void *data, uint32_t size)
{
    writer w = {.task = YOKE_TASK(writer_body), .offset = offset, .data = data, .size = size};
    world_run(&w.task);
    return w.answer;
}

static int erase(uint32_t offset)
{
    writer w = {.task = YOKE_TASK(writer_body), .offset = offset, .erases = true};
    world_run(&w.task);
    return w.answer;
}

/* --- NOR ------------------------------------------------------------------------ */

static void test_what_was_programmed_is_read(void **state)
{
    (void)state;
    char text[6] = "";
    assert_int_equal(write_it(FLASH_SECTOR + 10, "hello", 5), YOKE_OK);
    assert_int_equal(flash_read(FLASH_SECTOR + 10, text, 5), YOKE_OK);
    assert_string_equal(text, "hello");
    assert_int_equal(image[FLASH_SECTOR + 9], 0xff);
    assert_int_equal(image[FLASH_SECTOR + 15], 0xff);
}

static void test_programming_only_clears_bits(void **state)
{
    (void)state;
    assert_int_equal(write_it(0, "\xf0\x0f", 2), YOKE_OK);
    assert_int_equal(write_it(0, "\x70\x0f", 2), YOKE_OK);
    assert_int_equal(write_it(0, "\x00\xff", 2), YOKE_EIO); /* the second would have to be set */
    assert_int_equal(image[0], 0x70);
    assert_int_equal(image[1], 0x0f);
    assert_int_equal(erase(0), YOKE_OK);
    assert_int_equal(image[0], 0xff);
    assert_int_equal(write_it(0, "\x00\xff", 2), YOKE_OK);
}

static void test_an_erase_is_one_sector(void **state)
{
    (void)state;
    memset(image, 0, sizeof image);
    assert_int_equal(erase(2 * FLASH_SECTOR), YOKE_OK);
    for (uint32_t i = 0; i < 4 * FLASH_SECTOR; i++) {
        assert_int_equal(image[i], i / FLASH_SECTOR == 2 ? 0xff : 0);
    }
}

static void test_what_is_out_of_range_is_refused(void **state)
{
    (void)state;
    uint8_t buffer[FLASH_PAGE + 1] = {0};
    uint32_t size = flash_size();
    assert_int_equal(size, VIRTUAL_FLASH_SIZE);
    assert_int_equal(erase(1), YOKE_EINVAL);
    assert_int_equal(erase(FLASH_PAGE), YOKE_EINVAL);
    assert_int_equal(erase(size), YOKE_EINVAL);
    assert_int_equal(erase(size - FLASH_SECTOR), YOKE_OK);
    assert_int_equal(write_it(0, buffer, 0), YOKE_EINVAL);
    assert_int_equal(write_it(0, buffer, FLASH_PAGE + 1), YOKE_EINVAL);
    assert_int_equal(write_it(1, buffer, FLASH_PAGE), YOKE_EINVAL); /* over the end of a page */
    assert_int_equal(write_it(size, buffer, 1), YOKE_EINVAL);
    assert_int_equal(write_it(size - 1, buffer, 1), YOKE_OK);
    assert_int_equal(flash_read(size - 2, buffer, 2), YOKE_OK);
    assert_int_equal(flash_read(size - 2, buffer, 3), YOKE_EINVAL);
    assert_int_equal(flash_read(UINT32_MAX, buffer, 2), YOKE_EINVAL);
    assert_int_equal(flash_read(0, buffer, UINT32_MAX), YOKE_EINVAL);
}

/* --- windows ---------------------------------------------------------------------- */

static uint32_t busy_steps, free_steps;

static int look(void *arg)
{
    (void)arg;
    if (flash_busy()) {
        busy_steps++;
    } else {
        free_steps++;
    }
    return YOKE_OK;
}

/* 45 ms of an erase, and core 1 misses none of its steps. */
static void test_core_1_goes_on_in_a_window_and_sees_it(void **state)
{
    (void)state;
    yoke_worker w = {.name = "look", .step = look, .period_us = 1000};
    writer erases = {.task = YOKE_TASK(writer_body), .offset = 0, .erases = true};
    busy_steps = free_steps = 0;
    yoke_worker_add(&app, &w);
    yoke_app_start(&app);
    world_run_ms(10);
    begin(&platform, &erases.task);
    world_run_ms(100);
    assert_int_equal(erases.answer, YOKE_OK);
    yoke_worker_stats stats = yoke_worker_read(&w);
    assert_int_equal(stats.skips, 0);
    assert_int_equal(stats.late_us_longest, 0);
    assert_in_range(busy_steps, 44, 46);
    assert_true(free_steps > 50);
    assert_int_equal(flash_counts().erases, 1);
    assert_int_equal(flash_counts().window_us_longest, 45000);
}

typedef struct {
    yoke_task task;
    int left;
} player;

static int eraser_body(yoke_task *t)
{
    player *me = YOKE_FRAME(player, t);
    YOKE_BEGIN(t);
    while (me->left-- > 0) {
        YOKE_TRY(t, flash_erase(t, (uint32_t)me->left * FLASH_SECTOR));
        note("erased");
    }
    YOKE_FINALLY(t);
    note("ends with %d", t->rc);
    YOKE_END(t);
}

static int other_body(yoke_task *t)
{
    player *me = YOKE_FRAME(player, t);
    YOKE_BEGIN(t);
    while (me->left-- > 0) {
        note("other");
        YOKE_AWAIT(t, yoke_yield(t));
    }
    YOKE_END(t);
}

static void test_other_tasks_run_between_two_sectors(void **state)
{
    (void)state;
    world_without_strays();
    world_open_again();
    player eraser = {.task = YOKE_TASK(eraser_body), .left = 3};
    player other = {.task = YOKE_TASK(other_body), .left = 4};
    begin(&platform, &eraser.task);
    begin(&platform, &other.task);
    world_run_ms(500);
    assert_trace("other\nerased\nother\nerased\nother\nerased\nends with 0\nother\n");
}

static void test_a_cancel_before_the_window_leaves_the_sector(void **state)
{
    (void)state;
    memset(image, 0, sizeof image);
    player eraser = {.task = YOKE_TASK(eraser_body), .left = 1};
    begin(&platform, &eraser.task);
    yoke_cancel(&eraser.task);
    world_run_ms(100);
    assert_trace("ends with -3\n");
    assert_int_equal(image[0], 0);
    assert_int_equal(flash_counts().erases, 0);
}

/* --- the power is lost ---------------------------------------------------------------- */

static uint32_t torn_by;

/* 16 bytes over an erased sector; answers true if all steps were done. */
static bool cut_after(uint64_t steps)
{
    memset(image, 0, sizeof image);
    world_open_again();
    virtual_flash_use(image);
    virtual_flash_cut(steps);
    virtual_flash_tear(torn_by);
    if (setjmp(power)) {
        return false;
    }
    erase(0);
    write_it(0, "\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11", 16);
    return true;
}

static unsigned bytes_that_are(uint8_t value, uint32_t from, uint32_t to)
{
    unsigned n = 0;
    for (uint32_t i = from; i < to; i++) {
        n += image[i] == value;
    }
    return n;
}

static void test_the_power_lost_at_each_step(void **state)
{
    (void)state;
    assert_false(cut_after(1)); /* in the erase: torn */
    assert_int_equal(bytes_that_are(0xff, 0, FLASH_SECTOR), FLASH_SECTOR / 2);
    assert_int_equal(bytes_that_are(0xaa, 0, FLASH_SECTOR), FLASH_PAGE);
    assert_int_equal(bytes_that_are(0, FLASH_SECTOR, 2 * FLASH_SECTOR), FLASH_SECTOR);
    assert_false(cut_after(2)); /* behind it */
    assert_int_equal(bytes_that_are(0xff, 0, FLASH_SECTOR), FLASH_SECTOR);
    for (unsigned k = 0; k < 16; k++) { /* in each byte */
        assert_false(cut_after(3 + k));
        assert_int_equal(bytes_that_are(0x11, 0, 16), k);
        assert_int_equal(image[k], 0x1f);
        assert_int_equal(bytes_that_are(0xff, k + 1, FLASH_SECTOR), FLASH_SECTOR - k - 1);
    }
    uint64_t before = virtual_flash_steps();
    assert_true(cut_after(19));
    assert_int_equal(virtual_flash_steps() - before, 18);
}

/* Bits that were on their way, anywhere behind the first bytes: none that was not to change. */
static void test_a_page_and_a_sector_torn_by_chance(void **state)
{
    (void)state;
    unsigned halves = 0;
    for (torn_by = 1; torn_by <= 8; torn_by++) {
        assert_false(cut_after(3 + 4));
        assert_int_equal(bytes_that_are(0x11, 0, 4), 4);
        for (uint32_t i = 4; i < FLASH_SECTOR; i++) {
            assert_int_equal(image[i] & 0x11, 0x11);
            assert_true(i < 16 || image[i] == 0xff);
            halves += image[i] != 0x11 && image[i] != 0xff;
        }
        assert_false(cut_after(1));
        assert_in_range(bytes_that_are(0, 0, FLASH_SECTOR), 1, FLASH_SECTOR);
        assert_int_equal(bytes_that_are(0, FLASH_SECTOR, 2 * FLASH_SECTOR), FLASH_SECTOR);
    }
    assert_true(halves > 8);
    torn_by = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_flash(test_what_was_programmed_is_read),
        on_flash(test_programming_only_clears_bits),
        on_flash(test_an_erase_is_one_sector),
        on_flash(test_what_is_out_of_range_is_refused),
        on_flash(test_core_1_goes_on_in_a_window_and_sees_it),
        on_flash(test_other_tasks_run_between_two_sectors),
        on_flash(test_a_cancel_before_the_window_leaves_the_sector),
        on_flash(test_the_power_lost_at_each_step),
        on_flash(test_a_page_and_a_sector_torn_by_chance),
    };
    return cmocka_run_group_tests_name("flash", tests, NULL, NULL);
}
