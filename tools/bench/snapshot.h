/* What the snapshot measurements share: one thread writes a struct of 32 bytes, this one reads
 * it whole. Inlined with read and write known. */
#ifndef BENCH_SNAPSHOT_H
#define BENCH_SNAPSHOT_H

#include "bench.h"

typedef struct {
    uint64_t words[4]; /* all the same, or the snapshot is torn */
} snapshot;

/* The row's n. */
enum { SNAPSHOT_ALONE, SNAPSHOT_10_K_WRITES, SNAPSHOT_CONSTANT_WRITES };

typedef void snapshot_read(snapshot *s);
typedef void snapshot_write(const snapshot *s);

/* True until the reader has finished; paces the writer as the row says. */
bool snapshot_write_again(void);

/* Run `writer` in a second thread, `reads` in this one. `writer` calls snapshot_writes(). */
bool snapshot_measure(const bench_case *c, void *(*writer)(void *), uint64_t (*reads)(uint32_t n),
                      double figures[]);

__attribute__((always_inline)) static inline void snapshot_writes(snapshot_write *write)
{
    for (uint64_t i = 1; snapshot_write_again(); i++) {
        write(&(snapshot){{i, i, i, i}});
    }
}

/* Answers zero when none was torn and none older than the one before. */
__attribute__((always_inline)) static inline uint64_t snapshot_reads(snapshot_read *read,
                                                                     uint32_t n)
{
    uint64_t wrong = 0;
    uint64_t before = 0;
    for (uint32_t i = 0; i < n; i++) {
        snapshot s;
        read(&s);
        wrong |= (s.words[0] ^ s.words[1]) | (s.words[1] ^ s.words[2]) | (s.words[2] ^ s.words[3]);
        wrong |= s.words[0] < before;
        before = s.words[0];
    }
    return wrong;
}

#endif
