/* A WebSocket, /ws: how the rainbow fares, ten times a second, to all who listen. */
#include "socket.h"
#include "seed.h"

#include <stdio.h>

#define PERIOD_MS 100u

static http_channel listeners;

static void say(void)
{
    char text[96];
    yoke_worker_stats s = yoke_worker_read(seed_rainbow());
    int n = snprintf(text, sizeof text, "{\"frames\":%u,\"missed\":%u,\"late_us\":%u}", s.runs,
                     s.skips, s.late_us_longest);
    http_publish(&listeners, text, (size_t)n);
}

static int beat_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, yoke_sleep_ms(t, PERIOD_MS));
        say();
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

yoke_task seed_beat = YOKE_TASK(beat_body);

/* What the client says is not listened to. */
int seed_socket(yoke_task *t, http_exchange *x)
{
    http_text *message = HTTP_STATE(http_text, x);
    YOKE_BEGIN(t);
    YOKE_TRY(t, http_websocket(t, x, &listeners));
    do {
        YOKE_TRY(t, http_receive(t, x, message));
    } while (t->status != HTTP_ENDED);
    YOKE_FINALLY(t);
    YOKE_END(t);
}
