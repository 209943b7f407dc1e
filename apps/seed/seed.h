/* The seed program: what its files share. */
#ifndef SEED_H
#define SEED_H

#include "yoke/buttons.h"
#include "yoke/lifecycle.h"
#include "yoke/power.h"
#include "yoke/scope.h"
#include "yoke/shell.h"
#include "yoke/startup.h"
#include "yoke/yoke.h"

#define SEED_WORKERS  8u  /* that can be there at the same time */
#define SEED_NAME_MAX 15u /* characters of a worker's name */

/* Longer than any step should take; `set NAME RUN_MS` can make one that does. */
#define SEED_STALL_MS 5000u

/* A worker that takes its time and counts its runs; or one that talks: its job takes a second, done
 * in stages, so that it holds up nobody. */
typedef struct {
    yoke_worker worker;
    yoke_task task;  /* of one that talks: its job */
    scope_seat seat; /* through which it is stepped */
    char name[SEED_NAME_MAX + 1];
    atomic_uint run_us; /* how long a step takes; of one that talks, a job */
    atomic_uint count;  /* steps, or jobs, since it was added */
    atomic_bool talks;  /* says so after each job */
} seed_worker;

extern yoke_app seed_app;
extern yoke_loop seed_platform;
extern seed_worker seed_workers[SEED_WORKERS];
extern const shell_command seed_commands[];

/* main.c: start and stop the app loop, with its lines in the log. As yoke_app_start(), _stop(). */
int seed_start_app(void);
void seed_stop_app(void);
extern startup seed_device; /* to be cancelled: the program ends in order */

/* device.c */
extern lifecycle seed_supervisor;
extern power seed_supply;
extern buttons seed_buttons;
extern yoke_task seed_presses; /* says each event of a button */
int seed_say_past(yoke_task *t, void *unused);
void seed_told_step(const startup_step *step, enum startup_event event, int answer);

/* workers.c */
extern yoke_task seed_hello; /* of the app loop, its first */
/* `period_us` 0: background. YOKE_EFULL: SEED_WORKERS are there. */
int seed_add(const char *name, uint32_t period_us, uint32_t run_us);
int seed_add_talker(const char *name, uint32_t run_us);
void seed_remove(seed_worker *w);
seed_worker *seed_find(const char *name); /* NULL: there is none */
/* rainbow.c: a strip of LEDs, a frame every 10 ms. An error of strip_open(). */
int seed_add_rainbow(void);
const yoke_worker *seed_rainbow(void);
void seed_set_speed(unsigned hues_a_frame); /* either core */
/* network.c, or offline.c where there is none: settings, page, API. Ends when it is cancelled and
 * all that it started has ended. */
extern yoke_task seed_network;
/* Where a person finds the page, with blanks behind it, or "". */
#define SEED_URL_MAX 40u
void seed_url(char url[SEED_URL_MAX]);
/* status.c: the line that a person always sees. */
extern yoke_task seed_status;
/* tables.c: the commands `workers` and `tasks`. */
bool seed_say_workers(shell *s, unsigned row);
bool seed_say_tasks(shell *s, unsigned row);

void seed_report(const yoke_worker *w, enum yoke_report what, int32_t value);

#endif
