/* SPDX-License-Identifier: Apache-2.0 */
/* What all workers of a server share. */
#ifndef OTATOOL_SERVER_SHARED_H
#define OTATOOL_SERVER_SHARED_H

#include "auth.h"
#include "limits.h"
#include "metrics.h"
#include "otatool/catalog.h"
#include "otatool/server.h"
#include <pthread.h>
#include <stdatomic.h>

struct offers;
struct recall;
struct status;

struct shared {
    const struct ota_server_options *options;
    struct limits limits;
    int64_t started; /* seconds since 1970 */
    struct metrics metrics;
    struct status *status;
    struct auth *auth;       /* or NULL: everything is open */
    atomic_uint viewers;     /* streams of events */
    atomic_uint connections; /* open, of all workers */
    atomic_uint running;     /* transfers answered and not yet ended */
    atomic_bool is_stopping;
    atomic_bool is_cut;       /* what still runs ends now */
    atomic_bool has_failed;   /* a worker cannot go on */
    atomic_bool has_told;     /* a transfer, since the log was written */
    pthread_mutex_t log_lock; /* held while a transfer is told */
    pthread_mutex_t lock;     /* held around all below */
    struct ota_catalog *catalog;
    struct offers *offers;
    struct recall *recall;
};

#endif
