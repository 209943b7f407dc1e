/* The other end of a SLIP line: IP packets on standard input and output, the port's network link
 * on the other side. That one is an Ethernet, so the packets get its headers here, and ARP is
 * answered for the device. */
#include "slip.h"
#include "yoke/console.h"
#include "yoke/link.h"
#include "yoke/yoke.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER   14u   /* bytes before the packet in a frame: to, from, kind */
#define MAC      6u    /* bytes of a hardware address */
#define MTU      1500u /* bytes */
#define ARP_SIZE 28u
#define LINE_MAX (2 * MTU + 2)

static const uint8_t kind_ip[] = {8, 0}, kind_arp[] = {8, 6};
static const uint8_t arp_request[] = {0, 1, 8, 0, 6, 4, 0, 1}; /* Ethernet, IPv4, who has? */

static yoke_loop platform;
static link_facts facts;
static uint8_t neighbour[MAC] = {255, 255, 255,
                                 255, 255, 255}; /* who was heard last; all, before */
static uint8_t device[4];                        /* address, once it has sent */

/* --- from the line to the network ---------------------------------------------------------------
 */

static void make_header(uint8_t *frame, const uint8_t kind[2])
{
    memcpy(frame, neighbour, MAC);
    memcpy(frame + MAC, facts.mac, MAC);
    memcpy(frame + 2 * MAC, kind, 2);
}

static uint8_t frame_out[HEADER + MTU];
static slip_reader in = {.bytes = frame_out + HEADER, .max = MTU};

static void take_from_line(const char *bytes, int count)
{
    for (int i = 0; i < count; i++) {
        int size = slip_take(&in, (uint8_t)bytes[i]);
        if (size >= 20) { /* with an IP header */
            memcpy(device, frame_out + HEADER + 12, sizeof device);
            make_header(frame_out, kind_ip);
            link_write(frame_out, HEADER + (size_t)size);
        }
    }
}

/* --- from the network to the line ---------------------------------------------------------------
 */

static uint8_t frame_in[LINK_FRAME_MAX];
static char line[LINE_MAX];
static size_t line_size, line_sent;

static void put(uint8_t byte)
{
    line[line_size++] = (char)byte;
}

/* "I have it", to who has asked for the device's address. */
static void answer_arp(const uint8_t *arp, size_t size)
{
    static uint8_t answer[HEADER + ARP_SIZE];
    bool asks = size >= ARP_SIZE && memcmp(arp, arp_request, sizeof arp_request) == 0;
    if (!asks || memcmp(arp + 24, device, sizeof device) != 0) {
        return;
    }
    make_header(answer, kind_arp);
    memcpy(answer + HEADER, arp_request, sizeof arp_request);
    answer[HEADER + 7] = 2;
    memcpy(answer + HEADER + 8, facts.mac, MAC);
    memcpy(answer + HEADER + 14, device, sizeof device);
    memcpy(answer + HEADER + 18, arp + 8, MAC + 4);
    link_write(answer, sizeof answer);
}

/* Puts what is to be sent into `line`. */
static void take_frame(size_t size)
{
    line_size = line_sent = 0;
    if (size < HEADER) {
        return;
    }
    memcpy(neighbour, frame_in + MAC, MAC);
    if (memcmp(frame_in + 2 * MAC, kind_arp, 2) == 0) {
        answer_arp(frame_in + HEADER, size - HEADER);
    } else if (memcmp(frame_in + 2 * MAC, kind_ip, 2) == 0) {
        slip_write(frame_in + HEADER, size - HEADER, put);
    }
}

static size_t next_piece(void)
{
    size_t left = line_size - line_sent;
    return left < CONSOLE_WRITE_MAX ? left : CONSOLE_WRITE_MAX;
}

static int to_line_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, link_read(t, frame_in, sizeof frame_in));
        take_frame((size_t)t->status);
        while (line_sent < line_size) {
            YOKE_TRY(t, console_write(t, line + line_sent, next_piece()));
            line_sent += (size_t)t->status;
        }
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

/* --- all of it
 * ------------------------------------------------------------------------------------ */

static yoke_task to_line = YOKE_TASK(to_line_body);

static int root_body(yoke_task *t)
{
    static char bytes[4096];
    YOKE_BEGIN(t);
    YOKE_TRY(t, link_open(&facts));
    yoke_start(&platform, &to_line);
    for (;;) {
        YOKE_TRY(t, console_read(t, bytes, sizeof bytes));
        if (t->status == 0) {
            break;
        }
        take_from_line(bytes, t->status);
    }
    YOKE_FINALLY(t);
    yoke_cancel(&to_line);
    YOKE_AWAIT(t, yoke_join(t, &to_line));
    link_close();
    YOKE_END(t);
}

static yoke_task root = YOKE_TASK(root_body);

int main(int argc, char **argv)
{
    if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
        fprintf(stderr,
                "usage: nat [FORWARDS]\n\n"
                "Joins a SLIP line, standard input and output, to a user-mode network.\n"
                "FORWARDS: as YOKE_FORWARD: 8081:80,udp:5568 leads this machine's port 8081\n"
                "to port 80 of the device, and UDP port 5568 to the same one.\n");
        return 2;
    }
    if (argc == 2) {
        setenv("YOKE_FORWARD", argv[1], 1);
    }
    yoke_loop_init(&platform, 0);
    return yoke_run(&platform, &root) < 0 ? 1 : 0;
}
