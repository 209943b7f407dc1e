/* The simulator port: both loops in one thread, on a virtual clock, in an order drawn from a seed.
 * The same seed gives the same run, byte for byte. For tests and for apps; see README.md. */
#ifndef YOKE_SIM_H
#define YOKE_SIM_H

#include "yoke/loop.h"

/* What somebody types at a time of the virtual clock. */
typedef struct {
    uint64_t at_us;
    const char *text; /* NULL ends the list */
} sim_input;

/* The network link. A frame takes delay_us, and up to jitter_us more, so that one may overtake
 * another. All is drawn from the seed. */
typedef struct {
    bool ethernet;      /* false: frames are IP packets */
    uint32_t delay_us;  /* of a frame */
    uint32_t jitter_us; /* 0: they arrive in order */
    uint32_t loss;      /* frames that do not arrive, in 1/1000 */
    uint32_t twice;     /* frames that arrive twice, in 1/1000 */
    uint32_t room;      /* frames on the way, at most 64; when there are so many, the device is told
                           YOKE_EFULL. 0: 64 */
    void (*peer)(const void *frame, size_t size); /* who gets what the device sends; NULL: it comes
                                                     back to it */
} sim_link;

typedef struct {
    uint32_t seed;          /* of the order of the loops and of the stray wakes */
    uint64_t start_us;      /* what the clock shows at the beginning */
    uint64_t end_us;        /* when the root task is cancelled, as by Ctrl-C; 0: never */
    uint32_t strays;        /* stray wakes: chance at each place where one may come, in 1/1000 */
    uint32_t write_us;      /* how long the console is busy after a write; 0: not at all */
    const sim_input *input; /* what the console reads; NULL: nothing */
    bool input_stays_open;  /* there is no end of input behind the last text */
    bool echo;              /* what console_wants_echo() answers */
    char *output;           /* what the console writes goes here; NULL: to standard output */
    size_t output_size;     /* of `output`; a write that does not fit answers YOKE_EIO */
    const sim_link *link;   /* NULL: there is none */
} sim_config;

/* Forget all that was, and begin with `config`, which must live as long as the run. Before anything
 * of the kernel is used. An app does not call it: yoke_run() then takes YOKE_SEED,
 * YOKE_SIM_END_MS (default 60000) and YOKE_SIM_STRAYS from the environment, and the console reads
 * standard input, which counts as typed at the beginning. */
void sim_open(const sim_config *config);

/* The same, but as a reset of a device that keeps its power: the record of a fault (yoke/core.h) is
 * what it was, and so is why the run began (yoke/watchdog.h). */
void sim_reset(const sim_config *config);

/* The calling step, or task, of the app loop never comes back: it stands still where it is, with
 * the kernel's lock if it holds it, until core_reset(). Core 1 only (check sim 908). */
_Noreturn void sim_stall(void);

/* The same, with a fault: CORE_EXCEPTION or CORE_STACK of yoke/core.h. */
_Noreturn void sim_fault(uint32_t kind);

/* Bytes that the console has written to `output`. */
size_t sim_output_length(void);

/* A frame for the device, over the link as it is set. */
void sim_link_send(const void *frame, size_t size);

/* The link is up, as it is at the beginning, or down. */
void sim_link_set(bool is_up);

/* Call `run` as an interrupt once the clock shows `at_us`. At most 64 may be waiting (check
 * sim 906). */
void sim_interrupt_at(uint64_t at_us, void (*run)(void *arg), void *arg);

/* Have `hook` called when the device restarts itself: its watchdog was not fed, or
 * watchdog_restart(). It must not come back, but jump, and then sim_reset(). NULL: say so and end
 * with status 75. sim_open() keeps it. */
void sim_on_restart(void (*hook)(void));

/* Have `hook` called when the power is lost in a write of the flash (virtual_flash_cut). It must
 * not come back, but jump, and then sim_open(). NULL: say so and end. sim_open() keeps it. */
void sim_on_power_lost(void (*hook)(void));

/* Have `hook` called for a failed check; it must not come back, but jump. NULL: report and
 * abort. sim_open() keeps it. */
void sim_on_fail(void (*hook)(const char *module, uint16_t number));

#endif
