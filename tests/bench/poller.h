/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device that only asks now and then whether there is something new, on a
 * connection of its own each time: every second one by HEAD, the others by
 * If-None-Match.
 */
#ifndef OTATOOL_BENCH_POLLER_H
#define OTATOOL_BENCH_POLLER_H

#include "fleet.h"

struct poller {
    int fd; /* -1 between two polls */
    uint32_t index;
    bool has_asked;
    uint64_t due_us; /* the next poll, or this one's beginning */
};

/* Its first poll comes at some moment of its first interval. */
void poller_init(struct fleet *fleet, struct poller *poller, uint32_t index);

void poller_turn(struct fleet *fleet, struct poller *poller);
void poller_end(struct poller *poller);

#endif
