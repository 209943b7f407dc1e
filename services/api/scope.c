/* The events of the loop scope: as long as the client stays. */
#include "yoke/scope.h"
#include "internal.h"

typedef struct {
    scope_reader reader;
    bool watches;
} watcher;

/* The next piece; answers 1, or 0: that was all for now. Written in one piece, or not yet. */
static int print_piece(yoke_task *t, http_exchange *x, scope_reader *r)
{
    char text[SCOPE_PIECE_MAX];
    scope_reader next = *r;
    size_t n = scope_update(&next, text, sizeof text);
    int answer = n ? http_print(t, x, "%.*s", (int)n, text) : YOKE_OK;
    if (answer < 0) {
        return answer;
    }
    *r = next;
    return n > 0;
}

int api_scope_events(yoke_task *t, http_exchange *x)
{
    watcher *me = HTTP_STATE(watcher, x);
    YOKE_BEGIN(t);
    YOKE_TRY(t, http_events(t, x, NULL));
    scope_begin(&me->reader);
    me->watches = true;
    for (;;) {
        YOKE_TRY(t, print_piece(t, x, &me->reader));
        if (t->status == 0) {
            YOKE_TRY(t, http_flush(t, x));
            YOKE_TRY(t, yoke_sleep_ms(t, SCOPE_PERIOD_MS));
        }
    }
    YOKE_FINALLY(t);
    if (me->watches) {
        scope_end(&me->reader);
    }
    YOKE_END(t);
}
