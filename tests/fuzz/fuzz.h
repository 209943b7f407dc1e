/* What every fuzz target shares. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Called by libFuzzer for each input; answers 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must always hold; else the input is a finding. */
static inline void must(int holds)
{
    if (!holds) {
        abort();
    }
}

#endif
