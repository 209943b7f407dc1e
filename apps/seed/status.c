/* The line that a person at a terminal always sees: where the device is, and how the rainbow fares.
 */
#include "seed.h"
#include "yoke/console.h"

#include <stdio.h>

#define PERIOD_MS 200u

static void say(void)
{
    char text[CONSOLE_STATUS_MAX], url[SEED_URL_MAX];
    yoke_worker_stats s = yoke_worker_read(seed_rainbow());
    seed_url(url);
    snprintf(text, sizeof text, "%srainbow: %u frames, %u missed, at most %u us late", url, s.runs,
             s.skips, s.late_us_longest);
    console_status(text);
}

static int status_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        say();
        YOKE_TRY(t, yoke_sleep_ms(t, PERIOD_MS));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

yoke_task seed_status = YOKE_TASK(status_body);
