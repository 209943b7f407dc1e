/* Does the explorer itself do what C11 says? The classic small programs, each with the outcomes
 * that must be seen, all of them, and no other. An outcome is the number made of r[0], r[1] …,
 * one decimal digit each. */
#include "explore.h"

#include <stdatomic.h>
#include <stdio.h>

static atomic_uint x, y;
static unsigned plain;
static unsigned r[4];
static bool seen[10000];

static void setup(void)
{
    atomic_init(&x, 0);
    atomic_init(&y, 0);
    plain = 0;
    r[0] = r[1] = r[2] = r[3] = 0;
    name_object(&x, sizeof x, "x");
    name_object(&y, sizeof y, "y");
}

static void collect(void)
{
    seen[r[0] * 1000 + r[1] * 100 + r[2] * 10 + r[3]] = true;
}

/* Exactly these outcomes; `expected` ends with -1. */
static void expect(const int *expected)
{
    for (int outcome = 0; outcome < 10000; outcome++) {
        bool wanted = false;
        for (const int *e = expected; *e >= 0; e++) {
            wanted = wanted || *e == outcome;
        }
        must(seen[outcome] == wanted, wanted ? "an outcome is missing" : "an outcome too many");
        seen[outcome] = false;
    }
}

/* One thread a line, as such programs are usually written. */
/* clang-format off */

#define SET(object, value, order) atomic_store_explicit(&object, value, memory_order_##order)
#define GET(object, order)        atomic_load_explicit(&object, memory_order_##order)
#define FENCE(order)              atomic_thread_fence(memory_order_##order)

/* --- store buffering: each stores, then reads the other's --------------------------------- */

static void sb_relaxed_0(void) { SET(x, 1, relaxed); r[0] = GET(y, relaxed); }
static void sb_relaxed_1(void) { SET(y, 1, relaxed); r[1] = GET(x, relaxed); }
static void sb_fence_0(void) { SET(x, 1, relaxed); FENCE(seq_cst); r[0] = GET(y, relaxed); }
static void sb_fence_1(void) { SET(y, 1, relaxed); FENCE(seq_cst); r[1] = GET(x, relaxed); }
static void sb_strong_0(void) { SET(x, 1, seq_cst); r[0] = GET(y, seq_cst); }
static void sb_strong_1(void) { SET(y, 1, seq_cst); r[1] = GET(x, seq_cst); }
static void sb_acqrel_0(void) { SET(x, 1, release); r[0] = GET(y, acquire); }
static void sb_acqrel_1(void) { SET(y, 1, release); r[1] = GET(x, acquire); }
static void all_four(void) { expect((int[]){0, 100, 1000, 1100, -1}); }
static void not_both_old(void) { expect((int[]){100, 1000, 1100, -1}); }

/* --- message passing: data in x, "it is there" in y --------------------------------------- */

static void mp_send_relaxed(void) { SET(x, 1, relaxed); SET(y, 1, relaxed); }
static void mp_send_release(void) { SET(x, 1, relaxed); SET(y, 1, release); }
static void mp_send_fence(void) { SET(x, 1, relaxed); FENCE(release); SET(y, 1, relaxed); }
static void mp_send_sequence(void)
{
    SET(x, 1, relaxed);
    SET(y, 1, release);
    SET(y, 2, relaxed);
}
static void mp_get_relaxed(void) { r[0] = GET(y, relaxed); r[1] = GET(x, relaxed); }
static void mp_get_acquire(void) { r[0] = GET(y, acquire); r[1] = GET(x, relaxed); }
static void mp_get_fence(void) { r[0] = GET(y, relaxed); FENCE(acquire); r[1] = GET(x, relaxed); }
static void no_old_data(void) { expect((int[]){0, 100, 1100, -1}); }

static void no_old_data_after_two(void) { expect((int[]){0, 100, 1100, 2100, -1}); }

/* --- the same with plain data: no race is reported where there is none -------------------- */

static void plain_send(void) { plain = 1; SET(y, 1, release); }
static void plain_get(void) { r[0] = GET(y, acquire); r[1] = r[0] ? plain : 0; }
static void only_whole(void) { expect((int[]){0, 1100, -1}); }

/* --- one object: a value once read never gets older --------------------------------------- */

static void corr_store(void) { SET(x, 1, relaxed); SET(x, 2, relaxed); }
static void corr_read(void) { r[0] = GET(x, relaxed); r[1] = GET(x, relaxed); }
static void never_older(void) { expect((int[]){0, 100, 200, 1100, 1200, 2200, -1}); }

/* --- two readers may disagree on the order of two stores, unless these are strong --------- */

static void iriw_x_relaxed(void) { SET(x, 1, release); }
static void iriw_y_relaxed(void) { SET(y, 1, release); }
static void iriw_get_xy(void) { r[0] = GET(x, acquire); r[1] = GET(y, acquire); }
static void iriw_get_yx(void) { r[2] = GET(y, acquire); r[3] = GET(x, acquire); }
static void iriw_x_strong(void) { SET(x, 1, seq_cst); }
static void iriw_y_strong(void) { SET(y, 1, seq_cst); }
static void iriw_strong_xy(void) { r[0] = GET(x, seq_cst); r[1] = GET(y, seq_cst); }
static void iriw_strong_yx(void) { r[2] = GET(y, seq_cst); r[3] = GET(x, seq_cst); }

static void all_sixteen(void)
{
    expect((int[]){0, 1, 10, 11, 100, 101, 110, 111, 1000, 1001, 1010, 1011, 1100, 1101, 1110,
                   1111, -1});
}

static void all_but_disagreement(void)
{
    expect((int[]){0, 1, 10, 11, 100, 101, 110, 111, 1000, 1001, 1011, 1100, 1101, 1110, 1111,
                   -1});
}

/* --- the port's lock and flags hand over -------------------------------------------------- */

static void lock_count(void) { lock_take(); r[0] = ++plain; lock_give(); }
static void lock_count_too(void) { lock_take(); r[1] = ++plain; lock_give(); }
static void one_then_other(void) { expect((int[]){1200, 2100, -1}); }
static void flag_send(void) { SET(x, 1, relaxed); flag_set(0); }
static void flag_get(void) { flag_wait(0); r[0] = GET(x, relaxed); }
static void only_new(void) { expect((int[]){1000, -1}); }

/* clang-format on */

#define LITMUS(name_, expect_, ...)                                                 \
    {                                                                               \
        .name = name_, .setup = setup, .threads = {__VA_ARGS__}, .finish = collect, \
        .conclude = expect_                                                         \
    }

const scenario scenarios[] = {
    LITMUS("sb-relaxed", all_four, sb_relaxed_0, sb_relaxed_1),
    LITMUS("sb-acquire-release", all_four, sb_acqrel_0, sb_acqrel_1),
    LITMUS("sb-one-fence", all_four, sb_fence_0, sb_relaxed_1),
    LITMUS("sb-fences", not_both_old, sb_fence_0, sb_fence_1),
    LITMUS("sb-strong", not_both_old, sb_strong_0, sb_strong_1),
    LITMUS("mp-relaxed", all_four, mp_send_relaxed, mp_get_relaxed),
    LITMUS("mp-only-release", all_four, mp_send_release, mp_get_relaxed),
    LITMUS("mp-only-acquire", all_four, mp_send_relaxed, mp_get_acquire),
    LITMUS("mp-release-acquire", no_old_data, mp_send_release, mp_get_acquire),
    LITMUS("mp-fences", no_old_data, mp_send_fence, mp_get_fence),
    LITMUS("mp-fence-acquire", no_old_data, mp_send_fence, mp_get_acquire),
    LITMUS("mp-release-sequence", no_old_data_after_two, mp_send_sequence, mp_get_acquire),
    LITMUS("mp-plain", only_whole, plain_send, plain_get),
    LITMUS("corr", never_older, corr_store, corr_read),
    LITMUS("iriw-acquire", all_sixteen, iriw_x_relaxed, iriw_y_relaxed, iriw_get_xy, iriw_get_yx),
    LITMUS("iriw-strong", all_but_disagreement, iriw_x_strong, iriw_y_strong, iriw_strong_xy,
           iriw_strong_yx),
    LITMUS("lock", one_then_other, lock_count, lock_count_too),
    LITMUS("flag", only_new, flag_send, flag_get),
    {0},
};
