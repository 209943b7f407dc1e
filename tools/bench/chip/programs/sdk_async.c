/* pico-sdk: core 1 makes work pending in an async_context of core 0, in the background; and
 * workers of that context that make each other pending. */
#include "marks.h"

#include "pico/async_context_threadsafe_background.h"
#include "pico/multicore.h"
#include "pico/stdlib.h"

MARK(up_sent)
MARK(up_taken)

SETTING(task_count);
volatile uint32_t yields;

static async_context_threadsafe_background_t context;

static void taken(async_context_t *c, async_when_pending_worker_t *w)
{
    (void)c;
    (void)w;
    up_taken();
}

static void yield(async_context_t *c, async_when_pending_worker_t *w)
{
    yields++;
    async_context_set_work_pending(c, w);
}

/* Watched: the first of them. */
void first_yield(async_context_t *c, async_when_pending_worker_t *w);
void first_yield(async_context_t *c, async_when_pending_worker_t *w)
{
    yield(c, w);
}

static async_when_pending_worker_t taker = {.do_work = taken};
static async_when_pending_worker_t yielders[20];

static void core1(void)
{
    for (;;) {
        busy_wait_us(500);
        up_sent();
        async_context_set_work_pending(&context.core, &taker);
    }
}

int main(void)
{
    async_context_threadsafe_background_config_t config =
        async_context_threadsafe_background_default_config();
    async_context_threadsafe_background_init(&context, &config);
    async_context_add_when_pending_worker(&context.core, &taker);
    async_context_acquire_lock_blocking(&context.core); /* else the first lets nobody be added */
    for (uint32_t i = 0; i < task_count; i++) {
        yielders[i].do_work = i ? yield : first_yield;
        async_context_add_when_pending_worker(&context.core, &yielders[i]);
        async_context_set_work_pending(&context.core, &yielders[i]);
    }
    async_context_release_lock(&context.core); /* each has run once, and is pending again */
    if (task_count == 0) {
        multicore_launch_core1(core1);
    } else {
        async_context_set_work_pending(&context.core, &yielders[0]); /* off they go */
    }
    for (;;) {
        __wfe();
    }
}
