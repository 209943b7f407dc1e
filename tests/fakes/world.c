#include "world.h"

#include <stdlib.h>

#define STRAYS_PER_MILLE 150u

yoke_loop platform;
yoke_app app;
sim_config world_config;

jmp_buf world_check_jump;
const char *world_check_module;
uint16_t world_check_number;
bool world_check_expected;

static void on_fail(const char *module, uint16_t number)
{
    if (!world_check_expected) {
        fail_msg("check failed: %s %u", module, number);
    }
    world_check_module = module;
    world_check_number = number;
    longjmp(world_check_jump, 1);
}

void world_open_again(void)
{
    sim_open(&world_config);
    sim_on_fail(on_fail);
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    trace_begin(world_config.start_us);
}

void world_open(void)
{
    const char *text = getenv("YOKE_TEST_SEED");
    uint32_t seed = text ? (uint32_t)strtoul(text, NULL, 10) : 0;
    world_config =
        (sim_config){.seed = seed, .start_us = 1000000, .strays = seed ? STRAYS_PER_MILLE : 0};
    world_open_again();
}

void world_without_strays(void)
{
    world_config.strays = 0;
}

int world_setup(void **state)
{
    (void)state;
    world_open();
    return 0;
}

int world_run(yoke_task *root)
{
    return yoke_run(&platform, root);
}

typedef struct {
    yoke_task task;
    uint32_t ms;
} pause;

static int pause_body(yoke_task *t)
{
    pause *me = YOKE_FRAME(pause, t);
    YOKE_BEGIN(t);
    YOKE_AWAIT(t, yoke_sleep_ms(t, me->ms));
    YOKE_END(t);
}

/* Ends just before what is due at `ms`, in any order of the loops. */
void world_run_ms(uint32_t ms)
{
    pause p = {.task = YOKE_TASK(pause_body), .ms = ms};
    world_run(&p.task);
}

static uint64_t answered;

static uint64_t recording_step(yoke_loop *l)
{
    return answered = yoke_loop_step(l);
}

static int nothing_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_END(t);
}

uint64_t world_next_us(void)
{
    platform.step = recording_step;
    do {
        yoke_task t = YOKE_TASK(nothing_body);
        world_run(&t);
    } while (answered == YOKE_AT_ONCE); /* a stray wake */
    platform.step = yoke_loop_step;
    return answered;
}

void begin(yoke_loop *home, yoke_task *t)
{
    assert_int_equal(yoke_start(home, t), YOKE_OK);
}
