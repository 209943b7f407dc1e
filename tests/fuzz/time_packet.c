/* Answers of time servers. The first byte of an input says whether it repeats our question's
 * chance, so that what is behind that check is reached. */
#include "fuzz.h"

#include "sntp.h"

#define COOKIE_AT 24u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t cookie[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint8_t packet[100];
    if (size < 1 || size > sizeof packet) {
        return 0;
    }
    memcpy(packet, data + 1, size - 1);
    if (data[0] & 1 && size - 1 >= COOKIE_AT + sizeof cookie) {
        memcpy(packet + COOKIE_AT, cookie, sizeof cookie);
    }
    time_sample s;
    enum sntp_verdict verdict = sntp_judge(packet, size - 1, cookie, 1000000, 1250000, &s);
    if (verdict == SNTP_TAKEN) {
        must(s.stratum >= 1 && s.stratum <= 15 && s.error_us <= 1500000 && s.at_us == 1250000);
        must(s.offset_us > -INT64_C(70000000000000) && s.offset_us < INT64_C(4300000000000000));
    }
    return 0;
}
