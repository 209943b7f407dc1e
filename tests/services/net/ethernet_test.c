/* Newcomers on an Ethernet, whose hardware address the device does not know yet. */
#include "wire.h"

#define NEWCOMERS 15u /* as many as the chip serves */
#define ARP_BYTES 42u
#define TYPE_AT   12u /* of the frame */
#define IP_AT     14u
#define PORT_AT   36u /* of the receiver of a segment */

static const uint8_t peer_mac[6] = {2, 0, 0, 0, 0, 99};
static const uint8_t peer_ip[4] = {10, 0, 0, 99};
static net_listener listener;
static unsigned questions, answers, answered[NEWCOMERS];

/* --- the newcomers ---------------------------------------------------------------------------- */

static void put_head(uint8_t *frame, uint16_t type)
{
    net_status s = net_read_status();
    memcpy(frame, s.mac, 6);
    memcpy(frame + 6, peer_mac, 6);
    frame[TYPE_AT] = (uint8_t)(type >> 8);
    frame[TYPE_AT + 1] = (uint8_t)type;
}

static void answer_question(const uint8_t *asked)
{
    uint8_t frame[ARP_BYTES];
    memcpy(frame, asked, sizeof frame);
    put_head(frame, 0x0806);
    frame[21] = 2; /* the answer */
    memcpy(frame + 22, peer_mac, 6);
    memcpy(frame + 28, peer_ip, 4);
    memcpy(frame + 32, asked + 22, 10); /* to who has asked */
    sim_link_send(frame, sizeof frame);
}

static void hear(const void *bytes, size_t size)
{
    const uint8_t *frame = bytes;
    bool is_arp = size >= ARP_BYTES && frame[TYPE_AT] == 8 && frame[TYPE_AT + 1] == 6;
    if (is_arp && memcmp(frame + 38, peer_ip, 4) == 0) {
        questions++;
        answer_question(frame);
    } else if (!is_arp && size > PORT_AT + 1 && frame[IP_AT + 9] == 6) {
        unsigned n = (unsigned)(frame[PORT_AT] << 8 | frame[PORT_AT + 1]) - 1024;
        assert_in_range(n, 0, NEWCOMERS - 1);
        answers++;
        answered[n]++;
    }
}

static void send_syn(unsigned n)
{
    uint8_t frame[IP_AT + WIRE_SYN_BYTES];
    put_head(frame, 0x0800);
    wire_syn(n, frame + IP_AT);
    sim_link_send(frame, sizeof frame);
}

/* --- the test --------------------------------------------------------------------------------- */

/* All wait for one answer to ARP. Once three were kept, and the others answered a second later, if
 * nothing had pushed them out by then. */
static int burst_body(yoke_task *t)
{
    static unsigned i;
    YOKE_BEGIN(t);
    assert_int_equal(net_listen(&listener, WIRE_PORT), YOKE_OK);
    for (i = 0; i < NEWCOMERS; i++) {
        send_syn(i);
    }
    while (questions == 0 || answers == 0) {
        YOKE_AWAIT(t, yoke_sleep_ms(t, 1));
    }
    YOKE_AWAIT(t, yoke_sleep_ms(t, 100)); /* SYN and ACK are sent again after 1 s */
    for (i = 0; i < NEWCOMERS; i++) {
        assert_int_equal(answered[i], 1);
    }
    net_unlisten(&listener);
    YOKE_END(t);
}

static void test_a_burst_of_newcomers_is_answered_at_once(void **state)
{
    (void)state;
    wire.ethernet = true;
    wire.peer = hear;
    wire_run(burst_body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_wire(test_a_burst_of_newcomers_is_answered_at_once),
    };
    return cmocka_run_group_tests_name("net_ethernet", tests, NULL, NULL);
}
