/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one server has for all its clients, and who gets how much of it:
 * connections of each address, downloads at a time, bytes a second. For all
 * workers at once.
 */
#ifndef OTATOOL_SERVER_LIMITS_H
#define OTATOOL_SERVER_LIMITS_H

#include "bucket.h"
#include "otatool/server.h"
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct limits {
    pthread_mutex_t lock;
    unsigned per_address;
    unsigned downloads;   /* at a time; 0: no limit */
    unsigned running;     /* downloads that were admitted */
    uint64_t rate_of_one; /* bytes a second of a download; 0: no limit */
    struct bucket all;    /* bytes a second of all */
    uint64_t refused;     /* who asked for some since anybody got some */
    struct limits_address *addresses;
    size_t places; /* of addresses */
};

struct limits_address {
    struct in6_addr address;
    unsigned count; /* 0: the place is free */
};

/* False without memory. */
bool limits_init(struct limits *limits,
                 const struct ota_server_options *options, uint64_t now_ms);
void limits_release(struct limits *limits);

enum limits_verdict {
    LIMITS_WELCOME,
    LIMITS_BUSY,  /* to be told to come later */
    LIMITS_FLOOD, /* to be closed at once */
};

/* Whether an address may have one connection more. */
enum limits_verdict limits_judge(struct limits *limits,
                                 const struct in6_addr *address);

/* Counts a connection, and forgets it. */
void limits_connect(struct limits *limits, const struct in6_addr *address);
void limits_disconnect(struct limits *limits, const struct in6_addr *address);

/* Takes a place among the downloads; false when there is none. */
bool limits_admit(struct limits *limits);
void limits_leave(struct limits *limits);

/* Whether bodies have to be measured out. */
bool limits_slow_down(const struct limits *limits);

/* Takes up to `want` bytes of what all may send now, and says how long not to
 * ask for more: until there is some, and until others have got theirs. */
uint64_t limits_take(struct limits *limits, uint64_t want, uint64_t now_ms,
                     uint64_t *wait_ms);

#endif
