/* Settings in the flash of the chip: set, saved, read after a reset; the store filled and wrapped
 * while core 1 keeps its beat; and a factory reset. What a run does, the count of starts decides.
 */
#include "yoke/config.h"
#include "yoke/flash.h"
#include "yoke/watchdog.h"
#include "yoke/yoke.h"

#include <stdio.h>

#define CHANGES 300u

static yoke_loop platform;
static yoke_app app;

static struct {
    int32_t starts, level;
    char name[33];
    char secret[33];
} values;

enum { KEY_STARTS, KEY_LEVEL, KEY_NAME, KEY_SECRET, KEYS };

static const cfg_key keys[KEYS] = {
    {"starts", "how often it was started", CFG_AS_INT(values.starts, 0, 1000)},
    {"level", "any number", CFG_AS_INT(values.level, -100000, 100000), .initial = 7},
    {"name", "any text", CFG_AS_STRING(values.name), .initial_text = "yoke"},
    {"secret", "a password", CFG_AS_STRING(values.secret), .flags = CFG_SECRET},
};
static cfg_key_state states[KEYS];
static const cfg_config config = {
    .keys = keys, .key_count = KEYS, .states = states, .banks = 2, .sectors_a_bank = 1};
static cfg_store store = {.task = YOKE_TASK(cfg_body), .config = &config};

static int step(void *unused)
{
    (void)unused;
    return YOKE_OK;
}

static yoke_worker beat = {.name = "beat", .step = step, .period_us = 1000, .budget_us = 500};

static void tell_values(int opened)
{
    printf("open %d: starts %d, level %d, name %s, secret %s\n", opened, (int)values.starts,
           (int)values.level, values.name, values.secret);
}

static void tell_work(void)
{
    yoke_worker_stats s = yoke_worker_read(&beat);
    flash_account f = flash_counts();
    printf("%u batches, %u failures, %u erases, %u us the longest window\n",
           (unsigned)store.counts.batches, (unsigned)store.counts.failures, (unsigned)f.erases,
           (unsigned)f.window_us_longest);
    printf("core 1: %u skips, %u us late at most\n", (unsigned)s.skips,
           (unsigned)s.late_us_longest);
}

static void tell_wear(void)
{
    printf("damaged %u, wear %u and %u\n", (unsigned)store.counts.damaged,
           (unsigned)cfg_erases(&store, 0), (unsigned)cfg_erases(&store, 1));
}

/* --- what each run does ----------------------------------------------------------- */

typedef struct {
    yoke_task task;
    cfg_mark mark;
    uint32_t left;
} frame;

static void set_first(void)
{
    cfg_set_string(&store, &keys[KEY_NAME], "porch");
    cfg_set_string(&store, &keys[KEY_SECRET], "correct horse");
    cfg_set_int(&store, &keys[KEY_LEVEL], -42);
}

static int root_body(yoke_task *t)
{
    frame *me = YOKE_FRAME(frame, t);
    YOKE_BEGIN(t);
    tell_values(cfg_open(&store));
    tell_wear();
    yoke_start(&platform, &store.task);
    yoke_worker_add(&app, &beat);
    yoke_app_start(&app);
    if (values.starts == 0) {
        set_first();
    } else if (values.starts == 1) {
        for (me->left = CHANGES; me->left; me->left--) {
            cfg_set_int(&store, &keys[KEY_LEVEL], (int32_t)me->left);
            me->mark = cfg_now(&store);
            YOKE_TRY(t, cfg_flush(t, &store, &me->mark));
        }
    } else if (values.starts == 2) {
        cfg_reset(&store);
        me->mark = cfg_now(&store);
        YOKE_TRY(t, cfg_flush(t, &store, &me->mark));
        cfg_set_int(&store, &keys[KEY_STARTS], 2);
    }
    if (values.starts < 3) {
        cfg_set_int(&store, &keys[KEY_STARTS], values.starts + 1);
        me->mark = cfg_now(&store);
        YOKE_TRY(t, cfg_flush(t, &store, &me->mark));
        tell_work();
        watchdog_restart();
    }
    puts("end");
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static frame root = {.task = YOKE_TASK(root_body)};

int main(void)
{
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    return yoke_run(&platform, &root.task);
}
