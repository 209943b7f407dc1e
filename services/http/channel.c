/* One thing that many streams follow. */
#include "frames.h"
#include "internal.h"

#include <string.h>

void http_channel_join(http_channel *c, http_exchange *x)
{
    x->channel = c;
    x->next = c->first;
    c->first = x;
    x->version = c->version;
}

void http_channel_leave(http_exchange *x)
{
    if (!x->channel) {
        return;
    }
    http_exchange **at = &x->channel->first;
    while (*at != x) {
        at = &(*at)->next;
    }
    *at = x->next;
    x->channel = NULL;
}

static bool put(http_exchange *x, const char *before, size_t n_before, const char *text,
                size_t size, const char *after)
{
    size_t n_after = strlen(after);
    char *to = x->is_sending ? NULL : http_stream_room(x, n_before + size + n_after);
    if (!to) {
        return false;
    }
    memcpy(to, before, n_before);
    memcpy(to + n_before, text, size);
    memcpy(to + n_before + size, after, n_after);
    return true;
}

static bool put_message(http_exchange *x, const char *text, size_t size)
{
    if (x->status == 101) {
        char head[FRAME_HEAD_MAX] = {0};
        size_t n = http_frames_head(head, OP_TEXT, size);
        return put(x, head, n, text, size, "");
    }
    return put(x, "data: ", 6, text, size, "\n\n");
}

int http_publish(http_channel *channel, const char *text, size_t size)
{
    int got = 0;
    if (size > HTTP_PUBLISH_MAX) {
        return YOKE_EFULL;
    }
    for (http_exchange *x = channel->first; x; x = x->next) {
        if (put_message(x, text, size)) {
            got++;
            yoke_wake(&x->task);
        } else {
            x->server->stats.dropped++;
        }
    }
    return got;
}

void http_touch(http_channel *channel)
{
    channel->version++;
    for (http_exchange *x = channel->first; x; x = x->next) {
        yoke_wake(&x->task);
    }
}
