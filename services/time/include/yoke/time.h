/* The time of day, from SNTP servers (RFC 4330): what must be added to the device's own clock of
 * microseconds.
 *
 * A difference of more than TIME_STEP_US is corrected at once, and the first time always is: the
 * clock is set. A smaller one is corrected slowly, by one part in TIME_SLEW_PARTS, so that the
 * time of day goes on without a jump, and never back. All belongs to the platform loop. */
#ifndef YOKE_TIME_H
#define YOKE_TIME_H

#include "yoke/net.h"

#define TIME_STEP_US    128000 /* as NTP does (RFC 5905, 4: STEPT) */
#define TIME_SLEW_PARTS 2000   /* 500 us in a second (RFC 5905, 11.3) */
#define TIME_DRIFT_PPM  50     /* of the crystal, at most: Pico's is 30 ppm, and it ages */
#define TIME_SERVERS    4u     /* names in the list, at most */
#define TIME_WAITERS    4u     /* tasks in time_await_known() */
#define TIME_POLL_S     1024u  /* from one answer to the next question: NTP's longest */

/* One answer of a server. */
typedef struct {
    int64_t offset_us; /* what must be added to the device's clock */
    uint32_t error_us; /* by so much it may be wrong: half of the way there and back, and what the
                          server says of itself */
    uint64_t at_us;    /* of the device's clock */
    uint8_t stratum;   /* the server's distance from a reference clock: 1 to 15 */
} time_sample;

/* The time of day as it is told. time's own (clock.c). */
typedef struct {
    bool known;
    int64_t from_us, to_us; /* offsets: where a correction has begun and where it leads, */
    uint64_t since_us;      /* and when it has begun */
} time_clock;

/* The frame of the task. Set what is above the line, and start it on the platform loop. */
typedef struct {
    yoke_task task;             /* YOKE_TASK(time_body) */
    const char *const *servers; /* names or addresses in the order in which they are asked, NULL
                                   behind the last one; or NULL: none */
    bool from_dhcp;             /* first of all, the one that the DHCP server names */
    /* --- may be read ------------------------------------------------------ */
    time_sample last;      /* what was taken last; valid once the time is known */
    net_address server;    /* who has said it */
    uint32_t steps, slews; /* corrections of each kind, modulo 2^32 */
    uint32_t unanswered;   /* questions, modulo 2^32 */
    uint32_t refused;      /* answers that could not be believed, modulo 2^32 */
    /* --- its own ---------------------------------------------------------- */
    time_clock clock;
    net_socket socket;
    net_peer asked, from;
    uint64_t sent_us, until_us;
    uint8_t cookie[8];
    uint8_t turned_away; /* servers that want us to stop, a bit each */
    uint8_t index;       /* of the server that is being asked */
    bool answered;       /* in this round */
    int answer;          /* of the last wait */
    uint32_t wait_s;     /* from one round to the next, */
    uint64_t next_us;    /* which begins then */
    uint32_t seen;       /* net's changes */
    yoke_task *waiters[TIME_WAITERS];
    uint8_t packet[68];
} time_keeper;

/* Asks at once when the network is there, then every TIME_POLL_S; as long as nobody has answered,
 * again after 2 s, 4 s, and so on, and whenever the network changes. Runs until it is cancelled;
 * the time stays known. YOKE_EINVAL, at once: more than TIME_SERVERS. */
int time_body(yoke_task *t);

/* True: `*unix_us` is the time of day, in us since 1970-01-01 00:00 UTC, without leap seconds;
 * never less than what was told before, but after a step. False: it is not known yet. */
bool time_read(const time_keeper *k, uint64_t *unix_us);

/* By how much time_read() may be wrong, in us: the last answer's, what is still to be corrected,
 * and what the crystal may have drifted since. UINT32_MAX: not known, or more than an hour. */
uint32_t time_error_us(const time_keeper *k);

/* Wait until the time of day is known. Answers YOKE_OK. YOKE_EBUSY: TIME_WAITERS tasks wait
 * already. */
YOKE_ASYNC int time_await_known(yoke_task *t, time_keeper *k);

/* A date and a time of day, UTC. */
typedef struct {
    uint16_t year;                            /* 1970 to 2106 and later */
    uint8_t month, day, hour, minute, second; /* from 1; from 0 */
    uint8_t weekday;                          /* 0 is Sunday */
} time_date;

/* Any loop. */
time_date time_to_date(uint64_t unix_us);

#endif
