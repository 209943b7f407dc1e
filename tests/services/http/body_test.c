/* Bodies out of bytes, in pieces of every size. */
#include "world.h"

#include "body.h"

static char out[400];

/* Feed `in` in pieces of `step` bytes, into pieces of `room`; answers the length or the error. */
static int take(const http_request *r, uint32_t limit, const char *in, size_t n, size_t step,
                size_t room, size_t *used)
{
    http_body_state b;
    size_t made = 0;
    *used = 0;
    http_body_begin(&b, r, limit);
    while (!http_body_is_done(&b)) {
        size_t took;
        size_t piece = n - *used < step ? n - *used : step;
        int got = http_body_take(&b, in + *used, piece, &took, out + made, room);
        if (got < 0) {
            return got;
        }
        made += (size_t)got;
        *used += took;
        if (piece == 0 && got == 0) {
            return YOKE_PENDING;
        }
    }
    return (int)made;
}

/* The same answer for all pieces. */
static int take_all_ways(const http_request *r, uint32_t limit, const char *in, size_t *used)
{
    size_t n = strlen(in);
    int first = take(r, limit, in, n, n + 1, sizeof out, used);
    for (size_t step = 1; step < 9; step++) {
        for (size_t room = 1; room < 9; room++) {
            size_t again;
            memset(out, 0, sizeof out);
            assert_int_equal(take(r, limit, in, n, step, room, &again), first);
            if (first >= 0) {
                assert_int_equal(again, *used);
            }
        }
    }
    return first;
}

static int chunks(const char *in)
{
    static const http_request r = {.is_chunked = true};
    size_t used;
    return take_all_ways(&r, 100, in, &used);
}

static void test_a_known_length(void **state)
{
    (void)state;
    http_request r = {.content_bytes = 5};
    size_t used;
    assert_int_equal(take_all_ways(&r, 5, "helloGET", &used), 5);
    assert_int_equal(used, 5);
    assert_memory_equal(out, "hello", 5);
    assert_int_equal(take_all_ways(&r, 4, "hello", &used), YOKE_EFULL);
    assert_int_equal(take_all_ways(&r, 5, "hell", &used), YOKE_PENDING);
    r.content_bytes = 0;
    assert_int_equal(take_all_ways(&r, 0, "x", &used), 0);
    assert_int_equal(used, 0);
}

static void test_chunks(void **state)
{
    (void)state;
    static const http_request r = {.is_chunked = true};
    static const char in[] = "5;a=b\r\nhello\r\n00A \r\n, chunked \r\n0\r\nX: y\r\n\r\nGET";
    size_t used;
    assert_int_equal(take_all_ways(&r, 15, in, &used), 15);
    assert_int_equal(used, sizeof in - 1 - 3);
    assert_memory_equal(out, "hello, chunked ", 15);
    assert_int_equal(take_all_ways(&r, 14, in, &used), YOKE_EFULL);
    assert_int_equal(chunks("0\r\n\r\n"), 0);
}

static void test_chunks_that_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\r\n",         "g\r\n",         "-1\r\n",       "5\nhello\r\n",
        "5\r\nhelloX",  "5\r\nhello\rX", "5\r\nhello\n", "5\r\rhello\r\n",
        "0\r\nX\n\r\n", "0\r\n\n",       "0\r\nX: y\rz", "000000000;\n",
        "0x5\r\nhello", " 5\r\n",        "5;a\nb\r\n",   "100000005\r\nhello",
        "0\r\n\rX",
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(chunks(bad[i]), YOKE_EINVAL);
    }
    assert_int_equal(chunks("ffffffff\r\n"), YOKE_EFULL);
    assert_int_equal(chunks("65\r\n"), YOKE_EFULL);
    assert_int_equal(chunks("5\r\nhello\r\n"), YOKE_PENDING);
}

static void test_signs_without_end(void **state)
{
    (void)state;
    char in[400] = "1;";
    memset(in + 2, 'x', 300);
    assert_int_equal(chunks(in), YOKE_EINVAL);
    strcpy(in, "0\r\n");
    memset(in + 3, 'x', 300);
    assert_int_equal(chunks(in), YOKE_EINVAL);
    memset(in, '0', 300);
    assert_int_equal(chunks(in), YOKE_EINVAL);
}

static void test_it_may_be_put_where_it_came_from(void **state)
{
    (void)state;
    static const http_request r = {.is_chunked = true};
    char in[] = "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
    http_body_state b;
    size_t used;
    http_body_begin(&b, &r, 100);
    assert_int_equal(http_body_take(&b, in, sizeof in - 1, &used, in, sizeof in), 7);
    assert_memory_equal(in, "abcdefg", 7);
    assert_true(http_body_is_done(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_known_length),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_chunks_that_are_refused),
        cmocka_unit_test(test_signs_without_end),
        cmocka_unit_test(test_it_may_be_put_where_it_came_from),
    };
    return cmocka_run_group_tests_name("http_body", tests, NULL, NULL);
}
