/* One program of tasks and workers on both loops, under 1,000 seeds of interleavings and stray
 * wakes: what each loop does, and when, must be the same each time.
 *
 * No two things that depend on each other happen at the same time by chance: the platform acts at
 * whole milliseconds of its own grids, workers 300 us later, and who looks, 500 us later. */
#include "world.h"

#include "yoke/delay.h"

#include <stdio.h>
#include <stdlib.h>

#define SEEDS 1000u

/* --- one trace per loop, beside the common one ------------------------ */

static char traces[YOKE_CORES][1 << 16];
static size_t lengths[YOKE_CORES];

static void tell(const char *what, uint32_t value)
{
    unsigned core = yoke_port_here()->core;
    uint64_t us = yoke_port_now_us() - world_config.start_us;
    size_t left = sizeof traces[core] - lengths[core];
    lengths[core] += (size_t)snprintf(traces[core] + lengths[core], left, "%llu %s %u\n",
                                      (unsigned long long)us, what, value);
    assert_true(lengths[core] < sizeof traces[core]);
    note_at("core %u: %s %u", core, what, value);
}

/* --- what the loops share --------------------------------------------- */

typedef struct {
    uint32_t n, twice_n;
} sample;

static uint32_t ring[4];
static yoke_queue orders;
static yoke_signal answers;
static sample slots[4];
static yoke_share newest;

/* --- on the platform loop --------------------------------------------- */

typedef struct {
    yoke_task task;
    uint32_t i, value;
} actor;

static uint64_t after_start_us(uint32_t us)
{
    return world_config.start_us + us;
}

/* Orders something each 5 ms and waits for the answer, which comes in time but each fourth. */
static int orders_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    for (me->i = 1;; me->i++) {
        YOKE_TRY(t, yoke_sleep_until(t, after_start_us(me->i * 5000)));
        yoke_queue_push(&orders, &me->i);
        YOKE_AWAIT(t, yoke_within(t, 2, yoke_signal_wait(t, &answers, &me->value)));
        if (t->status == YOKE_ECANCELED) {
            break;
        }
        tell(t->status == YOKE_OK ? "answer" : "no answer", me->value);
    }
    YOKE_FINALLY(t);
    tell("orders end", me->i);
    YOKE_END(t);
}

static int nap_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, yoke_sleep_ms(t, me->value));
    tell("nap over", me->value);
    t->rc = me->i ? YOKE_EIO : YOKE_OK;
    YOKE_FINALLY(t);
    tell("nap ends", (uint32_t)-t->rc);
    YOKE_END(t);
}

static actor naps[3] = {
    {.task = YOKE_TASK(nap_body)}, {.task = YOKE_TASK(nap_body)}, {.task = YOKE_TASK(nap_body)}};
static yoke_task *const nap_tasks[] = {&naps[0].task, &naps[1].task, &naps[2].task};

/* Three naps each 10 ms, one of them on the other loop; in every third round one fails. */
static int rounds_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    for (me->i = 0;; me->i++) {
        for (unsigned n = 0; n < 3; n++) {
            naps[n].value = 2 + 2 * n;
            naps[n].i = me->i % 3 == 2 && n == 1;
            begin(n == 2 ? &app.loop : &platform, nap_tasks[n]);
        }
        YOKE_AWAIT(t, yoke_gather(t, nap_tasks, 3));
        if (t->status == YOKE_ECANCELED) {
            break;
        }
        tell("round", (uint32_t)-t->status);
        YOKE_AWAIT(t, yoke_sleep_until(t, after_start_us((me->i + 1) * 10000)));
        if (t->status == YOKE_ECANCELED) {
            break;
        }
    }
    for (unsigned n = 0; n < 3; n++) {
        yoke_cancel(nap_tasks[n]);
    }
    YOKE_AWAIT(t, yoke_gather(t, nap_tasks, 3));
    tell("rounds end", me->i);
    YOKE_END(t);
}

/* Looks at what the workers published. */
static int looks_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    for (me->i = 1;; me->i++) {
        YOKE_TRY(t, yoke_sleep_until(t, after_start_us(me->i * 7000 + 500)));
        sample s;
        yoke_share_read(&newest, &s);
        tell("sample", s.n);
        assert_int_equal(s.twice_n, 2 * s.n);
    }
    YOKE_FINALLY(t);
    tell("looks end", 0);
    YOKE_END(t);
}

/* --- on the app loop -------------------------------------------------- */

static int serves_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_queue_get(t, &orders, &me->value));
        tell("order", me->value);
        me->i = me->value % 4 == 0 ? 3300 : 300;
        YOKE_TRY(t, yoke_sleep_until(t, yoke_now_us(&app.loop) + me->i));
        yoke_signal_set(&answers, me->value);
    }
    YOKE_FINALLY(t);
    tell("serves end", 0);
    YOKE_END(t);
}

static int publish_step(void *arg)
{
    uint32_t *n = arg;
    (*n)++;
    sample s = {*n, 2 * *n};
    yoke_share_write(&newest, &s);
    return YOKE_OK;
}

static int beat_step(void *arg)
{
    uint32_t *n = arg;
    tell("beat", ++*n);
    delay_us(100);
    return YOKE_OK;
}

static int stage_body(yoke_task *t)
{
    actor *me = YOKE_FRAME(actor, t);
    YOKE_BEGIN(t);
    tell("stage one", me->i);
    YOKE_TRY(t, yoke_yield(t));
    tell("stage two", me->i++);
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* --- all of it -------------------------------------------------------- */

static actor order_task = {.task = YOKE_TASK(orders_body)};
static actor round_task = {.task = YOKE_TASK(rounds_body)};
static actor look_task = {.task = YOKE_TASK(looks_body)};
static actor serve_task = {.task = YOKE_TASK(serves_body)};
static actor stage_task = {.task = YOKE_TASK(stage_body)};
static yoke_task *const all[] = {&order_task.task, &round_task.task, &look_task.task,
                                 &serve_task.task};

/* What the workers count. */
static uint32_t published, beats;
static yoke_worker publisher = {.name = "publisher", .step = publish_step, .arg = &published};
static yoke_worker beater = {.name = "beater", .step = beat_step, .arg = &beats};
static yoke_worker stager = {.name = "stager", .step = yoke_step_task, .arg = &stage_task.task};

/* Runs for 103 ms, removes a worker half-way, then ends everything. */
static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_until(t, after_start_us(300)));
    yoke_app_start(&app);
    YOKE_AWAIT(t, yoke_sleep_until(t, after_start_us(50000)));
    yoke_worker_remove(&app, &stager);
    YOKE_AWAIT(t, yoke_worker_join(t, &stager));
    tell("stager left", 0);
    YOKE_AWAIT(t, yoke_sleep_until(t, after_start_us(103000)));
    yoke_cancel(&serve_task.task);
    YOKE_AWAIT(t, yoke_join(t, &serve_task.task));
    yoke_cancel(&look_task.task);
    YOKE_AWAIT(t, yoke_join(t, &look_task.task));
    yoke_cancel(&order_task.task);
    YOKE_AWAIT(t, yoke_join(t, &order_task.task));
    yoke_cancel(&round_task.task);
    YOKE_AWAIT(t, yoke_gather(t, all, 4));
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    tell("end", 0);
    YOKE_END(t);
}

/* Every run of every task goes into the common trace. */
static void see(yoke_observer *o, yoke_task *t, enum yoke_event event)
{
    (void)o;
    (void)t;
    note_at("core %u: event %d", yoke_port_here()->core, (int)event);
}

static yoke_observer observers[YOKE_CORES] = {{.see = see}, {.see = see}};

static void open_world(uint32_t seed, uint32_t strays)
{
    world_config = (sim_config){.seed = seed, .start_us = 1000000, .strays = strays};
    world_open_again();
    lengths[0] = lengths[1] = 0;
    published = beats = 0;
    orders = (yoke_queue)YOKE_QUEUE(ring);
    answers = (yoke_signal){0};
    memset(slots, 0, sizeof slots);
    newest = (yoke_share)YOKE_SHARE(slots);
    stage_task = (actor){.task = YOKE_TASK(stage_body)}; /* it was left half-way */
    yoke_observe(&platform, &observers[0]);
    yoke_observe(&app.loop, &observers[1]);
}

static void run_program(uint32_t seed, uint32_t strays)
{
    open_world(seed, strays);
    publisher.period_us = 2000;
    beater.period_us = 3000;
    beater.budget_us = 1000;
    stager.period_us = 10000;
    yoke_worker_add(&app, &publisher);
    yoke_worker_add(&app, &beater);
    yoke_worker_add(&app, &stager);
    for (unsigned i = 0; i < 4; i++) {
        begin(i == 3 ? &app.loop : &platform, all[i]);
    }
    yoke_task root = YOKE_TASK(root_body);
    assert_int_equal(world_run(&root), YOKE_OK);
    yoke_worker_remove(&app, &publisher); /* the loop is off: gone at once */
    yoke_worker_remove(&app, &beater);
}

/* Points out the first line that differs. */
static void assert_same(const char *got, const char *expected, uint32_t seed, unsigned core)
{
    size_t line = 0, i = 0;
    for (; got[i] && got[i] == expected[i]; i++) {
        line = got[i] == '\n' ? i + 1 : line;
    }
    if (got[i] != expected[i]) {
        fail_msg("seed %u, core %u: \"%.*s\" instead of \"%.*s\"", seed, core,
                 (int)strcspn(got + line, "\n"), got + line, (int)strcspn(expected + line, "\n"),
                 expected + line);
    }
}

/* 1,000, or so many percent of them as YOKE_TEST_ROUNDS in the environment says. */
static uint32_t last_seed(void)
{
    const char *text = getenv("YOKE_TEST_ROUNDS");
    return text ? SEEDS * (uint32_t)strtoul(text, NULL, 10) / 100 : SEEDS;
}

static void test_1000_seeds_change_nothing(void **state)
{
    (void)state;
    static char expected[YOKE_CORES][1 << 16];
    run_program(0, 0);
    memcpy(expected, traces, sizeof expected);
    assert_true(lengths[0] > 1000 && lengths[1] > 1000);
    for (uint32_t seed = 1; seed <= last_seed(); seed++) {
        run_program(seed, seed % 4 * 100); /* a quarter without strays */
        for (unsigned core = 0; core < YOKE_CORES; core++) {
            assert_same(traces[core], expected[core], seed, core);
        }
    }
}

static void test_the_same_seed_gives_the_same_run(void **state)
{
    (void)state;
    unsigned different = 0;
    static char before[1 << 20], other[1 << 20];
    for (uint32_t seed = 1; seed <= 20; seed++) {
        run_program(seed, 200);
        strcpy(before, trace_text());
        run_program(seed, 200);
        assert_string_equal(trace_text(), before);
        different += strcmp(before, other) != 0;
        strcpy(other, before);
    }
    assert_int_equal(different, 20); /* the seed does make a difference to who runs when */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_1000_seeds_change_nothing),
        cmocka_unit_test(test_the_same_seed_gives_the_same_run),
    };
    return cmocka_run_group_tests_name("seeds", tests, NULL, NULL);
}
