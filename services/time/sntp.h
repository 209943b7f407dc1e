/* One question to a server and its answer (RFC 4330). */
#ifndef TIME_SNTP_H
#define TIME_SNTP_H

#include "yoke/time.h"

#define SNTP_BYTES 48u

enum sntp_verdict {
    SNTP_TAKEN,
    SNTP_NOT_OURS, /* somebody else's, or forged: wait on */
    SNTP_UNUSABLE, /* the server does not know the time itself */
    SNTP_GO_AWAY,  /* it wants us to stop ("kiss of death") */
};

/* The question. `cookie` is chance: who does not see the question cannot forge the answer. */
void sntp_ask(uint8_t packet[SNTP_BYTES], const uint8_t cookie[8]);

/* What is the answer worth that came at `came_us` to what was sent at `sent_us` (of the device's
 * clock)? SNTP_TAKEN: `*s`. */
enum sntp_verdict sntp_judge(const uint8_t *packet, size_t size, const uint8_t cookie[8],
                             uint64_t sent_us, uint64_t came_us, time_sample *s);

#endif
