/* Between the search (explore.c) and the memory model (memory.c). */
#ifndef PROOF_ENGINE_H
#define PROOF_ENGINE_H

#include "explore.h"

#include <stdio.h>

#define OPERATIONS_MAX 120u /* of one thread; the clocks have 8 bits */

enum operation { LOAD, STORE, FENCE, LOCK, UNLOCK, SET, TAKE, CHOICE, GHOST_READ, OPERATIONS };

/* True while a thread of a scenario runs: else loads and stores are plain ones. */
extern bool engine_running;

/* Let another thread go first, in all ways. `needs` NULL: this thread can always go on; else only
 * while *needs == wanted. */
void engine_point(const bool *needs, bool wanted);

/* What the current thread has just learnt or done: its part of the state, and a trace line. */
void engine_record(enum operation what, uintptr_t address, uint64_t detail, uint64_t value,
                   const void *code);

/* Number of this execution, from 1. */
uint32_t engine_execution(void);

uint64_t engine_mix(uint64_t hash, uint64_t value);

void memory_reset(void);          /* before each execution */
uint64_t memory_hash(void);       /* what is in memory, as far as threads can see */

/* What the instrumented code calls (instrument.c); `order` is a memory_order. */
void memory_plain(uintptr_t address, size_t size, bool is_write, const void *code);
uint64_t memory_load(uintptr_t address, unsigned size, int order, const void *code);
void memory_store(uintptr_t address, unsigned size, uint64_t value, int order, const void *code);
void memory_fence(int order, const void *code);

#endif
