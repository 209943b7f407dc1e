/* The task in which all of lwIP runs, and the start and end of it.
 *
 * A turn of it: frames that have come are handed to lwIP, which wakes the tasks that wait for them;
 * the others run; then what they wrote is sent, with the acknowledgement of what they read. So a
 * request, its acknowledgement and its answer need no timer and, as a rule, two frames. */
#include "internal.h"
#include "yoke/port.h"

#include <lwip/init.h>
#include <lwip/memp.h>
#include <lwip/stats.h>
#include <lwip/timeouts.h>
#include <string.h>

#define FRAMES_A_TURN   8u
#define LOOK_MS         20u /* while room_is_wanted() */
#define BUFFERS_RESERVE 4u  /* of PBUF_POOL_SIZE: for frames that are being looked at */

static int net_body(yoke_task *t);

yoke_task net_task = YOKE_TASK(net_body);
net_stats net_counted;

static bool running;
static bool busy;      /* there may be something to send */
static unsigned taken; /* frames in this turn */
uint32_t net_frame[(LINK_FRAME_MAX + 3) / 4];

bool net_is_running(void)
{
    return running;
}

uint32_t net_now_ms(void)
{
    return (uint32_t)(yoke_port_now_us() / 1000);
}

bool net_buffers_are_short(void)
{
    return lwip_stats.memp[MEMP_PBUF_POOL]->used + BUFFERS_RESERVE > PBUF_POOL_SIZE;
}

void net_work(void)
{
    busy = true;
    yoke_wake(&net_task);
}

/* --- the task --------------------------------------------------------------------------------- */

static uint32_t sleep_ms(void)
{
    uint32_t ms = sys_timeouts_sleeptime();
    return room_is_wanted() && ms > LOOK_MS ? LOOK_MS : ms;
}

/* Answers the size of a frame, or 0: there is something else to do. */
static int wait_for_work(yoke_task *t)
{
    int answer = taken < FRAMES_A_TURN ? link_read(t, net_frame, sizeof net_frame) : 0;
    if (answer != YOKE_PENDING) {
        return answer;
    }
    if (busy) {
        return 0;
    }
    answer = yoke_within(t, sleep_ms(), YOKE_PENDING);
    return answer == YOKE_ETIMEDOUT ? 0 : answer;
}

static void take(int size)
{
    net_counted.frames_in++;
    interface_take((size_t)size);
    busy = true;
    taken++;
}

static void end_turn(void)
{
    busy = false;
    taken = 0;
    interface_look();
    sys_check_timeouts();
    room_look();
    streams_flush();
}

static void shut_down(void)
{
    running = false;
    listeners_break_all();
    streams_break_all();
    sockets_break_all();
    interface_close();
    watchers_wake();
}

static int net_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, wait_for_work(t));
        if (t->status > 0) {
            take(t->status);
        } else {
            YOKE_TRY(t, yoke_yield(t)); /* who was woken runs first */
            end_turn();
        }
    }
    YOKE_FINALLY(t);
    shut_down();
    YOKE_END(t);
}

/* --- starting --------------------------------------------------------------------------------- */

/* lwIP can be initialised only once; its timers may have been left at another time. */
static void prepare_lwip(void)
{
    static bool done;
    if (!done) {
        done = true;
        lwip_init();
    }
    sys_restart_timeouts();
}

static bool is_host_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length >= 1 && length <= 63 && name[length] == '\0';
}

int net_start(yoke_loop *platform, const net_config *config)
{
    if (config->host_name && !is_host_name(config->host_name)) {
        return YOKE_EINVAL;
    }
    if (running) {
        return YOKE_EBUSY;
    }
    prepare_lwip();
    memset(&net_counted, 0, sizeof net_counted);
    int answer = interface_open(config);
    if (answer != YOKE_OK) {
        return answer;
    }
    busy = true;
    taken = 0;
    answer = yoke_start(platform, &net_task);
    if (answer != YOKE_OK) {
        interface_close();
        return answer;
    }
    running = true;
    return YOKE_OK;
}
