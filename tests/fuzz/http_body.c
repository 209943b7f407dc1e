/* A body in chunks: the same whatever the pieces, and never more than the limit. */
#include "fuzz.h"

#include "body.h"

#define LIMIT 300u

/* Take all of `data` in pieces; answers the body's length or the error. */
static int take(const uint8_t *data, size_t size, size_t step, size_t room, char *out)
{
    static const http_request r = {.is_chunked = true};
    http_body_state b;
    size_t made = 0;
    size_t done = 0;
    http_body_begin(&b, &r, LIMIT);
    while (!http_body_is_done(&b)) {
        size_t used;
        size_t n = size - done < step ? size - done : step;
        char piece[64];
        memcpy(piece, data + done, n);
        int got = http_body_take(&b, piece, n, &used, out + made,
                                 room < LIMIT - made ? room : LIMIT - made);
        if (got < 0) {
            return got;
        }
        must(used <= n);
        made += (size_t)got;
        done += used;
        must(made <= LIMIT);
        if (n == 0 && got == 0) {
            return YOKE_PENDING;
        }
    }
    return (int)made;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char a[LIMIT];
    static char b[LIMIT];
    int first = take(data, size, 64, LIMIT, a);
    int again = take(data, size, 1, 3, b);
    must(first == again);
    must(first < 0 || memcmp(a, b, (size_t)first) == 0);
    return 0;
}
