/* What mdns makes of packets: written here piece by piece, and read by the real thing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "look.h"

static const char *const text[] = {"path=/", "id=7", NULL};
static const mdns_service services[] = {{.type = "_http._tcp", .port = 80, .text = text},
                                        {.type = "_osc._udp", .port = 9000}};

enum { HTTP = FIRST_OF_SERVICES, OSC = FIRST_OF_SERVICES + A_SERVICE };

static mdns m;
static mdns_writer w;

static int setup(void **state)
{
    (void)state;
    m = (mdns){.services = services, .service_count = 2, .name = "yoke", .state = MDNS_ANSWERS};
    m.address = (net_address){{192, 168, 0, 7}};
    w = mdns_write(m.packet, sizeof m.packet, 0, 0);
    return 0;
}

/* --- pieces ----------------------------------------------------------------------------------- */

static void name(const char *labels)
{
    mdns_put_labels(&w, labels);
    mdns_put_end(&w);
}

static void question(const char *labels, uint16_t type, uint16_t class)
{
    name(labels);
    mdns_put_16(&w, type);
    mdns_put_16(&w, class);
    mdns_count(&w, QUESTIONS);
}

static void record(unsigned section, const char *labels, uint16_t type, uint32_t ttl_s,
                   const void *data, size_t size)
{
    name(labels);
    mdns_put_16(&w, type);
    mdns_put_16(&w, CLASS_IN);
    mdns_put_32(&w, ttl_s);
    mdns_put_16(&w, (unsigned)size);
    mdns_put(&w, data, size);
    mdns_count(&w, section);
}

static void respond(void)
{
    m.packet[2] = FLAG_RESPONSE >> 8;
}

static mdns_news look(void)
{
    return mdns_look(&m, w.at);
}

/* --- questions -------------------------------------------------------------------------------- */

static void test_the_address(void **state)
{
    (void)state;
    question("yoke.local", TYPE_A, CLASS_IN);
    mdns_news n = look();
    assert_int_equal(n.asked, BIT(ADDRESS));
    assert_true(n.has_questions);
    assert_int_equal(n.questions_end, w.at);
    assert_false(n.alone || n.is_probe || n.is_taken || n.more_comes);
}

static void test_case_does_not_matter(void **state)
{
    (void)state;
    question("YoKe.LOCAL", TYPE_A, 0x8000 | CLASS_IN);
    mdns_news n = look();
    assert_int_equal(n.asked, BIT(ADDRESS));
    assert_true(n.alone);
}

static void test_there_is_no_other_address(void **state)
{
    (void)state;
    question("yoke.local", TYPE_AAAA, CLASS_IN);
    assert_int_equal(look().asked, BIT(NO_OTHER_ADDRESS));
}

static void test_services(void **state)
{
    (void)state;
    question("_http._tcp.local", TYPE_PTR, CLASS_IN);
    question("yoke._osc._udp.local", TYPE_ANY, CLASS_ANY);
    question("_services._dns-sd._udp.local", TYPE_PTR, CLASS_IN);
    assert_int_equal(look().asked, BIT(HTTP + POINTER_TO_IT) | BIT(OSC + SERVER) | BIT(OSC + TEXT) |
                                       BIT(HTTP + TYPE_OF_IT) | BIT(OSC + TYPE_OF_IT));
}

static void test_names_of_others(void **state)
{
    (void)state;
    question("yok.local", TYPE_A, CLASS_IN);
    question("yokel.local", TYPE_A, CLASS_IN);
    question("yoke.local.net", TYPE_A, CLASS_IN);
    question("_http._udp.local", TYPE_PTR, CLASS_IN);
    question("yoke.local", TYPE_A, 3);
    question("_http._tcp.local", TYPE_SRV, CLASS_IN);
    assert_int_equal(look().asked, 0);
}

static void test_along(void **state)
{
    (void)state;
    uint32_t asked = BIT(HTTP + POINTER_TO_IT);
    assert_int_equal(mdns_along(&m, asked),
                     BIT(HTTP + SERVER) | BIT(HTTP + TEXT) | BIT(ADDRESS) | BIT(NO_OTHER_ADDRESS));
    assert_int_equal(mdns_along(&m, BIT(ADDRESS)), BIT(NO_OTHER_ADDRESS));
    assert_int_equal(mdns_along(&m, mdns_all(&m)), 0);
}

/* --- known answers ---------------------------------------------------------------------------- */

static void test_what_is_known_is_not_told(void **state)
{
    (void)state;
    question("_http._tcp.local", TYPE_PTR, CLASS_IN);
    record(ANSWERS, "_http._tcp.local", TYPE_PTR, 2250, "\4yoke\5_http\4_tcp\5local", 23);
    mdns_news n = look();
    assert_int_equal(n.asked, 0);
    assert_int_equal(n.known, BIT(HTTP + POINTER_TO_IT));
}

static void test_a_pointer_to_a_name_is_followed(void **state)
{
    (void)state;
    question("_http._tcp.local", TYPE_PTR, CLASS_IN);
    record(ANSWERS, "_http._tcp.local", TYPE_PTR, 4500, "\4YOKE\xC0\x0C", 7);
    assert_int_equal(look().asked, 0);
}

static void test_known_for_too_long_or_otherwise(void **state)
{
    (void)state;
    question("yoke.local", TYPE_A, CLASS_IN);
    record(ANSWERS, "yoke.local", TYPE_A, 59, "\xC0\xA8\0\7", 4);
    record(ANSWERS, "yoke.local", TYPE_A, 120, "\xC0\xA8\0\6", 4);
    record(ANSWERS, "yoke.local", TYPE_A, 120, "\xC0\xA8\0\7\0", 5);
    assert_int_equal(look().asked, BIT(ADDRESS));
}

static void test_more_comes(void **state)
{
    (void)state;
    question("yoke.local", TYPE_A, CLASS_IN);
    m.packet[2] = FLAG_TRUNCATED >> 8;
    assert_true(look().more_comes);
    w = mdns_write(m.packet, sizeof m.packet, 0, 0);
    record(ANSWERS, "yoke.local", TYPE_A, 120, "\xC0\xA8\0\7", 4);
    mdns_news n = look();
    assert_false(n.has_questions);
    assert_int_equal(n.known, BIT(ADDRESS));
}

/* --- claims ----------------------------------------------------------------------------------- */

static mdns_news probe_with(const char *address)
{
    w = mdns_write(m.packet, sizeof m.packet, 0, 0);
    question("yoke.local", TYPE_ANY, CLASS_IN);
    record(AUTHORITIES, "yoke.local", TYPE_A, 120, address, 4);
    record(AUTHORITIES, "yoke.local", TYPE_AAAA, 120, "0123456789abcdef", 16);
    return look();
}

static void test_the_higher_address_comes_first(void **state)
{
    (void)state;
    m.state = MDNS_PROBES;
    assert_true(probe_with("\xC0\xA8\0\x8").is_probe);
    assert_true(probe_with("\xC0\xA8\0\x8").comes_first);
    assert_true(probe_with("\xC1\0\0\0").comes_first);
    assert_false(probe_with("\xC0\xA8\0\7").comes_first); /* the same */
    assert_false(probe_with("\xC0\xA8\0\6").comes_first);
    assert_false(probe_with("\x0A\xFF\xFF\xFF").comes_first);
}

static void test_a_response_while_we_probe(void **state)
{
    (void)state;
    m.state = MDNS_PROBES;
    record(ANSWERS, "yoke.local", TYPE_AAAA, 120, "0123456789abcdef", 16);
    respond();
    assert_true(look().is_taken);
    w = mdns_write(m.packet, sizeof m.packet, 0, FLAG_RESPONSE);
    record(ADDITIONALS, "yoke._http._tcp.local", TYPE_TXT, 120, "", 1);
    assert_true(look().is_taken);
}

static void test_what_agrees_or_goes_is_no_claim(void **state)
{
    (void)state;
    m.state = MDNS_PROBES;
    record(ANSWERS, "yoke.local", TYPE_A, 120, "\xC0\xA8\0\7", 4);
    record(ANSWERS, "yoke.local", TYPE_A, 0, "\xC0\xA8\0\6", 4);
    record(ANSWERS, "_http._tcp.local", TYPE_PTR, 120, "\5other\5_http\4_tcp\5local", 24);
    record(ANSWERS, "yoke-2.local", TYPE_A, 120, "\xC0\xA8\0\6", 4);
    respond();
    assert_false(look().is_taken);
}

static void test_a_contradiction_later(void **state)
{
    (void)state;
    record(ANSWERS, "yoke.local", TYPE_AAAA, 120, "0123456789abcdef", 16);
    respond();
    assert_false(look().is_taken);
    record(ANSWERS, "yoke._http._tcp.local", TYPE_SRV, 120, "\0\0\0\0\0\x50\4Yoke\5local", 18);
    assert_false(look().is_taken); /* says the same */
    record(ANSWERS, "yoke._http._tcp.local", TYPE_SRV, 120, "\0\0\0\0\0\x51\4yoke\5local", 18);
    assert_true(look().is_taken);
}

/* --- broken ones ------------------------------------------------------------------------------ */

static void test_cut_off_at_each_byte(void **state)
{
    (void)state;
    question("yoke.local", TYPE_A, CLASS_IN);
    record(ANSWERS, "yoke._http._tcp.local", TYPE_SRV, 9, "\0\0\0\0\0\x50\4yoke\5local", 18);
    for (size_t size = 0; size < w.at; size++) {
        assert_int_equal(mdns_look(&m, size).asked, 0);
        assert_int_equal(m.broken, size + 1);
    }
    assert_int_equal(look().asked, BIT(ADDRESS));
}

static void raw_question(const char *bytes, size_t count)
{
    w = mdns_write(m.packet, sizeof m.packet, 0, 0);
    mdns_put(&w, bytes, count);
    mdns_put_32(&w, TYPE_A << 16 | CLASS_IN);
    mdns_count(&w, QUESTIONS);
    mdns_news n = look();
    assert_int_equal(n.asked, 0);
    assert_false(n.has_questions);
}

static void test_names_that_never_end(void **state)
{
    (void)state;
    raw_question("\xC0\x0C", 2);         /* points to itself, */
    raw_question("\1a\xC0\x0C", 4);      /* to what leads here, */
    raw_question("\xC0\x20", 2);         /* forward, */
    raw_question("\x40yoke\5local", 12); /* no such label */
    raw_question("\x80yoke\5local", 12);
    assert_int_equal(m.broken, 5);
}

static void test_a_name_too_long(void **state)
{
    (void)state;
    static const char label[65] =
        "\77abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc";
    for (unsigned i = 0; i < 4; i++) {
        mdns_put(&w, label, 64);
    }
    mdns_put_end(&w);
    mdns_put_32(&w, TYPE_A << 16 | CLASS_IN);
    mdns_count(&w, QUESTIONS);
    assert_int_equal(look().asked, 0);
    assert_int_equal(m.broken, 1);
}

static void test_data_longer_than_it_says(void **state)
{
    (void)state;
    record(ANSWERS, "yoke._http._tcp.local", TYPE_SRV, 120, "\0\0\0\0\0\x51\4yoke\5local", 7);
    respond();
    assert_false(look().is_taken);
    assert_int_equal(m.broken, 1);
    w = mdns_write(m.packet, sizeof m.packet, 0, FLAG_RESPONSE);
    record(ANSWERS, "yoke._http._tcp.local", TYPE_SRV, 120, "\0\0\0\0\0\x51\4", 7);
    mdns_put(&w, "yoke\5local", 11); /* it is there, but not in the record */
    assert_false(look().is_taken);
    assert_int_equal(m.broken, 2);
}

static void test_long_data_is_cut_off_but_different(void **state)
{
    (void)state;
    static const uint8_t data[1000] = {6, 'p', 'a', 't', 'h', '=', '/', 4, 'i', 'd', '=', '7'};
    record(ANSWERS, "yoke._http._tcp.local", TYPE_TXT, 120, data, 12);
    respond();
    assert_false(look().is_taken);
    record(ANSWERS, "yoke._http._tcp.local", TYPE_TXT, 120, data, sizeof data);
    assert_true(look().is_taken);
    assert_int_equal(m.broken, 0);
}

static void test_other_operations_are_nothing(void **state)
{
    (void)state;
    question("yoke.local", TYPE_A, CLASS_IN);
    m.packet[2] |= 0x28; /* update */
    assert_int_equal(look().asked, 0);
    assert_int_equal(m.broken, 0);
}

/* --- what is written -------------------------------------------------------------------------- */

static void test_all_that_is_written_is_understood(void **state)
{
    (void)state;
    w = mdns_write(m.packet, sizeof m.packet, 0, FLAG_RESPONSE);
    const mdns_manner manner = {.ttl_s_max = UINT32_MAX, .flush = true};
    assert_int_equal(mdns_put_records(&w, &m, mdns_all(&m), ANSWERS, manner), 0);
    m.packet[2] = 0; /* as if it were known to him */
    mdns_news n = look();
    assert_int_equal(m.broken, 0);
    assert_int_equal(n.known, mdns_all(&m));
}

static void test_what_does_not_fit_is_left(void **state)
{
    (void)state;
    w = mdns_write(m.packet, 100, 0, FLAG_RESPONSE);
    const mdns_manner manner = {.ttl_s_max = UINT32_MAX};
    uint32_t left = mdns_put_records(&w, &m, mdns_all(&m), ANSWERS, manner);
    assert_int_equal(left, mdns_all(&m) & ~BIT(ADDRESS) & ~BIT(NO_OTHER_ADDRESS));
    assert_int_equal(m.packet[7], 2);
    assert_true(w.at <= 100);
    mdns_reader p = mdns_read(m.packet, w.at);
    assert_true(mdns_read_record(&p, &m.theirs) && mdns_read_record(&p, &m.theirs));
    assert_int_equal(p.at, w.at);
}

#define look_test(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        look_test(test_the_address),
        look_test(test_case_does_not_matter),
        look_test(test_there_is_no_other_address),
        look_test(test_services),
        look_test(test_names_of_others),
        look_test(test_along),
        look_test(test_what_is_known_is_not_told),
        look_test(test_a_pointer_to_a_name_is_followed),
        look_test(test_known_for_too_long_or_otherwise),
        look_test(test_more_comes),
        look_test(test_the_higher_address_comes_first),
        look_test(test_a_response_while_we_probe),
        look_test(test_what_agrees_or_goes_is_no_claim),
        look_test(test_a_contradiction_later),
        look_test(test_cut_off_at_each_byte),
        look_test(test_names_that_never_end),
        look_test(test_a_name_too_long),
        look_test(test_data_longer_than_it_says),
        look_test(test_long_data_is_cut_off_but_different),
        look_test(test_other_operations_are_nothing),
        look_test(test_all_that_is_written_is_understood),
        look_test(test_what_does_not_fit_is_left),
    };
    return cmocka_run_group_tests_name("mdns_look", tests, NULL, NULL);
}
