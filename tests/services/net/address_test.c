/* Addresses as text, both ways. */
#include "world.h"
#include "yoke/net.h"

static void test_to_text(void **state)
{
    (void)state;
    char text[NET_TEXT_LENGTH];
    assert_string_equal(net_to_text((net_address){{0, 0, 0, 0}}, text), "0.0.0.0");
    assert_string_equal(net_to_text((net_address){{192, 168, 1, 20}}, text), "192.168.1.20");
    assert_string_equal(net_to_text((net_address){{255, 255, 255, 255}}, text), "255.255.255.255");
}

static void test_from_text(void **state)
{
    (void)state;
    net_address a;
    assert_true(net_from_text("10.0.2.15", &a));
    assert_memory_equal(a.ip, ((uint8_t[]){10, 0, 2, 15}), 4);
    assert_true(net_from_text("255.255.255.255", &a));
    assert_memory_equal(a.ip, ((uint8_t[]){255, 255, 255, 255}), 4);
}

static void test_what_is_no_address_changes_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",         "1",          "1.2.3",     "1.2.3.",
                                        "1.2.3.4.", "1.2.3.4.5",  " 1.2.3.4",  "1.2.3.4 ",
                                        "1..3.4",   "256.1.1.1",  "1.1.1.256", "1.2.3.-4",
                                        "1.2.3.x",  "0001.2.3.4", "1.2.3.4\n", "1.2.3.999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        net_address a = {{1, 2, 3, 4}};
        assert_false(net_from_text(wrong[i], &a));
        assert_memory_equal(a.ip, ((uint8_t[]){1, 2, 3, 4}), 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_to_text),
        cmocka_unit_test(test_from_text),
        cmocka_unit_test(test_what_is_no_address_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
