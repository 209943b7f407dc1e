/* One question to a server and its answer. Seconds of NTP are counted from 1900 in 32 bits, which
 * begin again in 2036: with the top bit clear they are of the time after (RFC 4330, 3). */
#include "sntp.h"

#include <string.h>

#define SECONDS_1900_TO_1970 UINT64_C(2208988800)
#define MODE_CLIENT          3u
#define MODE_SERVER          4u
#define VERSION              4u
#define NOT_SYNCHRONISED     3u
#define STRATUM_MAX          15u
#define ERROR_US_MAX         1500000u /* RFC 5905, 11.1: MAXDIST */

enum {
    AT_STRATUM = 1,
    AT_ROOT_DELAY = 4,
    AT_ROOT_DISPERSION = 8,
    AT_ORIGIN = 24,
    AT_RECEIVED = 32,
    AT_SENT = 40,
};

static uint32_t read_32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* In us since 1970. */
static int64_t read_time(const uint8_t *p)
{
    uint64_t seconds = read_32(p);
    if (seconds < UINT64_C(0x80000000)) {
        seconds += UINT64_C(1) << 32;
    }
    uint64_t fraction_us = (uint64_t)read_32(p + 4) * 1000000 >> 32;
    return (int64_t)((seconds - SECONDS_1900_TO_1970) * 1000000 + fraction_us);
}

/* 16 bits of seconds, 16 of fraction, in us. */
static uint64_t read_short(const uint8_t *p)
{
    return (uint64_t)read_32(p) * 1000000 >> 16;
}

void sntp_ask(uint8_t packet[SNTP_BYTES], const uint8_t cookie[8])
{
    memset(packet, 0, SNTP_BYTES);
    packet[0] = VERSION << 3 | MODE_CLIENT;
    memcpy(packet + AT_SENT, cookie, 8);
}

static bool is_ours(const uint8_t *packet, size_t size, const uint8_t cookie[8])
{
    return size >= SNTP_BYTES && (packet[0] & 7) == MODE_SERVER &&
           memcmp(packet + AT_ORIGIN, cookie, 8) == 0;
}

static bool knows_the_time(const uint8_t *packet)
{
    return packet[0] >> 6 != NOT_SYNCHRONISED && packet[AT_STRATUM] <= STRATUM_MAX &&
           (read_32(packet + AT_SENT) || read_32(packet + AT_SENT + 4));
}

enum sntp_verdict sntp_judge(const uint8_t *packet, size_t size, const uint8_t cookie[8],
                             uint64_t sent_us, uint64_t came_us, time_sample *s)
{
    if (!is_ours(packet, size, cookie)) {
        return SNTP_NOT_OURS;
    }
    if (packet[AT_STRATUM] == 0) {
        return SNTP_GO_AWAY;
    }
    int64_t there_us = read_time(packet + AT_RECEIVED), back_us = read_time(packet + AT_SENT);
    int64_t way_us = (int64_t)(came_us - sent_us) - (back_us - there_us);
    if (!knows_the_time(packet) || back_us < there_us || way_us < 0) {
        return SNTP_UNUSABLE;
    }
    uint64_t error_us = ((uint64_t)way_us + read_short(packet + AT_ROOT_DELAY)) / 2 +
                        read_short(packet + AT_ROOT_DISPERSION);
    if (error_us > ERROR_US_MAX) {
        return SNTP_UNUSABLE;
    }
    s->offset_us = ((there_us - (int64_t)sent_us) + (back_us - (int64_t)came_us)) / 2;
    s->error_us = (uint32_t)error_us;
    s->at_us = came_us;
    s->stratum = packet[AT_STRATUM];
    return SNTP_TAKEN;
}
