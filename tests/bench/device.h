/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slow device: downloads a file at its rate, goes on by range when the
 * connection breaks, and checks the digest of what it has.
 */
#ifndef OTATOOL_BENCH_DEVICE_H
#define OTATOOL_BENCH_DEVICE_H

#include "fleet.h"

enum device_state {
    DEVICE_RESTS,
    DEVICE_CONNECTS,
    DEVICE_AWAITS_HEADER,
    DEVICE_READS,
    DEVICE_IS_DONE,
};

struct device {
    enum device_state state;
    int fd;
    uint32_t index;
    unsigned attempts; /* since the last byte */
    uint64_t rests_to; /* microseconds, as the next two */
    uint64_t moved_at;
    uint64_t turn_at;
    uint64_t received;
    uint64_t cut_at; /* bytes; 0: not */
    struct sha256_ctx digest;
    struct answer answer;
};

/* Will begin its first download at begins_us. */
void device_init(struct fleet *fleet, struct device *device, uint32_t index,
                 uint64_t begins_us);

void device_turn(struct fleet *fleet, struct device *device);

/* The time is over. */
void device_end(struct fleet *fleet, struct device *device);

#endif
