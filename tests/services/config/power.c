/* The power is lost at every byte that is programmed and in every half of an erase, in whatever
 * order the bits of the page or sector were on their way; and again in what is written after that.
 *
 * A workload is a list of steps: what is changed in one turn, and flushed. After a cut in a step
 * all keys together must be as before it, or as after it, and that if the flush has answered; and
 * the store must go on working. Each cut has a name, which reruns it alone:
 *
 *   2x1.mixed.17.20.1        banks x sectors a bank, workload, step, cut, tear
 *   2x1.mixed.17.20.1.21     and a second cut in the step after the restart
 *
 * Then rot: each bit of a store is flipped. No key may have a value that it never had. */
#include "world.h"

#include "settings.h"
#include "yoke/flash.h"
#include "yoke/virtual.h"

#include <stdio.h>
#include <stdlib.h>

#define REGION     (8 * FLASH_SECTOR)
#define STEPS_MAX  320u
#define SECOND     37u /* one first cut of so many has second ones, */
#define SECOND_GAP 11u /* each so many bytes apart */

/* --- workloads ---------------------------------------------------------------------- */

static uint32_t chance;

static uint32_t draw(uint32_t below)
{
    chance = chance * 1664525u + 1013904223u;
    return (chance >> 8) % below;
}

static void change(unsigned key)
{
    static const char *const orders[] = {"RGB", "GRB", "BGR"};
    const cfg_key *k = &settings_keys[key];
    char text[65];
    size_t length = draw(key == KEY_PASSWORD ? 64 : key == KEY_NAME ? 32 : 16);
    for (size_t i = 0; i < length; i++) {
        text[i] = (char)('a' + draw(26));
    }
    text[length] = '\0';
    if (k->type == CFG_BOOL) {
        cfg_set_bool(&settings_store, k, draw(2));
    } else if (k->type == CFG_INT) {
        cfg_set_int(&settings_store, k, (int32_t)draw(1000) + 1);
    } else if (k->type == CFG_BYTES) {
        cfg_set_bytes(&settings_store, k, text, length);
    } else {
        cfg_set_text(&settings_store, k, k->type == CFG_CHOICE ? orders[draw(3)] : text);
    }
}

static void change_all(unsigned step)
{
    (void)step;
    for (unsigned key = 0; key < KEYS; key++) {
        change(key);
    }
}

static void change_one(unsigned step)
{
    change(step % KEYS);
}

static void change_some(unsigned step)
{
    (void)step;
    for (unsigned key = 0; key < KEYS; key++) {
        unsigned what = draw(6);
        if (what < 2) {
            change(key);
        } else if (what == 2) {
            cfg_unset(&settings_store, &settings_keys[key]);
        }
    }
}

static void change_and_reset(unsigned step)
{
    if (step % 5 == 4) {
        cfg_reset(&settings_store);
    }
    change_some(step);
}

typedef struct {
    const char *name;
    uint8_t banks, sectors_a_bank;
    unsigned steps; /* so many that all banks are filled, and the first once more */
    void (*change)(unsigned step);
} workload;

static const workload workloads[] = {
    {"one", 2, 1, 320, change_one},         {"all", 2, 1, 60, change_all},
    {"mixed", 2, 1, 150, change_some},      {"mixed", 3, 1, 180, change_some},
    {"mixed", 2, 2, 230, change_some},      {"resets", 2, 1, 25, change_and_reset},
    {"resets", 4, 2, 20, change_and_reset},
};

/* --- a device ------------------------------------------------------------------------- */

static uint8_t image[VIRTUAL_FLASH_SIZE];
static cfg_config config;
static jmp_buf power;

static void on_power_lost(void)
{
    longjmp(power, 1);
}

/* All that a device has, in RAM and in flash, between two steps. */
typedef struct {
    uint8_t flash[REGION];
    cfg_store store;
    cfg_key_state states[KEYS];
    settings_values values;
} device;

static void keep(device *d)
{
    memcpy(d->flash, image, REGION);
    d->store = settings_store;
    memcpy(d->states, settings_states, sizeof d->states);
    d->values = settings;
}

static void plug(void)
{
    world_open_again();
    virtual_flash_use(image);
    sim_on_power_lost(on_power_lost);
}

static void go_back_to(const device *d)
{
    memcpy(image, d->flash, REGION);
    settings_store = d->store;
    settings_store.task = (yoke_task)YOKE_TASK(cfg_body);
    memcpy(settings_states, d->states, sizeof d->states);
    settings = d->values;
}

static int restart(void)
{
    plug();
    settings_fresh(&config);
    return cfg_open(&settings_store);
}

/* What an app sees, and nothing of what strings were before. */
static settings_values seen(void)
{
    settings_values v;
    memset(&v, 0, sizeof v);
    v.on = settings.on;
    v.leds = settings.leds;
    v.order = settings.order;
    v.starts = settings.starts;
    snprintf(v.name, sizeof v.name, "%s", settings.name);
    snprintf(v.password, sizeof v.password, "%s", settings.password);
    v.token.length = settings.token.length;
    memcpy(v.token.bytes, settings.token.bytes, v.token.length);
    return v;
}

/* Two of these, whose gaps are 0. */
static bool same(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(settings_values)) == 0;
}

/* One step of the workload, the power being lost after `cut` steps of the flash, 0: never. True:
 * the flush has answered before that. */
static bool run_step(const workload *w, unsigned step, uint64_t cut, uint32_t tear)
{
    plug();
    virtual_flash_cut(cut);
    virtual_flash_tear(tear * 2654435761u);
    chance = step * 977 + 1;
    if (setjmp(power)) {
        return false;
    }
    begin(&platform, &settings_store.task);
    w->change(step);
    int answer = settings_flush();
    if (answer != YOKE_OK) {
        printf("step %u: flush answers %d\n", step, answer);
        exit(1);
    }
    return true;
}

/* --- cuts -------------------------------------------------------------------------------- */

static struct {
    const char *only; /* the name of the one to be run; NULL: all */
    unsigned every;   /* one cut of so many */
    unsigned tears;
    unsigned passed, failed, second;
} plan = {.every = 1, .tears = 2};

typedef struct {
    const workload *w;
    unsigned step;
    uint64_t cut, second;
    uint32_t tear;
} place;

static const char *name_of(const place *p)
{
    static char name[80];
    int n = snprintf(name, sizeof name, "%ux%u.%s.%u.%llu.%u", p->w->banks, p->w->sectors_a_bank,
                     p->w->name, p->step, (unsigned long long)p->cut, p->tear);
    if (p->second) {
        snprintf(name + n, sizeof name - (size_t)n, ".%llu", (unsigned long long)p->second);
    }
    return name;
}

static bool wanted(const place *p)
{
    return !plan.only || strcmp(plan.only, name_of(p)) == 0;
}

static void count(const place *p, const char *problem)
{
    if (!problem) {
        plan.passed++;
        return;
    }
    plan.failed++;
    printf("%s: %s\n", name_of(p), problem);
}

/* After a start: what is there is one of these two, and one step more is saved and read again. */
static const char *judge(const place *p, const settings_values *before,
                         const settings_values *after)
{
    if (restart() != YOKE_OK) {
        return "the store does not open";
    }
    settings_values got = seen();
    if (!same(&got, before) && !same(&got, after)) {
        return "the values are neither those before nor those after";
    }
    if (!run_step(p->w, p->step + 1, 0, 0)) {
        return "the step after it does not end";
    }
    settings_values next = seen();
    if (restart() != YOKE_OK) {
        return "the store does not open after the step after it";
    }
    got = seen();
    return same(&got, &next) ? NULL : "the step after it was not saved";
}

/* The power is lost again, in the step after the restart. */
static void cut_again(place p, const device *cut)
{
    settings_values before, after;
    go_back_to(cut);
    restart();
    before = seen();
    uint64_t from = virtual_flash_steps();
    run_step(p.w, p.step + 1, 0, 0);
    uint64_t steps = virtual_flash_steps() - from;
    after = seen();
    for (p.second = 1 + p.cut % SECOND_GAP; p.second <= steps; p.second += SECOND_GAP) {
        if (wanted(&p)) {
            go_back_to(cut);
            restart();
            bool saved = run_step(p.w, p.step + 1, p.second, p.tear);
            plan.second++;
            count(&p, judge(&p, saved ? &after : &before, &after));
        }
    }
}

static void cut_once(const place *p, const device *before, const device *after)
{
    static device cut;
    static unsigned n;
    const settings_values *values = &after->values;
    go_back_to(before);
    bool saved = run_step(p->w, p->step, p->cut, p->tear);
    keep(&cut);
    if (wanted(p)) {
        count(p, judge(p, saved ? values : &before->values, values));
    }
    if (plan.only || n++ % SECOND == 0) {
        cut_again(*p, &cut);
    }
}

/* Is the one that is wanted among those that begin so? */
static bool is_near(const workload *w, unsigned step)
{
    char prefix[64];
    snprintf(prefix, sizeof prefix, "%ux%u.%s.%u.", w->banks, w->sectors_a_bank, w->name, step);
    return !plan.only || strncmp(plan.only, prefix, strlen(prefix)) == 0;
}

static void cut_everywhere(const workload *w, unsigned step, uint64_t steps, const device *before,
                           const device *after)
{
    if (!is_near(w, step)) {
        return;
    }
    place p = {.w = w, .step = step};
    for (p.cut = 1 + step % plan.every; p.cut <= steps; p.cut += plan.every) {
        for (p.tear = 0; p.tear < plan.tears; p.tear++) {
            cut_once(&p, before, after);
        }
    }
}

/* --- rot ------------------------------------------------------------------------------------ */

static settings_values history[STEPS_MAX + 1];

static bool was_once(const settings_values *v, unsigned steps, size_t at, size_t size)
{
    for (unsigned i = 0; i <= steps; i++) {
        if (memcmp((const char *)&history[i] + at, (const char *)v + at, size) == 0) {
            return true;
        }
    }
    return false;
}

#define WAS_ONCE(v, steps, member) \
    was_once(v, steps, offsetof(settings_values, member), sizeof(v)->member)

static const char *judge_rot(unsigned steps)
{
    if (restart() != YOKE_OK) {
        return "the store does not open";
    }
    settings_values v = seen();
    if (!same(&v, &history[steps]) && settings_store.counts.damaged == 0) {
        return "values differ, and no damage was counted";
    }
    bool known =
        same(&v, &history[steps]) ||
        (WAS_ONCE(&v, steps, on) && WAS_ONCE(&v, steps, leds) && WAS_ONCE(&v, steps, name) &&
         WAS_ONCE(&v, steps, password) && WAS_ONCE(&v, steps, token) &&
         WAS_ONCE(&v, steps, order) && WAS_ONCE(&v, steps, starts));
    return known ? NULL : "a key has a value that it never had";
}

static void rot(const workload *w, unsigned steps)
{
    uint32_t bits = w->banks * w->sectors_a_bank * FLASH_SECTOR * 8u;
    for (uint32_t bit = 0; bit < bits; bit += plan.every) {
        image[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const char *problem = judge_rot(steps);
        image[bit / 8] ^= (uint8_t)(1u << bit % 8);
        plan.passed += !problem;
        if (problem) {
            plan.failed++;
            printf("%ux%u.%s, bit %u flipped: %s\n", w->banks, w->sectors_a_bank, w->name, bit,
                   problem);
        }
    }
}

/* --- all -------------------------------------------------------------------------------------- */

static void run_workload(const workload *w)
{
    static device before, after;
    unsigned passed = plan.passed, second = plan.second;
    memset(image, 0xff, sizeof image);
    config = settings_config;
    config.banks = w->banks;
    config.sectors_a_bank = w->sectors_a_bank;
    restart();
    history[0] = settings = seen();
    for (unsigned step = 0; step < w->steps; step++) {
        keep(&before);
        uint64_t from = virtual_flash_steps();
        run_step(w, step, 0, 0);
        uint64_t steps = virtual_flash_steps() - from;
        history[step + 1] = settings = seen();
        keep(&after);
        cut_everywhere(w, step, steps, &before, &after);
        go_back_to(&after);
    }
    printf("%ux%u.%s: %u steps, each bank erased up to %u times; %u cuts, %u of them second ones\n",
           w->banks, w->sectors_a_bank, w->name, w->steps, (unsigned)cfg_erases(&settings_store, 0),
           plan.passed - passed, plan.second - second);
}

static void usage(void)
{
    puts("usage: power [--every N] [--only NAME]\n\n"
         "  --every N    one cut of N; all, if it is not given\n"
         "  --only NAME  the cut of that name alone\n");
}

static bool take_arguments(int n, char **words)
{
    for (int i = 1; i + 1 < n; i += 2) {
        if (strcmp(words[i], "--every") == 0 && atoi(words[i + 1]) > 0) {
            plan.every = (unsigned)atoi(words[i + 1]);
        } else if (strcmp(words[i], "--only") == 0) {
            plan.only = words[i + 1];
        } else {
            return false;
        }
    }
    return n % 2 == 1;
}

int main(int n, char **words)
{
    if (!take_arguments(n, words)) {
        usage();
        return 2;
    }
    plan.tears = getenv("YOKE_LONG") ? 8 : 2;
    world_open();
    world_config.strays = 0;
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
        run_workload(&workloads[i]);
        if (!plan.only && workloads[i].banks * workloads[i].sectors_a_bank < 4) {
            unsigned before = plan.passed;
            rot(&workloads[i], workloads[i].steps);
            printf("  %u flipped bits\n", plan.passed - before);
        }
    }
    printf("[  PASSED  ] %u test(s).\n", plan.passed);
    if (plan.only && plan.passed + plan.failed == 0) {
        printf("there is no cut %s\n", plan.only);
    }
    if (plan.failed) {
        printf("[  FAILED  ] %u test(s)\n", plan.failed);
    }
    return plan.failed || !plan.passed ? 1 : 0;
}
