/* Both loops exchange everything that the kernel offers, and count what is wrong: whatever the
 * phase and the speed of the cores, the lines are the same.
 *
 *   core 0: takes `up` in order, answers each by `down`, reads `weather`, posts a job to core 1
 *   core 1: a worker pushes `up`, writes `weather`; a task takes `down` and sets `done` at the end
 *   both:   knock at each other in rhythms of their own, so that they also meet inside the kernel
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

/* --- knocking -------------------------------------------------------- */

typedef struct {
    yoke_task task;
    yoke_signal signal;
    uint32_t sent, heard;
} door;

static int listen_body(yoke_task *t)
{
    door *me = YOKE_FRAME(door, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_signal_wait(t, &me->signal, &me->heard));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static door doors[2] = {{.task = YOKE_TASK(listen_body)}, {.task = YOKE_TASK(listen_body)}};

static void knock(unsigned core)
{
    yoke_signal_set(&doors[core].signal, ++doors[core].sent);
}

static int knock_step(void *arg)
{
    (void)arg;
    knock(0);
    return YOKE_OK;
}

static yoke_worker knocker = {.name = "knocker", .step = knock_step, .period_us = 31};

static int knock_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_yield(t));
        knock(1);
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static yoke_task knocking = YOKE_TASK(knock_body);

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
    yoke_start(&platform, &doors[0].task);
    yoke_start(&app.loop, &doors[1].task);
    yoke_worker_add(&app, &knocker);
    yoke_start(&platform, &knocking);
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
    yoke_cancel(&knocking);
    yoke_worker_remove(&app, &knocker);
    YOKE_TRY(t, yoke_sleep_ms(t, 1));
    printf("doors %s\n", doors[0].heard == doors[0].sent && doors[1].heard == doors[1].sent
                             ? "heard all"
                             : "missed the last");
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
