/* The strip: what the LEDs show, when a frame is taken, and that one on the wire is left alone. */
#include "world.h"

#include "yoke/strip.h"
#include "yoke/virtual.h"

#define PIXELS 5u

static strip_pixel pixels[STRIP_LANES * PIXELS];
static uint8_t wire[STRIP_WIRE_BYTES(STRIP_LANES, PIXELS, 4)];
static strip s;

static void prepare(const char *order, unsigned lanes)
{
    s = (strip){.chip = STRIP_WS2812,
                .order = order,
                .first_pin = 2,
                .lanes = (uint8_t)lanes,
                .pixels_a_lane = PIXELS,
                .pixels = pixels,
                .wire = wire};
}

static void open_strip(const char *order, unsigned lanes)
{
    prepare(order, lanes);
    assert_int_equal(strip_open(&s), YOKE_OK);
}

static uint8_t value(unsigned i, unsigned colour)
{
    return (uint8_t)(i * 37 + colour * 101 + 13);
}

static void paint(void)
{
    for (unsigned i = 0; i < STRIP_LANES * PIXELS; i++) {
        pixels[i] = (strip_pixel){value(i, 0), value(i, 1), value(i, 2), value(i, 3)};
    }
}

static void assert_shines(unsigned lane, unsigned i, bool has_white)
{
    unsigned n = lane * PIXELS + i;
    strip_pixel p = virtual_strip_pixel(&s, lane, i);
    assert_int_equal(p.red, value(n, 0));
    assert_int_equal(p.green, value(n, 1));
    assert_int_equal(p.blue, value(n, 2));
    assert_int_equal(p.white, has_white ? value(n, 3) : 0);
}

/* --- bits ---------------------------------------------------------------- */

static void test_the_wire_of_one_lane_is_its_bytes_in_order(void **state)
{
    (void)state;
    open_strip("GRB", 1);
    pixels[0] = (strip_pixel){0x11, 0x22, 0x33, 0x44};
    pixels[4] = (strip_pixel){0xa1, 0xa2, 0xa3, 0xa4};
    world_run_ms(1);
    assert_int_equal(strip_show(&s), YOKE_OK);
    assert_int_equal(s.wire_size, 15);
    const uint8_t first[] = {0x22, 0x11, 0x33}, last[] = {0xa2, 0xa1, 0xa3};
    assert_memory_equal(wire, first, 3);
    assert_memory_equal(wire + 12, last, 3);
}

/* Two lanes share a byte: the first two bit times are its upper half. */
static void test_the_wire_of_two_lanes(void **state)
{
    (void)state;
    open_strip("RGB", 2);
    memset(pixels, 0, sizeof pixels);
    pixels[0].red = 0x80;      /* lane 0: the first bit */
    pixels[PIXELS].red = 0x40; /* lane 1: the second */
    world_run_ms(1);
    assert_int_equal(strip_show(&s), YOKE_OK);
    assert_int_equal(s.wire_size, 30);
    assert_int_equal(wire[0], 0x60); /* 01 10 00 00: lane 0 is the lower bit of a pair */
    assert_int_equal(wire[1], 0);
}

static void test_each_number_of_lanes_and_each_order(void **state)
{
    (void)state;
    static const char *const orders[] = {"RGB", "GRB",  "BRG",  "BGR",  "GBR",
                                         "RBG", "GRBW", "RGBW", "WRGB", "BGWR"};
    for (unsigned o = 0; o < sizeof orders / sizeof *orders; o++) {
        for (unsigned lanes = 1; lanes <= STRIP_LANES; lanes++) {
            world_open_again();
            open_strip(orders[o], lanes);
            paint();
            world_run_ms(1);
            assert_int_equal(strip_show(&s), YOKE_OK);
            for (unsigned n = 0; n < lanes * PIXELS; n++) {
                assert_shines(n / PIXELS, n % PIXELS, orders[o][3] != '\0');
            }
        }
    }
}

/* --- times ----------------------------------------------------------------- */

static void show_at_once(void *arg)
{
    (void)arg;
    int answer = strip_show(&s);
    note_at("show answers %d, free at %u", answer,
            (unsigned)(strip_free_us(&s) - world_config.start_us));
}

typedef struct {
    yoke_task task;
    int left;
} player;

static int shower_body(yoke_task *t)
{
    player *me = YOKE_FRAME(player, t);
    YOKE_BEGIN(t);
    while (me->left-- > 0) {
        YOKE_AWAIT(t, strip_wait(t, &s));
        show_at_once(NULL);
        show_at_once(NULL); /* never waits */
    }
    YOKE_END(t);
}

/* 5 LEDs of 24 bits of 1.25 us are 150 us, and the gap of a WS2812B is 300. */
static void test_a_frame_is_taken_when_the_gap_is_over(void **state)
{
    (void)state;
    open_strip("GRB", 1);
    player p = {.task = YOKE_TASK(shower_body), .left = 3};
    begin(&app.loop, &p.task);
    yoke_app_start(&app);
    world_run_ms(5);
    assert_trace("300 show answers 0, free at 750\n300 show answers -4, free at 750\n"
                 "750 show answers 0, free at 1200\n750 show answers -4, free at 1200\n"
                 "1200 show answers 0, free at 1650\n1200 show answers -4, free at 1650\n");
    assert_int_equal(s.frames, 3);
    assert_int_equal(s.refused, 3);
    assert_int_equal(virtual_strip_frames(s.line), 3);
    assert_int_equal(strip_free_us(&s), 0);
}

static void test_the_gap_of_an_sk6812_is_shorter(void **state)
{
    (void)state;
    prepare("GRBW", 8);
    s.chip = STRIP_SK6812;
    assert_int_equal(strip_open(&s), YOKE_OK);
    player p = {.task = YOKE_TASK(shower_body), .left = 1};
    begin(&app.loop, &p.task);
    yoke_app_start(&app);
    world_run_ms(5);
    assert_trace("90 show answers 0, free at 380\n90 show answers -4, free at 380\n");
}

static void test_a_frame_on_the_wire_is_not_touched_by_drawing(void **state)
{
    (void)state;
    open_strip("GRB", 4);
    paint();
    world_run_ms(1);
    assert_int_equal(strip_show(&s), YOKE_OK);
    memset(pixels, 0xff, sizeof pixels);
    assert_int_equal(strip_show(&s), YOKE_EBUSY);
    assert_shines(3, 4, false);
    world_run_ms(1);
    assert_int_equal(strip_show(&s), YOKE_OK); /* which checks the one before */
}

static void test_who_touches_the_wire_fails_951(void **state)
{
    (void)state;
    open_strip("GRB", 1);
    world_run_ms(1);
    assert_int_equal(strip_show(&s), YOKE_OK);
    wire[3] ^= 1;
    world_run_ms(1);
    assert_check_fails("virtual", 951, strip_show(&s));
}

/* --- core 1 was reset in the midst of a show -------------------------------- */

static void test_a_show_that_did_not_end(void **state)
{
    (void)state;
    open_strip("GRB", 1);
    world_run_ms(1);
    s.showing = true; /* as it stands then */
    assert_int_equal(strip_show(&s), YOKE_EBUSY);
    assert_int_equal(strip_show(&s), YOKE_EBUSY); /* what is on the wire passes first */
    world_run_ms(1);
    assert_int_equal(strip_show(&s), YOKE_OK);
    assert_int_equal(s.refused, 2);
}

/* --- opening ------------------------------------------------------------------ */

static void test_what_is_out_of_range_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "RG", "RGBB", "RGBX", "RRB", "rgb", "RGBWW", "RGW"};
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        prepare(bad[i], 1);
        assert_int_equal(strip_open(&s), YOKE_EINVAL);
        assert_false(s.open);
    }
    prepare("RGB", 0);
    assert_int_equal(strip_open(&s), YOKE_EINVAL);
    prepare("RGB", STRIP_LANES + 1);
    assert_int_equal(strip_open(&s), YOKE_EINVAL);
    prepare("RGB", 1);
    s.pixels_a_lane = STRIP_PIXELS_MAX + 1;
    assert_int_equal(strip_open(&s), YOKE_EINVAL);
    s.pixels_a_lane = 0;
    assert_int_equal(strip_open(&s), YOKE_EINVAL);
    s.pixels_a_lane = STRIP_PIXELS_MAX;
    assert_int_equal(strip_open(&s), YOKE_OK);
    assert_int_equal(strip_open(&s), YOKE_EBUSY);
}

static void test_a_strip_that_is_not_open_shows_nothing(void **state)
{
    (void)state;
    prepare("RGB", 1);
    assert_int_equal(strip_show(&s), YOKE_EINVAL);
    strip_close(&s); /* no effect */
}

static void close_it(void *arg)
{
    (void)arg;
    strip_close(&s);
    note_at("closed");
}

static void test_a_close_lets_the_frame_end(void **state)
{
    (void)state;
    yoke_job job = {.run = close_it};
    open_strip("GRB", 1);
    world_run_ms(1);
    assert_int_equal(strip_show(&s), YOKE_OK);
    yoke_post(&platform, &job);
    world_run_ms(2);
    assert_trace("1450 closed\n");
    assert_int_equal(strip_open(&s), YOKE_OK);
}

static void test_there_are_four_lines(void **state)
{
    (void)state;
    strip more[4];
    for (unsigned i = 0; i < 4; i++) {
        prepare("RGB", 1);
        more[i] = s;
        assert_int_equal(strip_open(&more[i]), YOKE_OK);
    }
    assert_int_equal(strip_open(&s), YOKE_EFULL);
    assert_false(s.open);
}

static void test_what_is_drawn_for_a_person(void **state)
{
    (void)state;
    uint32_t colour = 1;
    open_strip("GRBW", 2);
    paint();
    world_run_ms(1);
    assert_true(virtual_strip_drawn(s.line, 0, &colour));
    strip_show(&s);
    assert_true(virtual_strip_drawn(s.line, 6, &colour));
    assert_int_equal(colour, (uint32_t)value(6, 3) << 24 | (uint32_t)value(6, 0) << 16 |
                                 (uint32_t)value(6, 1) << 8 | value(6, 2));
    assert_false(virtual_strip_drawn(s.line, 2 * PIXELS, &colour));
    assert_false(virtual_strip_drawn(s.line + 1u, 0, &colour));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_world(test_the_wire_of_one_lane_is_its_bytes_in_order),
        in_world(test_the_wire_of_two_lanes),
        in_world(test_each_number_of_lanes_and_each_order),
        in_world(test_a_frame_is_taken_when_the_gap_is_over),
        in_world(test_the_gap_of_an_sk6812_is_shorter),
        in_world(test_a_frame_on_the_wire_is_not_touched_by_drawing),
        in_world(test_who_touches_the_wire_fails_951),
        in_world(test_a_show_that_did_not_end),
        in_world(test_what_is_out_of_range_is_refused),
        in_world(test_a_strip_that_is_not_open_shows_nothing),
        in_world(test_a_close_lets_the_frame_end),
        in_world(test_there_are_four_lines),
        in_world(test_what_is_drawn_for_a_person),
    };
    return cmocka_run_group_tests_name("strip", tests, NULL, NULL);
}
