/* Single producer, single consumer: each side writes its own count, and reads the other's. */
#include "yoke/queue.h"

#include "internal.h"

#include <string.h>

static uint32_t load(const atomic_uint *at, memory_order order)
{
    return atomic_load_explicit(at, order);
}

static void *item_at(const yoke_queue *q, uint32_t position)
{
    return (unsigned char *)q->items + (position & (q->capacity - 1)) * q->item_size;
}

static void count(atomic_uint *counter)
{
    atomic_store_explicit(counter, load(counter, memory_order_relaxed) + 1, memory_order_relaxed);
}

/* The last look at the other side said "full": look again. */
static bool still_full(yoke_queue *q, uint32_t tail)
{
    q->head_seen = load(&q->head, memory_order_acquire);
    return tail - q->head_seen == q->capacity;
}

/* The last look at the other side said "empty": look again. */
static bool still_empty(yoke_queue *q, uint32_t head)
{
    q->tail_seen = load(&q->tail, memory_order_acquire);
    uint32_t found = q->tail_seen - head;
    if (found > load(&q->most_found, memory_order_relaxed)) {
        atomic_store_explicit(&q->most_found, found, memory_order_relaxed);
    }
    return found == 0;
}

/* The waiter registers, then looks at the tail; the producer moves the tail, then looks for a
 * waiter. The fences make one of them see the other. */
static void wake_consumer(yoke_queue *q)
{
    atomic_thread_fence(memory_order_seq_cst);
    yoke_task *waiter = atomic_load_explicit(&q->waiter, memory_order_relaxed);
    if (waiter) {
        yoke_wake(waiter);
    }
}

int yoke_queue_push(yoke_queue *q, const void *item)
{
    uint32_t tail = load(&q->tail, memory_order_relaxed);
    if (tail - q->head_seen >= q->capacity && still_full(q, tail)) {
        count(&q->refused);
        return YOKE_EFULL;
    }
    memcpy(item_at(q, tail), item, q->item_size);
    atomic_store_explicit(&q->tail, tail + 1, memory_order_release);
    wake_consumer(q);
    return YOKE_OK;
}

int yoke_queue_pop(yoke_queue *q, void *item)
{
    uint32_t head = load(&q->head, memory_order_relaxed);
    if (q->tail_seen == head && still_empty(q, head)) {
        return YOKE_PENDING;
    }
    memcpy(item, item_at(q, head), q->item_size);
    atomic_store_explicit(&q->head, head + 1, memory_order_release);
    return YOKE_OK;
}

static int wait_for_item(yoke_task *t, yoke_queue *q, void *item)
{
    yoke_task *waiter = atomic_load_explicit(&q->waiter, memory_order_relaxed);
    yoke_park(t, &waiter);
    atomic_store_explicit(&q->waiter, waiter, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    return yoke_queue_pop(q, item);
}

int yoke_queue_get(yoke_task *t, yoke_queue *q, void *item)
{
    int answer = yoke_queue_pop(q, item);
    if (answer == YOKE_PENDING) {
        answer = wait_for_item(t, q, item);
    }
    if (answer == YOKE_OK) {
        atomic_store_explicit(&q->waiter, NULL, memory_order_relaxed);
    }
    return answer;
}

uint32_t yoke_queue_used(const yoke_queue *q)
{
    return load(&q->tail, memory_order_relaxed) - load(&q->head, memory_order_relaxed);
}
