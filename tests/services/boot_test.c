/* Why a run began, and how many have failed in a row: runs of a device that restarts. */
#include "world.h"

#include "yoke/boot.h"

static jmp_buf restarted;

static void on_restart(void)
{
    longjmp(restarted, 1);
}

/* The device restarts, in order or not, and boots again. */
static void reboot(void)
{
    sim_on_restart(on_restart);
    if (setjmp(restarted) == 0) {
        watchdog_restart();
    }
    sim_reset(&world_config);
    boot_open();
}

static void assert_boot(enum boot_cause cause, unsigned failed, bool safe, const char *text)
{
    char buffer[BOOT_TEXT_MAX];
    assert_int_equal(boot_now()->cause, cause);
    assert_int_equal(boot_now()->failed, failed);
    assert_int_equal(boot_now()->safe, safe);
    assert_string_equal(boot_text(buffer), text);
}

static int setup(void **state)
{
    world_setup(state);
    boot_open();
    return 0;
}

static void test_the_first_run(void **state)
{
    (void)state;
    assert_boot(BOOT_BY_POWER, 0, false, "started by power-on");
}

static void test_runs_in_order_do_not_count(void **state)
{
    (void)state;
    boot_is_healthy();
    boot_ends(RESTART_COMMAND);
    reboot();
    assert_boot(BOOT_BY_RESTART, 0, false, "restarted on command");
    assert_int_equal(boot_now()->restart, RESTART_COMMAND);
    for (unsigned i = 0; i < 10; i++) { /* not even those that are too short to be healthy */
        boot_ends(RESTART_BUTTON);
        reboot();
        assert_boot(BOOT_BY_RESTART, 0, false, "restarted by a button");
    }
}

static void test_five_failed_starts_are_safe_mode(void **state)
{
    (void)state;
    reboot();
    assert_boot(BOOT_BY_FAULT, 1, false, "restarted after a fault; 1 failed start before it");
    boot_ends(RESTART_FAILED_START);
    reboot();
    assert_boot(BOOT_BY_RESTART, 2, false,
                "restarted after a failed start; 2 failed starts before it");
    boot_ends(RESTART_UPDATE); /* in order, but it has not become healthy: as many as before */
    reboot();
    assert_boot(BOOT_BY_RESTART, 2, false, "restarted after an update; 2 failed starts before it");
    reboot();
    reboot();
    assert_false(boot_now()->safe);
    reboot();
    assert_boot(BOOT_BY_FAULT, 5, true,
                "restarted after a fault; safe mode after 5 failed starts before it");
    reboot();
    assert_true(boot_now()->safe);
    boot_is_healthy();
    assert_true(boot_now()->safe); /* until the next run */
    boot_ends(RESTART_COMMAND);
    reboot();
    assert_boot(BOOT_BY_RESTART, 0, false, "restarted on command");
}

static void test_the_count_has_an_end(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        reboot();
    }
    assert_int_equal(boot_now()->failed, 255);
    assert_true(boot_now()->safe);
}

static void test_a_run_that_was_healthy_begins_the_count_anew(void **state)
{
    (void)state;
    reboot();
    reboot();
    boot_is_healthy();
    reboot();
    assert_boot(BOOT_BY_FAULT, 0, false, "restarted after a fault");
}

static void test_power_begins_the_count_anew(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        reboot();
    }
    sim_open(&world_config);
    boot_open();
    assert_boot(BOOT_BY_POWER, 0, false, "started by power-on");
}

static void test_a_word_of_somebody_else(void **state)
{
    (void)state;
    watchdog_word_set(0x12345678);
    reboot();
    assert_boot(BOOT_BY_FAULT, 0, false, "restarted after a fault");
    watchdog_word_set(0xb0079900); /* of newer firmware */
    reboot();
    assert_boot(BOOT_BY_RESTART, 0, false, "restarted");
}

#define with_boot(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_boot(test_the_first_run),
        with_boot(test_runs_in_order_do_not_count),
        with_boot(test_five_failed_starts_are_safe_mode),
        with_boot(test_the_count_has_an_end),
        with_boot(test_a_run_that_was_healthy_begins_the_count_anew),
        with_boot(test_power_begins_the_count_anew),
        with_boot(test_a_word_of_somebody_else),
    };
    return cmocka_run_group_tests_name("boot", tests, NULL, NULL);
}
