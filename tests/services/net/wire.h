/* A world with a network: the one stack, whose frames come back to it, so that both ends of each
 * connection are its own. */
#ifndef WIRE_H
#define WIRE_H

#include "world.h"
#include "yoke/net.h"

#define WIRE_PORT 7u

extern sim_link wire; /* 1 ms, nothing lost; change it, then wire_run() */
extern const net_address wire_address;
extern const net_peer wire_self; /* the device at WIRE_PORT */

/* cmocka's setup function. */
int wire_setup(void **state);

#define on_wire(test) cmocka_unit_test_setup(test, wire_setup)

/* Bring the stack up, run `body` as a task of the platform loop to its end, which must answer
 * YOKE_OK, take the stack down; and see that every pool is as empty as before. `body` needs no
 * frame but statics. */
void wire_run(yoke_body *body);

/* A SYN from 10.0.0.99, port 1024 + n, that nobody will follow up. */
#define WIRE_SYN_BYTES 40u
void wire_syn(unsigned n, uint8_t packet[WIRE_SYN_BYTES]);

/* Elements in use of the pool of this name. */
uint32_t wire_used(const char *pool);
uint32_t wire_most(const char *pool);

/* Byte `i` of what stream number `n` carries. */
uint8_t wire_byte(unsigned n, size_t i);

/* Wait until `task` has ended, with YOKE_OK. */
#define WIRE_JOIN(t, task)                      \
    do {                                        \
        YOKE_AWAIT(t, yoke_join(t, (task)));    \
        assert_int_equal((t)->status, YOKE_OK); \
    } while (0)

/* --- two ends of a stream --------------------------------------------------------------------- */

/* Fill in what is above the line, start the task; it ends with YOKE_OK or the error. */
typedef struct {
    yoke_task task;
    net_stream *s;
    size_t size;  /* bytes */
    size_t piece; /* so many at a time; 0: as many as there is room for */
    unsigned n;   /* which bytes */
    uint32_t ms;  /* pause after each piece */
    /* --- */
    size_t done;
    uint8_t buffer[2000];
} wire_end;

int wire_writer_body(yoke_task *t); /* writes `size` bytes and drains */
int wire_reader_body(yoke_task *t); /* reads `size` bytes, each of which must be right */

/* --- many streams ----------------------------------------------------------------------------- */

#define WIRE_PAIRS_MAX 12u

/* Connections of the device to itself. Fill in what is above the line, the rest is zero; once the
 * task has ended they are open. */
typedef struct {
    yoke_task task; /* of wire_open_body */
    unsigned count;
    net_listener listener; /* its evict_ms */
    /* --- */
    net_stream near[WIRE_PAIRS_MAX], far[WIRE_PAIRS_MAX]; /* who connects, and who accepts */
    unsigned opened;
} wire_pairs;

int wire_open_body(yoke_task *t);

/* All of them, and the listener. */
void wire_close(wire_pairs *p);

#endif
