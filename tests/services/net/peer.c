#include "peer.h"

#define IP_BYTES  20u
#define UDP_BYTES 8u
#define UDP       17u

void (*peer_hear)(const peer_datagram *d);

static net_config config;

static void put_16(uint8_t *to, size_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static uint16_t get_16(const uint8_t *from)
{
    return (uint16_t)(from[0] << 8 | from[1]);
}

static uint16_t check_sum(const uint8_t *header)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < IP_BYTES; i += 2) {
        sum += get_16(header + i);
    }
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t) ~(sum + (sum >> 16));
}

/* The device's frame: only datagrams are of interest. */
static void hear(const void *frame, size_t size)
{
    const uint8_t *ip = frame;
    size_t header = (size_t)(ip[0] & 15) * 4;
    if (size < header + UDP_BYTES || ip[9] != UDP || !peer_hear) {
        return;
    }
    peer_datagram d = {.data = ip + header + UDP_BYTES, .size = size - header - UDP_BYTES};
    memcpy(d.from.address.ip, ip + 12, 4);
    memcpy(d.to.address.ip, ip + 16, 4);
    d.from.port = get_16(ip + header);
    d.to.port = get_16(ip + header + 2);
    peer_hear(&d);
}

void peer_send(net_peer from, net_peer to, const void *data, size_t size)
{
    static uint8_t frame[1500];
    assert_true(size <= sizeof frame - IP_BYTES - UDP_BYTES);
    memset(frame, 0, IP_BYTES + UDP_BYTES);
    frame[0] = 0x45;
    put_16(frame + 2, IP_BYTES + UDP_BYTES + size);
    frame[8] = 255;
    frame[9] = UDP;
    memcpy(frame + 12, from.address.ip, 4);
    memcpy(frame + 16, to.address.ip, 4);
    put_16(frame + 10, check_sum(frame));
    put_16(frame + 20, from.port);
    put_16(frame + 22, to.port);
    put_16(frame + 24, UDP_BYTES + size); /* a check sum of 0: there is none */
    memcpy(frame + IP_BYTES + UDP_BYTES, data, size);
    sim_link_send(frame, IP_BYTES + UDP_BYTES + size);
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
