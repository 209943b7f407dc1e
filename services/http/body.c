#include "body.h"

#include <string.h>

/* Of chunks: extensions and trailers, which nobody reads here. */
#define SIGNS_MAX 256u

/* http_body_state.step. Strict: each line ends in CR LF, so that nobody between the client and us
 * can read it otherwise. */
enum {
    DONE,
    PLAIN,      /* `left` bytes of a body of known length */
    SIZE_FIRST, /* the first digit of a chunk's size */
    SIZE,       /* more digits, ';' or CR */
    EXTENSION,  /* up to CR */
    SIZE_END,   /* LF */
    DATA,       /* `left` bytes of a chunk */
    DATA_CR,
    DATA_LF,
    TRAILER_FIRST, /* of a line: CR ends the body */
    TRAILER,
    TRAILER_LF,
    LAST_LF,
};

void http_body_begin(http_body_state *b, const http_request *r, uint32_t limit)
{
    *b = (http_body_state){.limit = limit, .left = r->content_bytes};
    if (r->is_chunked) {
        *b = (http_body_state){.limit = limit, .step = SIZE_FIRST};
    } else if (r->content_bytes) {
        b->step = PLAIN;
    }
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Eight digits would do; with leading zeros there may be more, but they count as signs. */
static int take_digit(http_body_state *b, char c)
{
    int digit = digit_of(c);
    if (digit < 0 || b->left >> 28) {
        return YOKE_EINVAL;
    }
    b->left = b->left * 16 + (uint32_t)digit;
    b->step = SIZE;
    return YOKE_OK;
}

static int take_after_size(http_body_state *b, char c)
{
    if (c == '\r') {
        b->step = SIZE_END;
    } else if (c == ';' || c == ' ' || c == '\t') {
        b->step = EXTENSION;
    } else {
        return take_digit(b, c);
    }
    return YOKE_OK;
}

/* Up to CR; a bare LF could end the line for somebody else. */
static int take_line(http_body_state *b, char c, uint8_t at_end)
{
    if (c == '\r') {
        b->step = at_end;
    }
    return c == '\n' ? YOKE_EINVAL : YOKE_OK;
}

static int take_mark(http_body_state *b, char c, char mark, uint8_t next)
{
    b->step = next;
    return c == mark ? YOKE_OK : YOKE_EINVAL;
}

static int take_sign(http_body_state *b, char c)
{
    switch (b->step) {
    case SIZE_FIRST:
        b->left = 0;
        return take_digit(b, c);
    case SIZE:
        return take_after_size(b, c);
    case EXTENSION:
        return take_line(b, c, SIZE_END);
    case SIZE_END:
        return take_mark(b, c, '\n', b->left ? DATA : TRAILER_FIRST);
    case DATA_CR:
        return take_mark(b, c, '\r', DATA_LF);
    case DATA_LF:
        return take_mark(b, c, '\n', SIZE_FIRST);
    case TRAILER_FIRST:
        b->step = TRAILER;
        return take_line(b, c, LAST_LF);
    case TRAILER:
        return take_line(b, c, TRAILER_LF);
    case TRAILER_LF:
        return take_mark(b, c, '\n', TRAILER_FIRST);
    default: /* LAST_LF */
        return take_mark(b, c, '\n', DONE);
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool is_data(const http_body_state *b)
{
    return b->step == PLAIN || b->step == DATA;
}

/* Of a chunk it is known only when its size has come. */
static bool is_too_much(const http_body_state *b)
{
    return is_data(b) && b->left > b->limit - b->taken;
}

static size_t take_data(http_body_state *b, const char *in, size_t n, char *out)
{
    n = least(n, b->left);
    memmove(out, in, n);
    b->left -= (uint32_t)n;
    b->taken += (uint32_t)n;
    if (b->left == 0) {
        b->step = b->step == PLAIN ? DONE : DATA_CR;
    }
    return n;
}

int http_body_take(http_body_state *b, const char *in, size_t n, size_t *used, char *out,
                   size_t size)
{
    size_t made = 0;
    *used = 0;
    while (b->step != DONE) {
        if (is_too_much(b)) {
            return YOKE_EFULL;
        }
        if (*used == n || (is_data(b) && made == size)) {
            break;
        }
        if (is_data(b)) {
            size_t taken = take_data(b, in + *used, least(n - *used, size - made), out + made);
            *used += taken;
            made += taken;
        } else if (take_sign(b, in[(*used)++]) || ++b->signs > SIGNS_MAX) {
            return YOKE_EINVAL;
        } else if (b->step == DATA) {
            b->signs = 0;
        }
    }
    return (int)made;
}
