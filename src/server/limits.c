/* SPDX-License-Identifier: Apache-2.0 */
#include "limits.h"
#include <stdlib.h>
#include <string.h>

enum {
    /* Connections beyond an address's share that are still told to come later.
     */
    MORE = 16,
    /* Bytes at a time of what all share: who wakes first takes not all. */
    SHARE = 4 * 1460,
};

bool limits_init(struct limits *limits,
                 const struct ota_server_options *options, uint64_t now_ms)
{
    size_t places = 64;
    /* Twice what may be open, and linger. */
    while (places < 4 * (size_t)options->connections)
        places *= 2;
    *limits = (struct limits){
        .per_address = options->connections_per_address,
        .downloads = options->downloads,
        .rate_of_one = options->rate_per_download,
        .all = bucket_of(options->rate, now_ms),
        .addresses = calloc(places, sizeof(limits->addresses[0])),
        .places = places,
    };
    pthread_mutex_init(&limits->lock, NULL);
    return limits->addresses != NULL;
}

void limits_release(struct limits *limits)
{
    if (!limits->places)
        return;
    pthread_mutex_destroy(&limits->lock);
    free(limits->addresses);
}

/* Whoever has one IPv6 address has 2^64 of them. */
static struct in6_addr network_of(const struct in6_addr *address)
{
    struct in6_addr network = *address;
    if (!IN6_IS_ADDR_V4MAPPED(address))
        memset(&network.s6_addr[8], 0, 8);
    return network;
}

static size_t home_of(const struct limits *limits,
                      const struct in6_addr *address)
{
    uint64_t halves[2];
    memcpy(halves, address, sizeof(halves));
    uint64_t mixed =
        (halves[0] ^ (halves[1] * 0x9e3779b97f4a7c15u)) * 0xff51afd7ed558ccdu;
    return (size_t)(mixed >> 20) & (limits->places - 1);
}

/* The place of an address, or the free one where it would be. There is always
 * a free one: connections are fewer than half of the places. */
static struct limits_address *place_of(const struct limits *limits,
                                       const struct in6_addr *address)
{
    size_t at = home_of(limits, address);
    while (limits->addresses[at].count > 0 &&
           memcmp(&limits->addresses[at].address, address, sizeof(*address)) !=
               0)
        at = (at + 1) & (limits->places - 1);
    return &limits->addresses[at];
}

enum limits_verdict limits_judge(struct limits *limits,
                                 const struct in6_addr *address)
{
    struct in6_addr network = network_of(address);
    pthread_mutex_lock(&limits->lock);
    unsigned count = place_of(limits, &network)->count;
    pthread_mutex_unlock(&limits->lock);
    if (count < limits->per_address)
        return LIMITS_WELCOME;
    return count < limits->per_address + MORE ? LIMITS_BUSY : LIMITS_FLOOD;
}

void limits_connect(struct limits *limits, const struct in6_addr *address)
{
    struct in6_addr network = network_of(address);
    pthread_mutex_lock(&limits->lock);
    struct limits_address *place = place_of(limits, &network);
    place->address = network;
    place->count++;
    pthread_mutex_unlock(&limits->lock);
}

/* Puts those behind a place that got free where they are looked for. */
static void close_gap(struct limits *limits, size_t gap)
{
    size_t mask = limits->places - 1;
    for (size_t at = (gap + 1) & mask; limits->addresses[at].count > 0;
         at = (at + 1) & mask) {
        size_t home = home_of(limits, &limits->addresses[at].address);
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        limits->addresses[gap] = limits->addresses[at];
        limits->addresses[at].count = 0;
        gap = at;
    }
}

void limits_disconnect(struct limits *limits, const struct in6_addr *address)
{
    struct in6_addr network = network_of(address);
    pthread_mutex_lock(&limits->lock);
    struct limits_address *place = place_of(limits, &network);
    if (place->count > 0 && --place->count == 0)
        close_gap(limits, (size_t)(place - limits->addresses));
    pthread_mutex_unlock(&limits->lock);
}

bool limits_admit(struct limits *limits)
{
    if (limits->downloads == 0)
        return true;
    pthread_mutex_lock(&limits->lock);
    bool ok = limits->running < limits->downloads;
    limits->running += ok;
    pthread_mutex_unlock(&limits->lock);
    return ok;
}

void limits_leave(struct limits *limits)
{
    if (limits->downloads == 0)
        return;
    pthread_mutex_lock(&limits->lock);
    limits->running--;
    pthread_mutex_unlock(&limits->lock);
}

bool limits_slow_down(const struct limits *limits)
{
    return limits->rate_of_one > 0 || limits->all.rate > 0;
}

/* Whoever was refused before comes first, each for as much. */
static uint64_t others_need_ms(const struct limits *limits, uint64_t size)
{
    return limits->refused * size * 1000 / limits->all.rate;
}

uint64_t limits_take(struct limits *limits, uint64_t want, uint64_t now_ms,
                     uint64_t *wait_ms)
{
    *wait_ms = 0;
    if (limits->all.rate == 0)
        return want;
    pthread_mutex_lock(&limits->lock);
    uint64_t size =
        bucket_allows(&limits->all, want < SHARE ? want : SHARE, now_ms);
    bucket_take(&limits->all, size);
    *wait_ms =
        size > 0 ? others_need_ms(limits, size) : bucket_wait_ms(&limits->all);
    limits->refused = size > 0 ? 0 : limits->refused + 1;
    pthread_mutex_unlock(&limits->lock);
    return size;
}
