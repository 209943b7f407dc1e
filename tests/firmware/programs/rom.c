/* What pico-sdk takes from the boot ROM: floating point, bits, memory. The emulator's ROM is not
 * the real one, so each is compared with what is known. */
#include "pico/bit_ops.h"
#include "pico/bootrom.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Read by the test: floats and doubles as they lie in memory. */
volatile float floats[8];
volatile double doubles[8];
volatile int32_t integers[8];
volatile uint32_t bits[4], copied_wrong, set_wrong, done;

static volatile float x = 2.5f, y = -1.25f;
static volatile double u = 2.5, v = -1.25;
static volatile uint32_t pattern = 0x00f01230u;

static void count_floats(void)
{
    floats[0] = x + y;
    floats[1] = x - y;
    floats[2] = x * y;
    floats[3] = x / y;
    floats[4] = sqrtf(x);
    floats[5] = sinf(x);
    floats[6] = (float)(int)pattern;
    floats[7] = (float)u;
    doubles[0] = u + v;
    doubles[1] = u - v;
    doubles[2] = u * v;
    doubles[3] = u / v;
    doubles[4] = sqrt(u);
    doubles[5] = exp(u);
    doubles[6] = (double)pattern;
    doubles[7] = (double)x;
}

static void count_integers(void)
{
    integers[0] = (int32_t)y;
    integers[1] = (int32_t)(v * 1000);
    integers[2] = x > y;
    integers[3] = u < v;
    integers[4] = x == x;
    integers[5] = (int32_t)(uint32_t)(u * 1000);
    integers[6] = (int32_t)((int64_t)(u * 1e10) / 1000);
    integers[7] = floorf(y) == -2.0f;
    bits[0] = (uint32_t)__builtin_popcount(pattern);
    bits[1] = (uint32_t)__builtin_clz(pattern);
    bits[2] = (uint32_t)__builtin_ctz(pattern);
    bits[3] = __rev(pattern);
}

static uint8_t from[64], to[64];

/* Every length and alignment, and what lies beside it. */
static void copy(unsigned length, unsigned to_at, unsigned from_at)
{
    memset(to, 0xee, sizeof to);
    memcpy(to + to_at, from + from_at, length);
    for (unsigned i = 0; i < sizeof to; i++) {
        bool inside = i >= to_at && i < to_at + length;
        copied_wrong += to[i] != (inside ? from[from_at + i - to_at] : 0xee);
    }
    memset(to + to_at, (int)length, length);
    for (unsigned i = to_at; i < to_at + length; i++) {
        set_wrong += to[i] != length;
    }
}

int main(void)
{
    for (unsigned i = 0; i < sizeof from; i++) {
        from[i] = (uint8_t)(i * 7 + 1);
    }
    for (unsigned length = 0; length < 50; length++) {
        for (unsigned at = 0; at < 16; at++) {
            copy(length, at % 4, at / 4);
        }
    }
    count_floats();
    count_integers();
    done = 1;
    reset_usb_boot(0, 0);
}
