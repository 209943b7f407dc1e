#include "peer.h"

void (*peer_hear)(const datagram *d);

static net_config config;

/* The device's frame: only datagrams are of interest. */
static void hear(const void *frame, size_t size)
{
    datagram d;
    if (peer_hear && datagram_open(frame, size, &d)) {
        peer_hear(&d);
    }
}

void peer_send(net_peer from, net_peer to, const void *data, size_t size)
{
    static uint8_t packet[DATAGRAM_BYTES_MAX];
    datagram d = {.from = from, .to = to, .data = data, .size = size};
    assert_true(size <= NET_DATAGRAM);
    sim_link_send(packet, datagram_build(packet, &d));
}

net_peer peer_at(uint8_t last, uint16_t port)
{
    return (net_peer){.address = {{10, 0, 0, last}}, .port = port};
}

int peer_setup(void **state)
{
    wire_setup(state);
    wire.peer = hear;
    peer_hear = NULL;
    config = (net_config){.address = {{10, 0, 0, 2}},
                          .mask = {{255, 255, 255, 0}},
                          .gateway = {{10, 0, 0, 1}},
                          .name_server = {{10, 0, 0, 1}}};
    world_open_again();
    return 0;
}

void peer_start(void)
{
    assert_int_equal(net_start(&platform, &config), YOKE_OK);
}

void peer_stop(void)
{
    yoke_cancel(&net_task);
    world_run_ms(10);
    assert_true(yoke_done(&net_task));
}
