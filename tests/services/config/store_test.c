/* The store of settings: values, refusals, when it is saved, what is kept, and what wears. Power
 * cuts are in power.c. */
#include "world.h"

#include "record.h"
#include "settings.h"
#include "yoke/flash.h"
#include "yoke/virtual.h"

static uint8_t image[VIRTUAL_FLASH_SIZE];

static const cfg_key *const on = &settings_keys[KEY_ON];
static const cfg_key *const leds = &settings_keys[KEY_LEDS];
static const cfg_key *const name = &settings_keys[KEY_NAME];
static const cfg_key *const password = &settings_keys[KEY_PASSWORD];
static const cfg_key *const token = &settings_keys[KEY_TOKEN];
static const cfg_key *const order = &settings_keys[KEY_ORDER];

#define store (&settings_store)

/* As after a reset: only the flash is what it was. */
static int start_with(const cfg_config *config)
{
    world_open_again();
    virtual_flash_use(image);
    settings_fresh(config);
    int answer = cfg_open(store);
    begin(&platform, &store->task);
    return answer;
}

static void start(void)
{
    assert_int_equal(start_with(&settings_config), YOKE_OK);
}

static int config_setup(void **state)
{
    world_setup(state);
    memset(image, 0xff, sizeof image);
    start();
    return 0;
}

static void assert_defaults(void)
{
    assert_true(settings.on);
    assert_int_equal(settings.leds, 60);
    assert_string_equal(settings.name, "yoke");
    assert_string_equal(settings.password, "");
    assert_int_equal(settings.token.length, 0);
    assert_int_equal(settings.order, 1);
}

static void set_all(void)
{
    assert_int_equal(cfg_set_bool(store, on, false), YOKE_OK);
    assert_int_equal(cfg_set_int(store, leds, 144), YOKE_OK);
    assert_int_equal(cfg_set_string(store, name, "porch"), YOKE_OK);
    assert_int_equal(cfg_set_string(store, password, "correct horse"), YOKE_OK);
    assert_int_equal(cfg_set_bytes(store, token, "\x00\xff\x01", 3), YOKE_OK);
    assert_int_equal(cfg_set_choice(store, order, "BGR"), YOKE_OK);
}

static void assert_all_set(void)
{
    assert_false(settings.on);
    assert_int_equal(settings.leds, 144);
    assert_string_equal(settings.name, "porch");
    assert_string_equal(settings.password, "correct horse");
    assert_int_equal(settings.token.length, 3);
    assert_memory_equal(settings.token.bytes, "\x00\xff\x01", 3);
    assert_int_equal(settings.order, 2);
}

/* --- values ---------------------------------------------------------------------- */

static void test_an_empty_flash_gives_defaults(void **state)
{
    (void)state;
    assert_defaults();
    assert_int_equal(store->counts.damaged, 0);
    world_run_ms(60000);
    assert_int_equal(flash_counts().erases + flash_counts().programs, 0);
}

static void test_a_value_is_there_at_once_and_after_a_restart(void **state)
{
    (void)state;
    set_all();
    assert_all_set();
    assert_int_equal(settings_flush(), YOKE_OK);
    memset(&settings, 0x55, sizeof settings);
    start();
    assert_all_set();
    assert_int_equal(store->counts.damaged, 0);
}

static void assert_refused(int answer, const char *sentence)
{
    assert_int_equal(answer, YOKE_EINVAL);
    assert_string_equal(store->problem, sentence);
}

static void test_what_is_out_of_range_is_refused_in_a_sentence(void **state)
{
    (void)state;
    char long_name[34];
    memset(long_name, 'x', 33);
    long_name[33] = '\0';
    assert_refused(cfg_set_int(store, leds, 0),
                   "\"led.count\" must be a whole number from 1 to 1000");
    assert_refused(cfg_set_int(store, leds, 1001),
                   "\"led.count\" must be a whole number from 1 to 1000");
    assert_refused(cfg_set_bool(store, leds, true),
                   "\"led.count\" must be a whole number from 1 to 1000");
    assert_refused(cfg_set_string(store, name, long_name),
                   "\"net.name\" must be a text of at most 32 bytes");
    assert_refused(cfg_set_bytes(store, token, long_name, 17),
                   "\"token\" must be at most 16 bytes, in hexadecimal digits");
    assert_refused(cfg_set_choice(store, order, "GR"),
                   "\"led.order\" must be one of RGB, GRB, BGR");
    assert_refused(cfg_set_int(store, on, 1), "\"on\" must be true or false");
    assert_defaults();
    world_run_ms(60000);
    assert_int_equal(flash_counts().programs, 0);
    long_name[32] = '\0';
    assert_int_equal(cfg_set_string(store, name, long_name), YOKE_OK);
}

static void test_a_key_is_found_by_its_name(void **state)
{
    (void)state;
    assert_ptr_equal(cfg_find(store, "token"), token);
    assert_null(cfg_find(store, "toke"));
}

static void test_an_unset_key_follows_the_default_of_later_programs(void **state)
{
    (void)state;
    cfg_key other[KEYS];
    memcpy(other, settings_keys, sizeof other);
    other[KEY_LEDS].initial = 30;
    other[KEY_NAME].initial_text = "new";
    cfg_config later = settings_config;
    later.keys = other;
    set_all();
    cfg_set_int(store, leds, 60); /* its default, but set */
    assert_int_equal(settings_flush(), YOKE_OK);
    cfg_unset(store, name);
    assert_string_equal(settings.name, "yoke");
    assert_int_equal(settings_flush(), YOKE_OK);
    assert_int_equal(start_with(&later), YOKE_OK);
    assert_int_equal(settings.leds, 60);
    assert_string_equal(settings.name, "new");
}

/* --- when it is saved ------------------------------------------------------------- */

static uint32_t batches_after_ms(uint32_t ms)
{
    world_run_ms(ms);
    return store->counts.batches;
}

static void test_changes_are_saved_together_when_it_is_quiet(void **state)
{
    (void)state;
    for (int i = 1; i <= 8; i++) {
        cfg_set_int(store, leds, i);
        cfg_set_bool(store, on, i % 2);
        assert_int_equal(batches_after_ms(500), 0);
    }
    assert_int_equal(batches_after_ms(400), 0);
    assert_int_equal(batches_after_ms(200), 1); /* and a sector to be erased */
    start();
    assert_int_equal(settings.leds, 8);
}

static void test_never_quiet_it_is_saved_all_the_same(void **state)
{
    (void)state;
    for (int i = 1; i <= 95; i++) {
        cfg_set_int(store, leds, i);
        world_run_ms(100);
    }
    assert_int_equal(store->counts.batches, 1); /* after 5 s */
    assert_int_equal(batches_after_ms(6000), 2);
    start();
    assert_int_equal(settings.leds, 95);
}

static void test_the_same_value_again_is_no_change(void **state)
{
    (void)state;
    set_all();
    settings_flush();
    uint32_t programs = flash_counts().programs;
    set_all();
    assert_int_equal(settings_flush(), YOKE_OK);
    world_run_ms(10000);
    assert_int_equal(flash_counts().programs, programs);
}

static int flush_body(yoke_task *t)
{
    static cfg_mark mark;
    YOKE_BEGIN(t);
    mark = cfg_now(store);
    YOKE_TRY(t, cfg_flush(t, store, &mark));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void test_a_flush_does_not_wait_for_quiet(void **state)
{
    (void)state;
    cfg_set_int(store, leds, 2);
    yoke_task ends = YOKE_TASK(flush_body);
    begin(&platform, &ends);
    world_run_ms(100);
    assert_true(yoke_done(&ends));
    assert_int_equal(ends.rc, YOKE_OK);
    assert_int_equal(flash_counts().programs, 1);
}

static void test_cancelled_it_saves_what_is_left(void **state)
{
    (void)state;
    cfg_set_int(store, leds, 2);
    yoke_cancel(&store->task);
    world_run_ms(100);
    assert_true(yoke_done(&store->task));
    assert_int_equal(store->task.rc, YOKE_OK);
    start();
    assert_int_equal(settings.leds, 2);
}

static void test_cancelled_in_the_middle_it_ends_the_batch(void **state)
{
    (void)state;
    set_all();
    world_run_ms(1020); /* erases */
    yoke_cancel(&store->task);
    cfg_set_int(store, leds, 3);
    world_run_ms(100);
    assert_true(yoke_done(&store->task));
    start();
    assert_int_equal(settings.leds, 3);
    assert_string_equal(settings.name, "porch");
}

/* --- changes as events -------------------------------------------------------------- */

typedef struct {
    yoke_task task;
    cfg_mark mark;
} watcher;

static int watcher_body(yoke_task *t)
{
    watcher *me = YOKE_FRAME(watcher, t);
    YOKE_BEGIN(t);
    for (;;) {
        me->mark = cfg_now(store);
        YOKE_TRY(t, cfg_await_change(t, store, &me->mark));
        note("%s%s", cfg_changed(store, leds, &me->mark) ? "leds " : "",
             cfg_changed(store, name, &me->mark) ? "name " : "");
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void test_changes_are_told_with_their_keys(void **state)
{
    (void)state;
    watcher w = {.task = YOKE_TASK(watcher_body)};
    begin(&platform, &w.task);
    world_run_ms(1);
    cfg_set_int(store, leds, 1);
    world_run_ms(1);
    cfg_set_string(store, name, "a");
    cfg_set_int(store, leds, 2);
    world_run_ms(1);
    cfg_set_bool(store, on, false);
    world_run_ms(1);
    cfg_reset(store);
    world_run_ms(1);
    assert_trace("leds \nleds name \n\nleds name \n");
}

static void test_a_wait_too_many_is_refused_and_counted(void **state)
{
    (void)state;
    watcher w[CFG_WAITERS + 1];
    for (unsigned i = 0; i <= CFG_WAITERS; i++) {
        w[i] = (watcher){.task = YOKE_TASK(watcher_body)};
        begin(&platform, &w[i].task);
        world_run_ms(1);
    }
    assert_true(yoke_done(&w[CFG_WAITERS].task));
    assert_int_equal(w[CFG_WAITERS].task.rc, YOKE_EFULL);
    assert_string_equal(store->problem, "8 tasks are waiting for the store");
    assert_true(store->counts.refused >= 1);
    yoke_cancel(&w[0].task); /* its place is free again */
    world_run_ms(1);
    assert_int_equal(w[0].task.rc, YOKE_ECANCELED);
    begin(&platform, &w[CFG_WAITERS].task);
    world_run_ms(1);
    assert_false(yoke_done(&w[CFG_WAITERS].task));
}

/* --- filling up, and wear ------------------------------------------------------------- */

static void test_a_full_store_moves_on_and_all_banks_wear_alike(void **state)
{
    (void)state;
    for (int i = 0; i < 3000; i++) {
        cfg_set_int(store, leds, 1 + i % 1000);
        cfg_set_bool(store, on, i & 1);
        assert_int_equal(settings_flush(), YOKE_OK);
    }
    assert_int_equal(store->counts.batches, 3000);
    uint32_t low = cfg_erases(store, 0), high = low, sum = low;
    for (unsigned i = 1; i < SETTINGS_BANKS; i++) {
        uint32_t n = cfg_erases(store, i);
        low = n < low ? n : low;
        high = n > high ? n : high;
        sum += n;
    }
    assert_true(high - low <= 1);
    assert_int_equal(sum, flash_counts().erases);
    assert_in_range(sum, 40, 60); /* 70 batches fit between two moves */
    assert_int_equal(cfg_erases(store, SETTINGS_BANKS), 0);
    start();
    assert_int_equal(settings.leds, 1000);
    assert_true(settings.on);
    assert_int_equal(cfg_erases(store, 0) + cfg_erases(store, 1) + cfg_erases(store, 2), sum);
}

static void test_what_is_set_once_is_never_lost_by_moves(void **state)
{
    (void)state;
    set_all();
    settings_flush();
    for (int i = 0; i < 500; i++) {
        cfg_set_int(store, leds, 1 + i);
        assert_int_equal(settings_flush(), YOKE_OK);
    }
    cfg_set_int(store, leds, 144);
    settings_flush();
    assert_true(store->counts.moves > 3);
    start();
    assert_all_set();
}

/* --- factory reset ------------------------------------------------------------------------ */

static bool image_holds(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= sizeof image; i++) {
        if (memcmp(image + i, text, length) == 0) {
            return true;
        }
    }
    return false;
}

static void test_a_reset_leaves_nothing_behind(void **state)
{
    (void)state;
    set_all();
    settings_flush();
    for (int i = 0; i < 100; i++) {
        cfg_set_int(store, leds, 1 + i);
        settings_flush();
    }
    assert_true(image_holds("correct horse"));
    cfg_reset(store);
    assert_defaults();
    assert_int_equal(settings_flush(), YOKE_OK);
    assert_false(image_holds("correct horse"));
    assert_false(image_holds("porch"));
    start();
    assert_defaults();
    cfg_set_int(store, leds, 7);
    settings_flush();
    start();
    assert_int_equal(settings.leds, 7);
    assert_string_equal(settings.name, "yoke");
}

/* --- other programs ------------------------------------------------------------------------- */

/* A program that knows all keys; one that knows the first two only; and again the first. */
static void test_unknown_keys_are_kept(void **state)
{
    (void)state;
    cfg_config old = settings_config;
    old.key_count = 2;
    set_all();
    cfg_set_string(store, name, "first");
    settings_flush();
    cfg_set_string(store, name, "porch");
    settings_flush();
    assert_int_equal(start_with(&old), YOKE_OK);
    assert_int_equal(store->counts.foreign, 5);
    for (int i = 0; i < 1000; i++) {
        cfg_set_int(store, leds, 1 + i % 2);
        assert_int_equal(settings_flush(), YOKE_OK);
    }
    assert_true(store->counts.moves > SETTINGS_BANKS);
    assert_int_equal(store->counts.dropped, 0);
    cfg_set_int(store, leds, 144);
    settings_flush();
    start();
    assert_all_set();
}

/* A value that is out of this program's range is kept for one that knows it, until it is set. */
static void test_a_value_out_of_range_is_kept_and_not_used(void **state)
{
    (void)state;
    cfg_key narrow[KEYS];
    memcpy(narrow, settings_keys, sizeof narrow);
    narrow[KEY_LEDS].range.max = 100;
    narrow[KEY_NAME].size = 4;
    narrow[KEY_NAME].initial_text = "x";
    cfg_config old = settings_config;
    old.keys = narrow;
    set_all();
    settings_flush();
    assert_int_equal(start_with(&old), YOKE_OK);
    assert_int_equal(settings.leds, 60);
    assert_string_equal(settings.name, "x");
    assert_int_equal(store->counts.foreign, 2);
    cfg_set_string(store, &narrow[KEY_NAME], "abc");
    for (int i = 0; i < 1000; i++) {
        cfg_set_bool(store, &narrow[KEY_ON], i & 1);
        settings_flush();
    }
    assert_true(store->counts.moves > SETTINGS_BANKS);
    start();
    assert_int_equal(settings.leds, 144);
    assert_string_equal(settings.name, "abc");
}

/* No program of ours writes such a record. Once it counted at once, or, if its batch was empty, as
 * soon as the next batch stood behind it. */
static void test_what_stands_behind_the_end_of_its_batch_never_counts(void **state)
{
    (void)state;
    cfg_set_int(store, leds, 144);
    settings_flush();
    uint8_t value[4] = {7};
    cfg_record late = {.kind = CFG_INT,
                       .name = (const uint8_t *)leds->name,
                       .name_length = (uint8_t)strlen(leds->name),
                       .value = value,
                       .value_length = sizeof value};
    record_put(&late, store->sequence, image + store->bank * FLASH_SECTOR + FLASH_PAGE);
    start();
    assert_int_equal(settings.leds, 144);
    cfg_set_bool(store, on, false);
    settings_flush();
    start();
    assert_int_equal(settings.leds, 144);
    assert_false(settings.on);
}

static void test_another_layout_is_left_alone_until_a_reset(void **state)
{
    (void)state;
    static uint8_t before[VIRTUAL_FLASH_SIZE];
    cfg_config other = settings_config;
    other.banks = 4;
    set_all();
    settings_flush();
    memcpy(before, image, sizeof image);
    assert_int_equal(start_with(&other), YOKE_EINVAL);
    assert_string_equal(store->problem, "the settings in the flash are of another format or "
                                        "layout: they are left alone until a reset");
    assert_defaults();
    assert_int_equal(cfg_set_int(store, leds, 5), YOKE_OK);
    assert_int_equal(settings.leds, 5);
    assert_int_equal(settings_flush(), YOKE_EIO);
    world_run_ms(10000);
    assert_memory_equal(before, image, sizeof image);
    cfg_reset(store);
    cfg_set_int(store, leds, 6);
    assert_int_equal(settings_flush(), YOKE_OK);
    assert_int_equal(start_with(&other), YOKE_OK);
    assert_int_equal(settings.leds, 6);
}

static void test_a_region_that_is_not_there(void **state)
{
    (void)state;
    cfg_config far = settings_config;
    far.offset = VIRTUAL_FLASH_SIZE - 2 * FLASH_SECTOR;
    assert_int_equal(start_with(&far), YOKE_EIO);
    assert_string_equal(store->problem, "there is no flash for settings: they are not saved");
    assert_int_equal(cfg_set_int(store, leds, 5), YOKE_OK);
    assert_int_equal(settings_flush(), YOKE_EIO);
    cfg_reset(store);
    world_run_ms(10000);
    assert_int_equal(flash_counts().erases, 0);
}

/* --- a flash that refuses --------------------------------------------------------------------- */

static void test_a_page_that_cannot_be_programmed_costs_a_move(void **state)
{
    (void)state;
    set_all();
    settings_flush();
    image[store->tail + 10] = 0; /* of bank 0 */
    cfg_set_int(store, leds, 2);
    assert_int_equal(settings_flush(), YOKE_OK);
    assert_int_equal(store->counts.failures, 1);
    assert_int_equal(store->counts.moves, 2);
    start();
    assert_int_equal(settings.leds, 2);
    assert_string_equal(settings.password, "correct horse");
}

/* The bank in use is never one that is tried. */
static void test_every_other_bank_is_tried_before_it_gives_up(void **state)
{
    (void)state;
    set_all();
    settings_flush();
    uint8_t bank = store->bank;
    cfg_set_int(store, leds, 2);
    virtual_flash_refuse(2); /* the append, the erase of the next bank */
    assert_int_equal(settings_flush(), YOKE_OK);
    assert_int_equal(store->counts.failures, 2);
    assert_int_equal(store->bank, (bank + 2) % SETTINGS_BANKS);
    bank = store->bank;
    cfg_set_int(store, leds, 3);
    virtual_flash_refuse(100);
    assert_int_equal(settings_flush(), YOKE_EIO);
    assert_int_equal(settings.leds, 3);
    assert_int_equal(store->bank, bank);
    assert_in_range(store->counts.failures, 4, 6);
    virtual_flash_refuse(2); /* both others, which are then tried once more */
    assert_int_equal(settings_flush(), YOKE_OK);
    assert_int_not_equal(store->bank, bank);
    start();
    assert_int_equal(settings.leds, 3);
    assert_string_equal(settings.name, "porch");
}

static void test_what_could_not_be_saved_is_tried_again(void **state)
{
    (void)state;
    set_all();
    virtual_flash_refuse(100);
    assert_int_equal(settings_flush(), YOKE_EIO);
    virtual_flash_refuse(0);
    world_run_ms(4000);
    assert_int_equal(store->counts.batches, 0);
    world_run_ms(2000);
    assert_int_equal(store->counts.batches, 1);
    start();
    assert_all_set();
}

/* A bit of the page in which the power may have gone can look erased, and not be. */
static void test_after_a_start_it_goes_on_in_a_fresh_page(void **state)
{
    (void)state;
    set_all();
    settings_flush();
    uint32_t end = store->tail;
    start();
    assert_int_equal(store->tail, (end / FLASH_PAGE + 1) * FLASH_PAGE);
    cfg_set_int(store, leds, 2);
    settings_flush();
    assert_int_equal(image[end], 0xff);
    start();
    assert_int_equal(settings.leds, 2);
    assert_string_equal(settings.name, "porch");
}

#define with_store(test) cmocka_unit_test_setup(test, config_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(test_an_empty_flash_gives_defaults),
        with_store(test_a_value_is_there_at_once_and_after_a_restart),
        with_store(test_what_is_out_of_range_is_refused_in_a_sentence),
        with_store(test_a_key_is_found_by_its_name),
        with_store(test_an_unset_key_follows_the_default_of_later_programs),
        with_store(test_changes_are_saved_together_when_it_is_quiet),
        with_store(test_never_quiet_it_is_saved_all_the_same),
        with_store(test_the_same_value_again_is_no_change),
        with_store(test_a_flush_does_not_wait_for_quiet),
        with_store(test_cancelled_it_saves_what_is_left),
        with_store(test_cancelled_in_the_middle_it_ends_the_batch),
        with_store(test_changes_are_told_with_their_keys),
        with_store(test_a_wait_too_many_is_refused_and_counted),
        with_store(test_a_full_store_moves_on_and_all_banks_wear_alike),
        with_store(test_what_is_set_once_is_never_lost_by_moves),
        with_store(test_a_reset_leaves_nothing_behind),
        with_store(test_unknown_keys_are_kept),
        with_store(test_a_value_out_of_range_is_kept_and_not_used),
        with_store(test_what_stands_behind_the_end_of_its_batch_never_counts),
        with_store(test_another_layout_is_left_alone_until_a_reset),
        with_store(test_a_region_that_is_not_there),
        with_store(test_a_page_that_cannot_be_programmed_costs_a_move),
        with_store(test_every_other_bank_is_tried_before_it_gives_up),
        with_store(test_what_could_not_be_saved_is_tried_again),
        with_store(test_after_a_start_it_goes_on_in_a_fresh_page),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
