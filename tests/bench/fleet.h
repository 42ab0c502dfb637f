/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many slow clients in one thread. Each has a turn every FLEET_TURN_US and
 * does one thing in it: connects, asks, or reads what it may by its rate.
 * Nothing waits for a socket, so the fleet costs the same at any load.
 */
#ifndef OTATOOL_BENCH_FLEET_H
#define OTATOOL_BENCH_FLEET_H

#include "answer.h"
#include <netinet/in.h>
#include <nettle/sha2.h>

enum {
    FLEET_TURN_US = 250 * 1000,
    FLEET_BUFFER = 64 * 1024,
    FLEET_PATIENCE_US = 60 * 1000 * 1000, /* where nothing moves */
};

struct fleet_counts {
    uint64_t downloads;    /* whole, and the digest right */
    uint64_t wrong_digest; /* from here on what failed */
    uint64_t wrong_answer;
    uint64_t gave_up;
    uint64_t unfinished; /* when the time was over */
    uint64_t cut;        /* from here on what is no failure: by plan */
    uint64_t lost;       /* by the other side */
    uint64_t resumed;
    uint64_t restarted; /* the server sent the file from its beginning */
    uint64_t deferred;  /* 503 */
    uint64_t polls;     /* answered as they should be */
    uint64_t poll_failures;
};

/* What is the same for all. */
struct fleet {
    struct sockaddr_in server;
    const char *target;
    uint64_t size;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char etag[ANSWER_ETAG]; /* empty when the server has none */
    uint64_t rate;          /* bytes a second of one device */
    unsigned drop_percent;  /* of the downloads are cut once */
    uint64_t poll_every_us;
    uint64_t now_us;
    uint64_t end_us;       /* of starting anew; 0: each device once */
    unsigned busy;         /* devices that are not done */
    unsigned reading;      /* devices in the midst of a body */
    unsigned most_reading; /* at a time */
    uint64_t random;
    struct fleet_counts counts;
    uint8_t buffer[FLEET_BUFFER];
};

uint64_t fleet_random_below(struct fleet *fleet, uint64_t limit);

#endif
