/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server has done, as numbers for Prometheus.
 *
 * Labels have few values, all known beforehand: the client's family, the
 * class of the status, how the transfer ended. There is none for an address,
 * a device or a file, so the text has always the same number of lines,
 * however many devices ask. Counting is one atomic addition a number.
 */
#ifndef OTATOOL_SERVER_METRICS_H
#define OTATOOL_SERVER_METRICS_H

#include "family.h"
#include "otatool/server.h"
#include <stdatomic.h>
#include <stddef.h>

enum {
    METRICS_CLASSES = 5, /* no status, 2xx to 5xx */
    METRICS_ENDS = OTA_SERVER_STOPPED + 1,
    METRICS_BUCKETS = 8, /* of durations, the last without a bound */
};

/* What happened to a connection when it came. */
enum metrics_connection {
    METRICS_ACCEPTED,
    METRICS_REFUSED, /* closed at once: a limit was reached */
    METRICS_CONNECTIONS,
};

/* All zero at first; any thread may count and print. */
struct metrics {
    atomic_uint_fast64_t connections[METRICS_CONNECTIONS];
    atomic_uint_fast64_t answers[FAMILY_COUNT][METRICS_CLASSES];
    atomic_uint_fast64_t ends[FAMILY_COUNT][METRICS_ENDS];
    atomic_uint_fast64_t bytes[FAMILY_COUNT];
    atomic_uint_fast64_t durations[METRICS_BUCKETS];
    atomic_uint_fast64_t duration_ms;
};

/* What is at the moment. */
struct metrics_now {
    uint64_t connections; /* open */
    uint64_t limit;       /* at most so many connections */
    uint64_t running;     /* answers not yet ended */
    int64_t started;      /* seconds since 1970 */
};

void metrics_connection(struct metrics *metrics, enum metrics_connection what);

/* Counts a transfer that has ended. */
void metrics_transfer(struct metrics *metrics,
                      const struct ota_server_transfer *transfer);

/* METRICS_TYPE text, the caller's to free; NULL when there is no memory. */
char *metrics_text(const struct metrics *metrics, const struct metrics_now *now,
                   size_t *size);

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

#endif
