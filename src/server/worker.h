/* SPDX-License-Identifier: Apache-2.0 */
/* A thread with connections of its own; all share the listening sockets. */
#ifndef OTATOOL_SERVER_WORKER_H
#define OTATOOL_SERVER_WORKER_H

#include "connection.h"
#include "http.h"
#include "http_date.h"

struct tls;

struct worker {
    struct shared *shared;
    struct http *http;
    int epoll;    /* of the listener, the library, and plain connections */
    int listener; /* ours; -1: none any more */
    bool is_listening;
    uint64_t listen_ms; /* when to listen again, if not */
    bool is_tls;
    pthread_t thread;
    bool is_started;
    bool is_stopping;
    bool has_looked; /* for changed files, in this turn */
    struct timers timers;
    struct connection *connections;
    uint64_t now_ms;              /* of this turn */
    atomic_uint_fast64_t seen_ms; /* the same, for other threads */
    uint32_t chance;              /* state of its random numbers */
    int64_t date_second;          /* of date, which is made once for it */
    char date[HTTP_DATE];
};

/* Opens; the listener is borrowed. tls: NULL for plain HTTP, else borrowed.
 * False when the system fails. */
bool worker_init(struct worker *worker, struct shared *shared, int listener,
                 struct tls *tls);
bool worker_start(struct worker *worker);

/* Has epoll's events of fd wake the worker, on behalf of who. */
bool worker_watch(struct worker *worker, int fd, uint32_t events, void *who);

/* The events that a plain connection has are told once more, in another turn.
 * False when the system fails. */
bool worker_watch_again(struct worker *worker, struct connection *connection);

/* No more of them. */
void worker_unwatch(struct worker *worker, int fd);

/* The day and the time, as the header Date says it. */
const char *worker_date(struct worker *worker);

/* Waits for its end, which shared says, and releases all. */
void worker_finish(struct worker *worker);

/* A number from 0 to below; for spreading, not for secrets. */
unsigned worker_chance(struct worker *worker, unsigned below);

#endif
