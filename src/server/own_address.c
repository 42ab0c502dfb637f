/* SPDX-License-Identifier: Apache-2.0 */
#include "own_address.h"
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

union any {
    struct sockaddr_storage storage;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static const union any *any_of(const struct sockaddr_storage *address)
{
    return (const union any *)address;
}

bool own_address_is_any(const struct sockaddr_storage *address)
{
    const union any *any = any_of(address);
    if (address->ss_family == AF_INET)
        return any->v4.sin_addr.s_addr == htonl(INADDR_ANY);
    return address->ss_family == AF_INET6 &&
           IN6_IS_ADDR_UNSPECIFIED(&any->v6.sin6_addr);
}

/* Nothing is sent: the system only looks up the way. The addresses are those
 * kept for documentation. */
static bool ask_for_way(const union any *there, socklen_t size, union any *own)
{
    socklen_t own_size = sizeof(*own);
    int fd = socket(there->storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 &&
              connect(fd, (const struct sockaddr *)there, size) == 0 &&
              getsockname(fd, (struct sockaddr *)own, &own_size) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool find_way(union any *own, bool may_be_v6)
{
    union any v4 = {.v4 = {.sin_family = AF_INET, .sin_port = htons(9)}};
    union any v6 = {.v6 = {.sin6_family = AF_INET6, .sin6_port = htons(9)}};
    inet_pton(AF_INET, "192.0.2.1", &v4.v4.sin_addr);
    inet_pton(AF_INET6, "2001:db8::1", &v6.v6.sin6_addr);
    return ask_for_way(&v4, sizeof(v4.v4), own) ||
           (may_be_v6 && ask_for_way(&v6, sizeof(v6.v6), own));
}

static bool find_first(union any *own)
{
    struct ifaddrs *list;
    bool found = false;
    if (getifaddrs(&list) < 0)
        return false;
    for (const struct ifaddrs *one = list; one && !found; one = one->ifa_next) {
        found = one->ifa_addr && one->ifa_addr->sa_family == AF_INET &&
                (one->ifa_flags & IFF_UP) && !(one->ifa_flags & IFF_LOOPBACK);
        if (found)
            memcpy(&own->v4, one->ifa_addr, sizeof(own->v4));
    }
    freeifaddrs(list);
    return found;
}

void own_address_settle(struct sockaddr_storage *address, socklen_t *size)
{
    const union any *any = any_of(address);
    bool is_v6 = address->ss_family == AF_INET6;
    in_port_t port = is_v6 ? any->v6.sin6_port : any->v4.sin_port;
    union any own = {0};
    if (!find_way(&own, is_v6) && !find_first(&own))
        own.v4 = (struct sockaddr_in){.sin_family = AF_INET,
                                      .sin_addr = {htonl(INADDR_LOOPBACK)}};
    bool is_own_v6 = own.storage.ss_family == AF_INET6;
    *(is_own_v6 ? &own.v6.sin6_port : &own.v4.sin_port) = port;
    *size = is_own_v6 ? sizeof(own.v6) : sizeof(own.v4);
    *address = own.storage;
}
