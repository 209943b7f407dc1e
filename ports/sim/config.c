/* The configuration, and the generator behind everything that is drawn. */
#define _GNU_SOURCE
#include "internal.h"
#include "yoke/virtual.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define END_MS_DEFAULT 60000u
#define END_MS_MAX     UINT32_MAX
#define STRAYS_MAX     1000u

const sim_config *sim_set;

static uint64_t drawn;
static uint64_t drawn_for_app;

void random_begin(uint32_t seed)
{
    drawn = seed;
    drawn_for_app = ~drawn;
}

/* splitmix64: any seed will do, 0 too. */
static uint32_t draw(uint64_t *from, uint32_t limit)
{
    *from += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t x = *from;
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((x ^ x >> 31) % limit);
}

uint32_t random_below(uint32_t limit)
{
    return draw(&drawn, limit);
}

uint32_t entropy_below(uint32_t limit)
{
    return draw(&drawn_for_app, limit);
}

static void open_as(const sim_config *config, bool power_on)
{
    sim_set = config;
    random_begin(config->seed);
    core_reset_state(power_on);
    watchdog_reset_state(power_on);
    virtual_reset();
    lock_reset();
    interrupts_reset();
    strays_reset();
    cores_reset();
    console_reset();
    link_reset();
}

void sim_open(const sim_config *config)
{
    open_as(config, true);
}

void sim_reset(const sim_config *config)
{
    open_as(config, false);
}

static uint32_t from_environment(const char *name, uint32_t otherwise, uint32_t max)
{
    const char *text = getenv(name);
    if (!text) {
        return otherwise;
    }
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || n > max) {
        fprintf(stderr, "yoke: %s=%s is not a number from 0 to %u; using %u\n", name, text, max,
                otherwise);
        return otherwise;
    }
    return (uint32_t)n;
}

/* The loops may hold tasks and workers by now, so nothing is forgotten here. */
void config_from_environment(void)
{
    static sim_config c;
    c.seed = from_environment("YOKE_SEED", 1, UINT32_MAX);
    c.end_us = from_environment("YOKE_SIM_END_MS", END_MS_DEFAULT, END_MS_MAX) * UINT64_C(1000);
    c.strays = from_environment("YOKE_SIM_STRAYS", 0, STRAYS_MAX);
    sim_set = &c;
    random_begin(c.seed);
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of the write */
}
