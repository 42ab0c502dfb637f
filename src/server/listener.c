/* SPDX-License-Identifier: Apache-2.0 */
#include "listener.h"
#include "own_address.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BACKLOG = 4096,
};

static enum ota_code code_of(int failure)
{
    switch (failure) {
    case EADDRINUSE:
        return OTA_E_PORT_BUSY;
    case EACCES:
        return OTA_E_PORT_DENIED;
    case EADDRNOTAVAIL:
        return OTA_E_ADDRESS_UNKNOWN;
    default:
        return OTA_E_SERVER_FAILED;
    }
}

static void set_option(int fd, int level, int option, int value)
{
    /* Each is an improvement, none a condition. */
    (void)setsockopt(fd, level, option, &value, sizeof(value));
}

/* A listening socket, or -1 and errno. */
static int listen_on(const struct addrinfo *info)
{
    int type = info->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC;
    int fd = socket(info->ai_family, type, info->ai_protocol);
    if (fd < 0)
        return -1;
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (info->ai_family == AF_INET6)
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 &&
        listen(fd, BACKLOG) == 0)
        return fd;
    int failure = errno;
    close(fd);
    errno = failure;
    return -1;
}

/* Tries "::", which takes IPv4 as well, then "0.0.0.0" where IPv6 is off. */
static int listen_on_all(uint16_t port)
{
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
                              .sin6_port = htons(port)};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct addrinfo info = {.ai_family = AF_INET6,
                            .ai_socktype = SOCK_STREAM,
                            .ai_addr = (struct sockaddr *)&v6,
                            .ai_addrlen = sizeof(v6)};
    int fd = listen_on(&info);
    if (fd >= 0 || errno == EADDRINUSE || errno == EACCES)
        return fd;
    info.ai_family = AF_INET;
    info.ai_addr = (struct sockaddr *)&v4;
    info.ai_addrlen = sizeof(v4);
    return listen_on(&info);
}

static bool fail(struct ota_error *err, enum ota_code code, const char *address,
                 uint16_t port, const char *detail)
{
    return ota_fail(err, code, .subject = address, .part = "port",
                    .index = port, .detail = detail);
}

bool listener_open(int *fd, const char *address, uint16_t port,
                   struct ota_error *err)
{
    if (!address) {
        *fd = listen_on_all(port);
    } else {
        struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                 .ai_socktype = SOCK_STREAM,
                                 .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
        struct addrinfo *info;
        char service[8];
        snprintf(service, sizeof(service), "%u", (unsigned)port);
        int failure = getaddrinfo(address, service, &hints, &info);
        if (failure)
            return fail(err, OTA_E_ADDRESS_UNKNOWN, address, port,
                        gai_strerror(failure));
        *fd = listen_on(info);
        freeaddrinfo(info);
    }
    if (*fd < 0)
        return fail(err, code_of(errno), address, port, strerror(errno));
    return true;
}

void listener_url(int fd, const char *scheme, char *text, size_t size)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    char host[INET6_ADDRSTRLEN + 32];
    char port[8];
    text[0] = '\0';
    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return;
    if (own_address_is_any(&address))
        own_address_settle(&address, &length);
    if (getnameinfo((struct sockaddr *)&address, length, host, sizeof(host),
                    port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    bool has_colons = strchr(host, ':');
    snprintf(text, size, "%s://%s%s%s:%s/", scheme, has_colons ? "[" : "", host,
             has_colons ? "]" : "", port);
}
