/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"
#include <sys/random.h>
#include <unistd.h>

enum {
    WAIT_MS = 100,    /* when nothing is expected, to see a stop in time */
    STOPPING_MS = 20, /* to see the end of the last transfer in time */
};

bool worker_init(struct worker *worker, struct shared *shared, int listener,
                 struct tls *tls)
{
    *worker = (struct worker){
        .shared = shared,
        .is_tls = tls != NULL,
        .now_ms = timers_clock(),
        .chance = 1,
    };
    (void)!getrandom(&worker->chance, sizeof(worker->chance), GRND_NONBLOCK);
    worker->chance |= 1;
    worker->http = http_new(worker, dup(listener), tls);
    return worker->http != NULL;
}

unsigned worker_chance(struct worker *worker, unsigned below)
{
    worker->chance ^= worker->chance << 13;
    worker->chance ^= worker->chance >> 17;
    worker->chance ^= worker->chance << 5;
    return worker->chance % below;
}

static void stop_accepting(struct worker *worker)
{
    worker->is_stopping = true;
    http_quiesce(worker->http);
    for (struct connection *c = worker->connections; c; c = c->next)
        if (connection_is_idle(c))
            connection_cut(c, OTA_SERVER_STOPPED);
}

static void look_after(struct worker *worker)
{
    struct timer *timer;
    worker->has_looked = false;
    worker->now_ms = timers_clock();
    atomic_store(&worker->seen_ms, worker->now_ms);
    while ((timer = timers_next(&worker->timers, worker->now_ms)) != NULL)
        connection_look((struct connection *)timer);
    if (atomic_load(&worker->shared->is_stopping) && !worker->is_stopping)
        stop_accepting(worker);
}

static int wait_ms(const struct worker *worker)
{
    int most = worker->is_stopping ? STOPPING_MS : WAIT_MS;
    return timers_wait_ms(&worker->timers, timers_clock(), most);
}

static bool is_done(const struct worker *worker)
{
    const struct shared *shared = worker->shared;
    return atomic_load(&shared->is_cut) ||
           (worker->is_stopping && atomic_load(&shared->running) == 0);
}

static void *work(void *context)
{
    struct worker *worker = context;
    while (!is_done(worker)) {
        if (!http_run(worker->http, wait_ms(worker))) {
            atomic_store(&worker->shared->has_failed, true);
            break;
        }
        look_after(worker);
        transfers_flush(worker->shared);
    }
    return NULL;
}

bool worker_start(struct worker *worker)
{
    atomic_store(&worker->seen_ms, timers_clock());
    worker->is_started =
        pthread_create(&worker->thread, NULL, work, worker) == 0;
    return worker->is_started;
}

void worker_finish(struct worker *worker)
{
    if (worker->is_started)
        pthread_join(worker->thread, NULL);
    worker->now_ms = timers_clock();
    for (struct connection *c = worker->connections; c; c = c->next)
        connection_cut(c, OTA_SERVER_STOPPED);
    http_free(worker->http);
    while (worker->connections)
        connection_free(worker->connections);
    timers_release(&worker->timers);
}
