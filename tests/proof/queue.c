/* yoke_queue: items arrive whole, in order, once; a waiting consumer never misses one. */
#include "yoke/queue.h"

#include "explore.h"
#include "port.h"

typedef struct {
    uint32_t number;
    uint32_t again; /* the same: a torn item shows */
} item;

typedef struct {
    yoke_task task;
    unsigned wanted; /* items to wait for */
    uint32_t got;
    unsigned runs;
} frame;

static item ring[2];
static yoke_queue queue;
static frame consumer;
static uint32_t accepted;

static int body(yoke_task *t);
static yoke_task *const tasks[] = {&consumer.task};

static void setup_queue(uint32_t capacity, uint32_t start)
{
    ring[0] = ring[1] = (item){0, 0};
    queue = (yoke_queue)YOKE_QUEUE(ring);
    queue.capacity = capacity;
    atomic_init(&queue.head, start);
    atomic_init(&queue.tail, start);
    queue.head_seen = queue.tail_seen = start;
    accepted = 0;
    name_object(ring, sizeof ring, "ring");
    name_object(&queue.head, sizeof queue.head, "queue.head");
    name_object(&queue.tail, sizeof queue.tail, "queue.tail");
    name_object(&queue.waiter, sizeof queue.waiter, "queue.waiter");
    name_object(&queue, sizeof queue, "queue");
}

static void setup_waiting(unsigned wanted)
{
    consumer = (frame){.task = YOKE_TASK(body), .wanted = wanted};
    name_object(&consumer.task.flags, 1, "consumer.flags");
    name_object(&consumer.task.mark, 1, "consumer.mark");
    name_object(&consumer, sizeof consumer, "consumer");
    port_setup(tasks, 1);
}

/* Counts that are about to wrap. */
static void setup_two(void)
{
    setup_queue(2, UINT32_MAX - 1);
}

static void setup_one(void)
{
    setup_queue(1, 0);
}

/* --- push and pop alone ------------------------------------------------------------------------
 */

static void push(unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        int answer = yoke_queue_push(&queue, &(item){accepted + 1, accepted + 1});
        must(answer == YOKE_OK || answer == YOKE_EFULL, "what a push answers");
        accepted += answer == YOKE_OK;
    }
}

static void push_five(void)
{
    push(5);
}

static void pop_five(void)
{
    uint32_t popped = 0;
    for (unsigned i = 0; i < 5; i++) {
        item got;
        if (yoke_queue_pop(&queue, &got) == YOKE_OK) {
            must(got.number == got.again, "a torn item");
            must(got.number == ++popped, "an item lost, doubled or out of order");
        }
    }
}

/* A queue with room refuses nothing: the refused count and what is in it agree. */
static void finish_alone(void)
{
    uint32_t used = yoke_queue_used(&queue);
    must(used <= queue.capacity, "more items than there is room");
    must(accepted + queue.refused == 5, "a push that was neither accepted nor refused");
}

/* --- a task that waits -------------------------------------------------------------------------
 */

static int consume(yoke_task *t)
{
    frame *me = YOKE_FRAME(frame, t);
    item got;
    while (me->wanted > 0) {
        int answer = yoke_settle(t, yoke_queue_get(t, &queue, &got));
        if (answer == YOKE_PENDING) {
            return YOKE_PENDING;
        }
        must(answer == YOKE_OK, "what a get answers");
        must(got.number == got.again, "a torn item");
        must(got.number == ++me->got, "an item lost, doubled or out of order");
        me->wanted--;
    }
    return YOKE_OK;
}

static int body(yoke_task *t)
{
    frame *me = YOKE_FRAME(frame, t);
    enter_body(t);
    must(++me->runs <= 8, "a task is run again and again");
    int answer = consume(t);
    leave_body(t);
    return answer;
}

static void setup_wait_two(void)
{
    setup_queue(2, UINT32_MAX);
    setup_waiting(2);
    yoke_start(&platform, &consumer.task);
}

static void setup_wait_three(void)
{
    setup_queue(2, 0);
    setup_waiting(3);
    yoke_start(&platform, &consumer.task);
}

/* The loop itself starts the consumer: then no lock makes others see that it is started. */
static void setup_start_at_home(void)
{
    setup_queue(2, UINT32_MAX);
    setup_waiting(1);
}

static void run_platform_and_start(void)
{
    be_loop(&platform);
    yoke_start(&platform, &consumer.task);
    run_platform();
}

static void push_one(void)
{
    push(1);
}

static void push_two(void)
{
    push(2);
}

static void push_four(void)
{
    push(4);
}

/* Nothing moves any more: then the consumer has all it wanted, or all that was accepted. */
static void finish_waiting(void)
{
    must(consumer.wanted == 0 || consumer.got == accepted, "an item lies there, its waiter sleeps");
    must((consumer.wanted == 0) == yoke_done(&consumer.task), "the consumer has not ended");
    must(!yoke_done(&consumer.task) || !queue.waiter, "a waiter that has ended");
}

static void finish_one(void)
{
    finish_waiting();
    must(consumer.got == 1, "a queue with room refused an item");
}

static void finish_two(void)
{
    finish_waiting();
    must(consumer.got == 2, "a queue with room refused an item");
}

const scenario scenarios[] = {
    {.name = "room for one, five pushes, five pops",
     .setup = setup_one,
     .threads = {push_five, pop_five},
     .finish = finish_alone},
    {.name = "room for two, five pushes, five pops",
     .setup = setup_two,
     .threads = {push_five, pop_five},
     .finish = finish_alone},
    {.name = "a task waits for two, two pushes",
     .setup = setup_wait_two,
     .threads = {run_platform, push_two},
     .finish = finish_two},
    {.name = "a task started by its own loop waits for one",
     .setup = setup_start_at_home,
     .threads = {run_platform_and_start, push_one},
     .finish = finish_one},
    {.name = "a task waits for three, four pushes",
     .setup = setup_wait_three,
     .threads = {run_platform, push_four},
     .finish = finish_waiting},
    {0},
};
