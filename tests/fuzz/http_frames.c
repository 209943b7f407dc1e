/* WebSocket frames: the same messages whatever the pieces, each within its limits. */
#include "fuzz.h"

#include "frames.h"

#define SIZE 200u

/* A sum over all that is found, in order. */
static uint32_t take(const uint8_t *data, size_t size, size_t step)
{
    static char in[4096];
    static char message[SIZE];
    static char control[FRAME_CONTROL_MAX];
    http_frames s = {.control = control};
    uint32_t sum = 0;
    size_t used = 0;
    memcpy(in, data, size);
    for (size_t n = step < size ? step : size;;) {
        enum http_frames_found found = http_frames_take(&s, in, n, &used, message, SIZE);
        must(used <= n && s.message_length <= SIZE && s.control_length <= FRAME_CONTROL_MAX);
        if (found == FRAMES_NOTHING && n == size) {
            return sum;
        }
        if (found == FRAMES_NOTHING) {
            n = n + step < size ? n + step : size;
            continue;
        }
        sum = sum * 31 + found;
        if (found == FRAMES_MESSAGE) {
            must(s.kind != OP_TEXT || http_is_utf8(message, s.message_length));
            sum = sum * 31 + s.message_length + (s.message_length ? (uint8_t)message[0] : 0);
        }
        if (found == FRAMES_BAD || found == FRAMES_CLOSE) {
            must(s.close_code >= 1000);
            return sum * 31 + s.close_code;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096) {
        return 0;
    }
    uint32_t whole = take(data, size, size + 1);
    must(take(data, size, 1) == whole);
    must(take(data, size, 5) == whole);
    return 0;
}
