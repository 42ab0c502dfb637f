/* SPDX-License-Identifier: Apache-2.0 */
#include "capture.h"
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUEUE = 64 * 1024 * 1024 };

/* Only what is of this port: others use the loopback as well. */
static bool filter(int fd, uint16_t port)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD + BPF_B + BPF_ABS, ETH_HLEN + 9),
        BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, IPPROTO_TCP, 0, 6),
        BPF_STMT(BPF_LDX + BPF_B + BPF_MSH, ETH_HLEN),
        BPF_STMT(BPF_LD + BPF_H + BPF_IND, ETH_HLEN),
        BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, port, 2, 0),
        BPF_STMT(BPF_LD + BPF_H + BPF_IND, ETH_HLEN + 2),
        BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, port, 0, 1),
        BPF_STMT(BPF_RET + BPF_K, CAPTURE_PACKET),
        BPF_STMT(BPF_RET + BPF_K, 0),
    };
    struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
                      sizeof(program)) == 0;
}

bool capture_open(struct capture *capture, uint16_t server_port)
{
    struct sockaddr_ll place = {.sll_family = AF_PACKET,
                                .sll_protocol = htons(ETH_P_IP),
                                .sll_ifindex = (int)if_nametoindex("lo")};
    int one = 1;
    int queue = QUEUE;
    *capture = (struct capture){.server_port = server_port};
    capture->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_IP));
    if (capture->fd < 0)
        return false;
    setsockopt(capture->fd, SOL_SOCKET, SO_RCVBUFFORCE, &queue, sizeof(queue));
    if (filter(capture->fd, server_port) &&
        setsockopt(capture->fd, SOL_PACKET, PACKET_VNET_HDR, &one,
                   sizeof(one)) == 0 &&
        bind(capture->fd, (struct sockaddr *)&place, sizeof(place)) == 0)
        return true;
    capture_close(capture);
    return false;
}

void capture_close(struct capture *capture)
{
    close(capture->fd);
    capture->fd = -1;
}

void capture_begin(struct capture *capture, uint16_t client_port)
{
    capture->client_port = client_port;
    capture->has_start = false;
    capture->next = capture->acknowledged = 0;
    capture->at = capture->end = 0;
    capture->has_end = false;
}

/* The wire has all packets twice, out and in. */
static bool receive(struct capture *capture, size_t *size, int timeout_ms)
{
    struct pollfd fd = {.fd = capture->fd, .events = POLLIN};
    while (poll(&fd, 1, timeout_ms) == 1) {
        struct sockaddr_ll from = {0};
        socklen_t length = sizeof(from);
        ssize_t n =
            recvfrom(capture->fd, capture->packet, sizeof(capture->packet), 0,
                     (struct sockaddr *)&from, &length);
        if (n <= 0 || from.sll_pkttype != PACKET_HOST)
            continue;
        *size = (size_t)n;
        return true;
    }
    return false;
}

/* What the client says: how far it has come. */
static void note_client(struct capture *capture, const struct tcphdr *tcp)
{
    if (capture->has_start && tcp->ack)
        capture->acknowledged = ntohl(tcp->ack_seq) - capture->start;
}

static void note_server(struct capture *capture, const struct tcphdr *tcp)
{
    uint32_t sequence = ntohl(tcp->seq);
    if (tcp->syn) {
        capture->start = sequence + 1;
        capture->has_start = true;
        return;
    }
    if (tcp->fin)
        capture->has_end = true;
    uint32_t offset = sequence - capture->start;
    size_t known = (uint32_t)capture->next - offset;
    if (offset > (uint32_t)capture->next || known >= capture->end - capture->at)
        capture->at = capture->end; /* nothing new, or not our connection */
    else
        capture->at += known;
}

/* Takes a packet apart; the data are left in capture->at to end. */
static void note_packet(struct capture *capture, size_t size)
{
    struct virtio_net_hdr about;
    struct iphdr ip;
    struct tcphdr tcp;
    size_t at = sizeof(about) + ETH_HLEN;
    capture->at = capture->end = 0;
    if (size < at + sizeof(ip))
        return;
    memcpy(&about, capture->packet, sizeof(about));
    memcpy(&ip, capture->packet + at, sizeof(ip));
    at += 4u * ip.ihl;
    if (ip.protocol != IPPROTO_TCP || size < at + sizeof(tcp))
        return;
    memcpy(&tcp, capture->packet + at, sizeof(tcp));
    size_t data = at + 4u * tcp.doff;
    uint16_t from = ntohs(tcp.source);
    uint16_t to = ntohs(tcp.dest);
    if (from == capture->client_port && to == capture->server_port)
        note_client(capture, &tcp);
    if (from != capture->server_port || to != capture->client_port)
        return;
    capture->at = data;
    capture->end = size;
    capture->size = about.gso_type ? about.gso_size : size - data;
    note_server(capture, &tcp);
}

bool capture_next(struct capture *capture, struct capture_segment *segment,
                  int timeout_ms)
{
    while (capture->at == capture->end) {
        size_t size;
        if (capture->has_end) {
            *segment = (struct capture_segment){.is_end = true};
            return true;
        }
        if (!receive(capture, &size, timeout_ms))
            return false;
        note_packet(capture, size);
    }
    size_t left = capture->end - capture->at;
    *segment = (struct capture_segment){
        .data = capture->packet + capture->at,
        .size = left < capture->size ? left : capture->size,
        .offset = capture->next,
        .acknowledged = capture->acknowledged,
    };
    capture->at += segment->size;
    capture->next += segment->size;
    return true;
}
