/* Between the search (explore.c) and the memory model (memory.c). */
#ifndef PROOF_ENGINE_H
#define PROOF_ENGINE_H

#include "explore.h"

#include <stdio.h>

#define OPERATIONS_MAX 1000u /* of one thread: more means that it goes on for ever */

enum operation { LOAD, STORE, FENCE, LOCK, UNLOCK, SET, TAKE, CHOICE, GHOST_READ, OPERATIONS };

/* True while a thread of a scenario runs: else loads and stores are plain ones. */
extern bool engine_running;

/* Let another thread go first, in all ways. `needs` NULL: this thread can always go on; else only
 * while *needs == wanted. */
void engine_point(const bool *needs, bool wanted);

/* An operation without a point before it. */
void engine_count(void);

/* Begin the scenario again, from nothing seen. */
_Noreturn void engine_begin_again(void);

/* A line of the trace. */
void engine_record(enum operation what, uintptr_t address, uint64_t value, const void *code);

/* Thread `i` has not ended. */
bool engine_is_alive(unsigned i);

/* Number of this execution, from 1. */
uint32_t engine_execution(void);

uint64_t engine_mix(uint64_t hash, uint64_t value);

void memory_forget(void);   /* before each scenario */
void memory_reset(void);    /* before each execution */
uint64_t memory_hash(void); /* all that the model knows and that can still matter */

/* What the instrumented code calls (instrument.c); `order` is a memory_order. */
void memory_plain(uintptr_t address, size_t size, bool is_write, const void *code);
uint64_t memory_load(uintptr_t address, unsigned size, int order, const void *code);
void memory_store(uintptr_t address, unsigned size, uint64_t value, int order, const void *code);
void memory_fence(int order, const void *code);

#endif
