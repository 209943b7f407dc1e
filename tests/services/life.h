/* For tests of the supervisor: a world with one, and workers that do harm in one of their steps. */
#ifndef LIFE_H
#define LIFE_H

#include "world.h"
#include "yoke/lifecycle.h"

extern lifecycle life; /* notes what it is told: "TIME kind K in NAME, restart N", "removed NAME" */

/* A fresh supervisor on the present world: 80 ms are a stall. */
void life_open(void);

/* cmocka's setup function of every test. */
int life_setup(void **state);

#define in_life(test) cmocka_unit_test_setup(test, life_setup)

/* A worker that counts its steps, and may do harm in one of them. */
typedef struct {
    yoke_worker worker;
    int good;             /* steps before it does harm */
    void (*harm)(void *); /* NULL: none */
    void *arg;
    atomic_uint count;
} actor;

int act(void *arg);

#define BAD(name_, period_ms, ...)                                                            \
    {                                                                                         \
        .worker = {.name = (name_), .step = act, .period_us = (period_ms)*1000u}, __VA_ARGS__ \
    }

#define GOOD(name_, period_ms) BAD(name_, period_ms, .harm = NULL)

/* Add it, which must work. */
void add(actor *a);

enum yoke_worker_state state_of(const actor *a);

/* Harm: never come back; the same with the lock; a fault. */
void stand_still(void *unused);
void stand_still_with_the_lock(void *unused);
void crash(void *unused);

/* No harm: 50 ms. */
void take_50_ms(void *unused);

#endif
