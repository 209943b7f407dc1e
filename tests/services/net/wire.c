#include "wire.h"

sim_link wire;
const net_address wire_address = {{10, 0, 0, 2}};
const net_peer wire_self = {.address = {{10, 0, 0, 2}}, .port = WIRE_PORT};

static net_config config;

int wire_setup(void **state)
{
    world_setup(state);
    wire = (sim_link){.delay_us = 1000};
    config = (net_config){.address = {{10, 0, 0, 2}}, .mask = {{255, 255, 255, 0}}};
    world_config.link = &wire;
    return 0;
}

static net_pool pool_of(const char *name)
{
    net_pool pool;
    for (unsigned i = 0; net_read_pool(i, &pool); i++) {
        if (strcmp(pool.name, name) == 0) {
            return pool;
        }
    }
    fail_msg("there is no pool %s", name);
    return pool;
}

uint32_t wire_used(const char *pool)
{
    return pool_of(pool).used;
}

uint32_t wire_most(const char *pool)
{
    return pool_of(pool).most;
}

static bool is_quiet(void)
{
    return wire_used("connections") == 0 && wire_used("segments") == 0 && wire_used("frames") == 0;
}

/* --- the root task ---------------------------------------------------------------------------- */

typedef struct {
    yoke_task task;
    yoke_task test;
    uint32_t bytes_before;
    unsigned looks;
} root;

static int root_body(yoke_task *t)
{
    root *me = YOKE_FRAME(root, t);
    YOKE_BEGIN(t);
    assert_int_equal(net_start(&platform, &config), YOKE_OK);
    me->bytes_before = wire_used("bytes");
    begin(&platform, &me->test);
    YOKE_AWAIT(t, yoke_join(t, &me->test));
    assert_int_equal(t->status, YOKE_OK);
    for (me->looks = 0; !is_quiet() && me->looks < 600; me->looks++) {
        YOKE_AWAIT(t, yoke_sleep_ms(t, 100));
    }
    assert_int_equal(wire_used("connections"), 0);
    assert_int_equal(wire_used("segments"), 0);
    assert_int_equal(wire_used("frames"), 0);
    assert_int_equal(wire_used("bytes"), me->bytes_before);
    yoke_cancel(&net_task);
    YOKE_AWAIT(t, yoke_join(t, &net_task));
    assert_int_equal(wire_used("listeners"), 0);
    YOKE_END(t);
}

void wire_run(yoke_body *body)
{
    static root r;
    r = (root){.task = YOKE_TASK(root_body), .test = YOKE_TASK(body)};
    world_open_again();
    assert_int_equal(world_run(&r.task), YOKE_OK);
}

/* --- a request from nowhere ------------------------------------------------------------------- */

static uint16_t check_sum(const uint8_t *bytes, size_t size, uint32_t sum)
{
    for (size_t i = 0; i < size; i += 2) {
        sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    }
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

static void put_16(uint8_t *to, unsigned value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

void wire_syn(unsigned n, uint8_t packet[WIRE_SYN_BYTES])
{
    const uint8_t bytes[WIRE_SYN_BYTES] = {
        0x45, 0, 0, WIRE_SYN_BYTES, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 99, 10, 0, 0, 2,
        0,    0, 0, WIRE_PORT};
    memcpy(packet, bytes, sizeof bytes);
    packet[32] = 0x50; /* the header's length */
    packet[33] = 0x02; /* SYN */
    put_16(packet + 20, 1024 + n);
    put_16(packet + 24, n); /* the sequence number */
    put_16(packet + 34, 1000);
    put_16(packet + 10, check_sum(packet, 20, 0));
    put_16(packet + 36, check_sum(packet + 12, 28, 6 + 20));
}

/* --- two ends --------------------------------------------------------------------------------- */

uint8_t wire_byte(unsigned n, size_t i)
{
    return (uint8_t)(n * 101 + i * 7 + i / 251);
}

static size_t next_piece(const wire_end *e)
{
    size_t piece = e->piece ? e->piece : sizeof e->buffer;
    return piece < e->size - e->done ? piece : e->size - e->done;
}

static int write_piece(yoke_task *t, wire_end *e)
{
    size_t n = next_piece(e);
    for (size_t i = 0; i < n; i++) {
        e->buffer[i] = wire_byte(e->n, e->done + i);
    }
    return net_write(t, e->s, e->buffer, n);
}

int wire_writer_body(yoke_task *t)
{
    wire_end *me = YOKE_FRAME(wire_end, t);
    YOKE_BEGIN(t);
    for (me->done = 0; me->done < me->size;) {
        YOKE_TRY(t, write_piece(t, me));
        assert_in_range(t->status, 1, next_piece(me));
        me->done += (size_t)t->status;
        if (me->ms) {
            YOKE_TRY(t, yoke_sleep_ms(t, me->ms));
        }
    }
    YOKE_TRY(t, net_drain(t, me->s));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void see_piece(wire_end *e, size_t n)
{
    assert_in_range(n, 1, next_piece(e));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(e->buffer[i], wire_byte(e->n, e->done + i));
    }
    e->done += n;
}

int wire_reader_body(yoke_task *t)
{
    wire_end *me = YOKE_FRAME(wire_end, t);
    YOKE_BEGIN(t);
    for (me->done = 0; me->done < me->size;) {
        YOKE_TRY(t, net_read(t, me->s, me->buffer, next_piece(me)));
        see_piece(me, (size_t)t->status);
        if (me->ms) {
            YOKE_TRY(t, yoke_sleep_ms(t, me->ms));
        }
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* --- many streams ----------------------------------------------------------------------------- */

int wire_open_body(yoke_task *t)
{
    wire_pairs *me = YOKE_FRAME(wire_pairs, t);
    YOKE_BEGIN(t);
    assert_int_equal(net_listen(&me->listener, WIRE_PORT), YOKE_OK);
    for (; me->opened < me->count; me->opened++) {
        YOKE_TRY(t, net_connect(t, &me->near[me->opened], wire_self));
        YOKE_TRY(t, net_accept(t, &me->listener, &me->far[me->opened]));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

void wire_close(wire_pairs *p)
{
    for (unsigned i = 0; i < p->count; i++) {
        net_abort(&p->near[i]);
        net_close(&p->far[i]);
    }
    net_unlisten(&p->listener);
}
