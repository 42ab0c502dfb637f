/* SPDX-License-Identifier: Apache-2.0 */
#include "socket.h"
#include <arpa/inet.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/ioctl.h>

enum {
    /* The kernel's numbers for the states of tcpi_state. */
    STATE_ESTABLISHED = 1,
    STATE_CLOSE = 7,
    STATE_CLOSE_WAIT = 8,
    USUAL_SEGMENT = 1460,
    UNSENT = 16 * 1024, /* a small SO_SNDBUF instead would stall */
};

static bool get_info(int fd, struct tcp_info *info)
{
    socklen_t size = sizeof(*info);
    *info = (struct tcp_info){0};
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &size) == 0;
}

struct socket_progress socket_progress(int fd)
{
    struct socket_progress progress = {.is_dead = true};
    struct tcp_info info;
    int queued = 0;
    if (!get_info(fd, &info) || ioctl(fd, SIOCOUTQ, &queued) < 0)
        return progress;
    progress.received = info.tcpi_bytes_received;
    progress.acknowledged = info.tcpi_bytes_acked;
    progress.handed = progress.acknowledged + (uint64_t)queued;
    progress.is_dead = info.tcpi_state == STATE_CLOSE;
    bool is_closing = info.tcpi_state != STATE_ESTABLISHED &&
                      info.tcpi_state != STATE_CLOSE_WAIT;
    if (is_closing && queued > 0)
        progress.handed--; /* the end of the stream counts as a byte */
    return progress;
}

uint32_t socket_unacknowledged(int fd)
{
    int queued = 0;
    return ioctl(fd, SIOCOUTQ, &queued) == 0 ? (uint32_t)queued : UINT32_MAX;
}

bool socket_is_drained(int fd)
{
    return socket_unacknowledged(fd) == 0;
}

void socket_keep_short(int fd)
{
    const int unsent = UNSENT;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent,
                     sizeof(unsent));
}

void socket_send_at_once(int fd)
{
    const int yes = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

uint32_t socket_segment(int fd)
{
    struct tcp_info info;
    if (!get_info(fd, &info) || info.tcpi_snd_mss == 0)
        return USUAL_SEGMENT;
    return info.tcpi_snd_mss;
}

struct in6_addr socket_address(const struct sockaddr *address)
{
    struct in6_addr found = {0};
    if (address && address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof(v6));
        found = v6.sin6_addr;
    } else if (address && address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof(v4));
        found.s6_addr[10] = found.s6_addr[11] = 0xff;
        memcpy(&found.s6_addr[12], &v4.sin_addr, 4);
    }
    return found;
}

void socket_name(const struct in6_addr *address, char *text)
{
    if (IN6_IS_ADDR_V4MAPPED(address))
        inet_ntop(AF_INET, &address->s6_addr[12], text, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, address, text, INET6_ADDRSTRLEN);
}

void socket_discard(int fd)
{
    char bytes[4096];
    while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
        ;
}
