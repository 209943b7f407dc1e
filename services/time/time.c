/* The task: asks one server after another until one answers, and again from time to time. */
#include "yoke/time.h"

#include "clock.h"
#include "sntp.h"
#include "yoke/dns.h"
#include "yoke/entropy.h"
#include "yoke/loop.h"
#include "yoke/port.h"

#define PORT            123u
#define NAME_MS         20000u
#define ANSWER_US       1500000u
#define FIRST_WAIT_S    2u
#define UNKNOWN_US_FROM 3600000000u

/* --- for users -------------------------------------------------------------------------------- */

bool time_read(const time_keeper *k, uint64_t *unix_us)
{
    if (!k->clock.known) {
        return false;
    }
    uint64_t now_us = yoke_port_now_us();
    *unix_us = now_us + (uint64_t)clock_offset_us(&k->clock, now_us);
    return true;
}

uint32_t time_error_us(const time_keeper *k)
{
    if (!k->clock.known) {
        return UINT32_MAX;
    }
    uint64_t now_us = yoke_port_now_us();
    uint64_t drift_us = (now_us - k->last.at_us) * TIME_DRIFT_PPM / 1000000;
    uint64_t error_us = k->last.error_us + drift_us + clock_rest_us(&k->clock, now_us);
    return error_us < UNKNOWN_US_FROM ? (uint32_t)error_us : UINT32_MAX;
}

static yoke_task **waiter_slot(time_keeper *k, const yoke_task *t)
{
    for (unsigned i = 0; i < TIME_WAITERS; i++) {
        if (k->waiters[i] == t) {
            return &k->waiters[i];
        }
    }
    return NULL;
}

int time_await_known(yoke_task *t, time_keeper *k)
{
    yoke_task **mine = waiter_slot(k, t);
    if (k->clock.known) {
        if (mine) {
            *mine = NULL;
        }
        return YOKE_OK;
    }
    mine = mine ? mine : waiter_slot(k, NULL);
    return mine ? yoke_park(t, mine) : YOKE_EBUSY;
}

static void wake_waiters(time_keeper *k)
{
    for (unsigned i = 0; i < TIME_WAITERS; i++) {
        if (k->waiters[i]) {
            yoke_wake(k->waiters[i]);
        }
    }
}

/* --- servers ---------------------------------------------------------------------------------- */

#define FROM_DHCP 0u /* index of the server that DHCP names; those of the list follow */

/* NULL: the list is not so long. */
static const char *name_of(const time_keeper *k)
{
    const char *const *name = k->servers;
    for (unsigned i = FROM_DHCP + 1; name && *name && i < k->index; i++) {
        name++;
    }
    return name ? *name : NULL;
}

static int find_server(yoke_task *t, time_keeper *k)
{
    if (k->index != FROM_DHCP) {
        return dns_resolve(t, name_of(k), &k->asked.address);
    }
    k->asked.address = net_read_status().time_server;
    return k->asked.address.ip[0] ? YOKE_OK : YOKE_ENOENT;
}

/* --- one question ----------------------------------------------------------------------------- */

static uint32_t ms_until(yoke_task *t, uint64_t due_us)
{
    uint64_t now_us = yoke_now_us(yoke_home(t));
    return due_us > now_us ? (uint32_t)((due_us - now_us + 999) / 1000) : 0;
}

static int ask(time_keeper *k)
{
    int answer = net_open(&k->socket, 0);
    if (answer != YOKE_OK) {
        return answer;
    }
    entropy_fill(k->cookie, sizeof k->cookie);
    sntp_ask(k->packet, k->cookie);
    k->asked.port = PORT;
    k->sent_us = yoke_port_now_us();
    k->until_us = k->sent_us + ANSWER_US;
    (void)net_send(&k->socket, k->packet, SNTP_BYTES, k->asked); /* lost or not: the limit tells */
    return YOKE_OK;
}

static int wait_for_answer(yoke_task *t, time_keeper *k)
{
    int answer = net_receive(t, &k->socket, k->packet, sizeof k->packet, &k->from);
    return yoke_within(t, ms_until(t, k->until_us), answer);
}

static bool is_from_server(const time_keeper *k)
{
    const uint8_t *a = k->from.address.ip, *b = k->asked.address.ip;
    return k->from.port == PORT && a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

static void take(time_keeper *k, const time_sample *s)
{
    bool step = clock_correct(&k->clock, s->offset_us, s->at_us);
    k->steps += step;
    k->slews += !step;
    k->last = *s;
    k->server = k->asked.address;
    wake_waiters(k);
}

/* True: no further answer is waited for. */
static bool judge(time_keeper *k, size_t size)
{
    time_sample s;
    uint64_t now_us = yoke_port_now_us();
    enum sntp_verdict verdict = is_from_server(k)
                                    ? sntp_judge(k->packet, size, k->cookie, k->sent_us, now_us, &s)
                                    : SNTP_NOT_OURS;
    if (verdict == SNTP_TAKEN) {
        take(k, &s);
        k->answered = true;
        return true;
    }
    k->refused++;
    if (verdict == SNTP_GO_AWAY) {
        k->turned_away |= (uint8_t)(1u << k->index);
    }
    return verdict != SNTP_NOT_OURS;
}

/* --- a round of them -------------------------------------------------------------------------- */

static bool may_ask(const time_keeper *k)
{
    return !(k->turned_away >> k->index & 1) && (k->index != FROM_DHCP || k->from_dhcp);
}

static bool is_one(const time_keeper *k)
{
    return k->index == FROM_DHCP || name_of(k);
}

static void begin_round(time_keeper *k)
{
    k->index = FROM_DHCP;
    k->answered = false;
}

static void end_round(time_keeper *k)
{
    if (k->answered) {
        k->wait_s = TIME_POLL_S;
    } else if (!k->clock.known) {
        k->wait_s = k->wait_s * 2 < TIME_POLL_S ? k->wait_s * 2 : TIME_POLL_S;
    }
    k->next_us = yoke_now_us(yoke_home(&k->task)) + k->wait_s * UINT64_C(1000000);
}

/* --- the task --------------------------------------------------------------------------------- */

static int begin(time_keeper *k)
{
    k->index = FROM_DHCP + 1;
    while (name_of(k)) {
        if (k->index++ > TIME_SERVERS) {
            return YOKE_EINVAL;
        }
    }
    k->turned_away = 0;
    k->wait_s = FIRST_WAIT_S / 2;
    k->next_us = 0;
    k->seen = net_read_status().changes;
    return YOKE_OK;
}

/* YOKE_OK: the network has changed; YOKE_ETIMEDOUT: the next round is due. */
static int wait_for_next(yoke_task *t, time_keeper *k)
{
    int answer = net_await_change(t, &k->seen);
    if (!net_read_status().has_address) {
        return answer;
    }
    return yoke_within(t, ms_until(t, k->next_us), answer);
}

/* Whoever has no answer yet asks as soon as the network has changed. */
static bool is_due(const time_keeper *k)
{
    return net_read_status().has_address && (k->answer == YOKE_ETIMEDOUT || !k->clock.known);
}

/* The wait goes on in the body whatever its answer is, unless it is cancelled. */
static int note(time_keeper *k, int answer)
{
    k->answer = answer;
    return answer == YOKE_PENDING ? YOKE_PENDING : YOKE_OK;
}

int time_body(yoke_task *t)
{
    time_keeper *k = YOKE_FRAME(time_keeper, t);
    YOKE_BEGIN(t);
    YOKE_TRY(t, begin(k));
    for (;;) {
        YOKE_TRY(t, note(k, wait_for_next(t, k)));
        YOKE_TRY(t, k->answer == YOKE_EBUSY ? YOKE_EBUSY : YOKE_OK);
        if (!is_due(k)) {
            continue;
        }
        for (begin_round(k); is_one(k) && !k->answered; k->index++) {
            if (!may_ask(k)) {
                continue;
            }
            YOKE_TRY(t, note(k, yoke_within(t, NAME_MS, find_server(t, k))));
            if (k->answer != YOKE_OK || ask(k) != YOKE_OK) {
                continue;
            }
            do {
                YOKE_TRY(t, note(k, wait_for_answer(t, k)));
            } while (k->answer >= 0 && !judge(k, (size_t)k->answer));
            k->unanswered += k->answer < 0;
            net_shut(&k->socket);
        }
        end_round(k);
    }
    YOKE_FINALLY(t);
    net_shut(&k->socket);
    YOKE_END(t);
}
