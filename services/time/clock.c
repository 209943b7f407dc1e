/* The time of day as it is told, and as a date. */
#include "clock.h"

static uint64_t size_of(int64_t us)
{
    return us < 0 ? (uint64_t)-us : (uint64_t)us;
}

int64_t clock_offset_us(const time_clock *c, uint64_t now_us)
{
    uint64_t done_us = (now_us - c->since_us) / TIME_SLEW_PARTS;
    if (done_us >= size_of(c->to_us - c->from_us)) {
        return c->to_us;
    }
    return c->to_us > c->from_us ? c->from_us + (int64_t)done_us : c->from_us - (int64_t)done_us;
}

uint64_t clock_rest_us(const time_clock *c, uint64_t now_us)
{
    return size_of(c->to_us - clock_offset_us(c, now_us));
}

bool clock_correct(time_clock *c, int64_t offset_us, uint64_t now_us)
{
    int64_t from_us = clock_offset_us(c, now_us);
    bool step = !c->known || size_of(offset_us - from_us) > TIME_STEP_US;
    *c = (time_clock){.known = true,
                      .from_us = step ? offset_us : from_us,
                      .to_us = offset_us,
                      .since_us = now_us};
    return step;
}

/* --- dates ------------------------------------------------------------------------------------ */

#define DAYS_OF_400_YEARS 146097u
#define DAYS_OF_4_YEARS   1461u
#define MARCH_0_TO_1970   719468u /* days from 1 March of year 0 */

/* Years that begin in March, so that the day of a leap year is the last one; then all 400 years are
 * the same, and months follow a line of slope 153/5. */
static void set_day(time_date *d, uint32_t days_since_1970)
{
    uint32_t days = days_since_1970 + MARCH_0_TO_1970;
    uint32_t era = days / DAYS_OF_400_YEARS, day = days % DAYS_OF_400_YEARS;
    uint32_t year = (day - day / (DAYS_OF_4_YEARS - 1) + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100;
    uint32_t month = (5 * day + 2) / 153;
    d->day = (uint8_t)(day - (153 * month + 2) / 5 + 1);
    d->month = (uint8_t)(month < 10 ? month + 3 : month - 9);
    d->year = (uint16_t)(year + era * 400 + (month >= 10));
}

time_date time_to_date(uint64_t unix_us)
{
    uint64_t seconds = unix_us / 1000000;
    uint32_t days = (uint32_t)(seconds / 86400), second = (uint32_t)(seconds % 86400);
    time_date d = {.hour = (uint8_t)(second / 3600),
                   .minute = (uint8_t)(second / 60 % 60),
                   .second = (uint8_t)(second % 60),
                   .weekday = (uint8_t)((days + 4) % 7)}; /* 1970 began on a Thursday */
    set_day(&d, days);
    return d;
}
