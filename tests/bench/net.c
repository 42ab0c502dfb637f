/* SPDX-License-Identifier: Apache-2.0 */
#include "net.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* With a smaller buffer this kernel loses segments and waits for time-outs. */
enum { DEVICE_SEGMENT = 1460, DEVICE_BUFFER = 16 * DEVICE_SEGMENT };

bool net_parse(const char *text, struct sockaddr_in *address)
{
    char host[INET_ADDRSTRLEN];
    const char *colon = strrchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof(host))
        return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    *address = (struct sockaddr_in){.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)port)};
    return *end == '\0' && port > 0 && port < 65536 &&
           inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

struct in_addr net_client_address(uint32_t index)
{
    return (struct in_addr){htonl(INADDR_LOOPBACK + 1 + index % 0xfffff0)};
}

static void be_small(int fd)
{
    int segment = DEVICE_SEGMENT;
    int buffer = DEVICE_BUFFER;
    setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
}

/* The port is chosen when connecting: each address has all of them. */
static bool bind_address(int fd, struct in_addr from)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = from};
    int yes = 1;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(yes));
    return bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

int net_connect(const struct sockaddr_in *server, struct in_addr from,
                bool is_small)
{
    int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    if (is_small)
        be_small(fd);
    if (bind_address(fd, from) &&
        (connect(fd, (const struct sockaddr *)server, sizeof(*server)) == 0 ||
         errno == EINPROGRESS))
        return fd;
    close(fd);
    return -1;
}

int net_listen(const struct sockaddr_in *address)
{
    int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 &&
        listen(fd, SOMAXCONN) == 0)
        return fd;
    close(fd);
    return -1;
}

uint64_t net_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

bool net_allow_files(unsigned wanted)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted)
        return true;
    limit.rlim_cur = wanted;
    if (limit.rlim_max < wanted)
        limit.rlim_max = wanted; /* only root may */
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return true;
    fprintf(stderr, "%u open files are needed, more than this machine allows\n",
            wanted);
    return false;
}
