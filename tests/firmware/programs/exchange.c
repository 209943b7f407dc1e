/* Both loops exchange everything that the kernel offers, and count what is wrong: whatever the
 * phase and the speed of the cores, the lines are the same.
 *
 *   core 0: takes `up` in order, answers each by `down`, reads `weather`, posts a job to core 1
 *   core 1: a worker pushes `up`, writes `weather`; a task takes `down` and sets `done` at the end
 */
#include "yoke/yoke.h"

#include <stdio.h>

#define ITEMS 200u

typedef struct {
    uint32_t number;
    uint32_t words[6]; /* each is `number` times its place */
} sample;

static yoke_loop platform;
static yoke_app app;
static uint32_t up_ring[8], down_ring[8];
static yoke_queue up = YOKE_QUEUE(up_ring);
static yoke_queue down = YOKE_QUEUE(down_ring);
static sample weather_slots[4];
static yoke_share weather = YOKE_SHARE(weather_slots);
static yoke_signal done;
static uint32_t wrong_up, wrong_down, torn, jobs_run, jobs_refused;

/* --- core 1 ---------------------------------------------------------- */

static int pusher(void *arg)
{
    static uint32_t next;
    sample s = {.number = next};
    (void)arg;
    for (uint32_t i = 0; i < 6; i++) {
        s.words[i] = next * (i + 1);
    }
    yoke_share_write(&weather, &s);
    if (next < ITEMS && yoke_queue_push(&up, &next) == YOKE_OK) {
        next++;
    }
    return YOKE_OK;
}

static yoke_worker worker = {.name = "pusher", .step = pusher, .period_us = 97};

static int answer_body(yoke_task *t)
{
    static uint32_t expected, got;
    YOKE_BEGIN(t);
    while (expected < ITEMS) {
        YOKE_TRY(t, yoke_queue_get(t, &down, &got));
        wrong_down += got != expected;
        expected++;
    }
    yoke_signal_set(&done, expected);
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task answer = YOKE_TASK(answer_body);

static void count_job(void *arg)
{
    (void)arg;
    jobs_run++;
}

static yoke_job job = {.run = count_job};

/* --- core 0 ---------------------------------------------------------- */

static void look_at_weather(void)
{
    static uint32_t last;
    sample s;
    yoke_share_read(&weather, &s);
    for (uint32_t i = 0; i < 6; i++) {
        torn += s.words[i] != s.number * (i + 1);
    }
    torn += s.number < last;
    last = s.number;
}

static void post_job(void)
{
    if (yoke_post(&app.loop, &job) != YOKE_OK) {
        jobs_refused++;
    }
}

static int root_body(yoke_task *t)
{
    static uint32_t expected, got, total;
    YOKE_BEGIN(t);
    yoke_start(&app.loop, &answer);
    yoke_worker_add(&app, &worker);
    yoke_app_start(&app);
    while (expected < ITEMS) {
        YOKE_TRY(t, yoke_queue_get(t, &up, &got));
        wrong_up += got != expected;
        expected++;
        look_at_weather();
        post_job();
        while (yoke_queue_push(&down, &got) != YOKE_OK) {
            YOKE_TRY(t, yoke_yield(t));
        }
    }
    YOKE_TRY(t, yoke_signal_wait(t, &done, &total));
    YOKE_TRY(t, yoke_sleep_ms(t, 1));
    printf("exchanged %u and %u, %u and %u wrong, %u torn, jobs %s\n", (unsigned)expected,
           (unsigned)total, (unsigned)wrong_up, (unsigned)wrong_down, (unsigned)torn,
           jobs_run + jobs_refused == ITEMS ? "all there" : "lost");
    YOKE_FINALLY(t);
    yoke_app_stop(&app);
    YOKE_AWAIT(t, yoke_app_join(t, &app));
    puts("stopped");
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(void)
{
    yoke_loop_init(&platform, 0);
    yoke_app_init(&app);
    return yoke_run(&platform, &root);
}
