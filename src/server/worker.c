/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"
#include "socket.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS = 128,     /* at a time */
    ACCEPTS = 64,     /* a turn */
    PAUSE_MS = 50,    /* when there is no room for another connection */
    WAIT_MS = 100,    /* when nothing is expected, to see a stop in time */
    STOPPING_MS = 20, /* to see the end of the last transfer in time */
};

bool worker_watch(struct worker *worker, int fd, uint32_t events, void *who)
{
    struct epoll_event event = {.events = events, .data.ptr = who};
    return epoll_ctl(worker->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static const uint32_t plain_events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

bool worker_watch_again(struct worker *worker, struct connection *connection)
{
    struct epoll_event event = {.events = plain_events, .data.ptr = connection};
    return epoll_ctl(worker->epoll, EPOLL_CTL_MOD, connection->fd, &event) == 0;
}

void worker_unwatch(struct worker *worker, int fd)
{
    epoll_ctl(worker->epoll, EPOLL_CTL_DEL, fd, NULL);
}

const char *worker_date(struct worker *worker)
{
    int64_t now = (int64_t)time(NULL);
    if (now != worker->date_second)
        http_date_format(now, worker->date);
    worker->date_second = now;
    return worker->date;
}

/* One waiting client wakes one worker. */
static void listen_on(struct worker *worker)
{
    if (worker->listener >= 0 && !worker->is_listening)
        worker->is_listening = worker_watch(worker, worker->listener,
                                            EPOLLIN | EPOLLEXCLUSIVE, worker);
}

static void pause_listening(struct worker *worker)
{
    worker_unwatch(worker, worker->listener);
    worker->is_listening = false;
    worker->listen_ms = worker->now_ms + PAUSE_MS;
}

bool worker_init(struct worker *worker, struct shared *shared, int listener,
                 struct tls *tls)
{
    *worker = (struct worker){
        .shared = shared,
        .is_tls = tls != NULL,
        .now_ms = timers_clock(),
        .chance = 1,
        .epoll = epoll_create1(EPOLL_CLOEXEC),
        .listener = fcntl(listener, F_DUPFD_CLOEXEC, 0),
    };
    (void)!getrandom(&worker->chance, sizeof(worker->chance), GRND_NONBLOCK);
    worker->chance |= 1;
    if (worker->epoll < 0 || worker->listener < 0 ||
        fcntl(worker->listener, F_SETFL, O_NONBLOCK) < 0)
        return false;
    socket_send_at_once(worker->listener);
    worker->http = http_new(worker, tls);
    if (!worker->http ||
        !worker_watch(worker, http_epoll(worker->http), EPOLLIN, worker->http))
        return false;
    listen_on(worker);
    return worker->is_listening;
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
    if (worker->is_listening)
        pause_listening(worker);
    close(worker->listener);
    worker->listener = -1;
    for (struct connection *c = worker->connections, *next; c; c = next) {
        next = c->next;
        if (!connection_is_idle(c))
            continue;
        connection_cut(c, OTA_SERVER_STOPPED);
        connection_settle(c);
    }
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
    if (!worker->is_listening && worker->now_ms >= worker->listen_ms)
        listen_on(worker);
}

static int wait_ms(const struct worker *worker)
{
    int most = worker->is_stopping    ? STOPPING_MS
               : worker->is_listening ? WAIT_MS
                                      : PAUSE_MS;
    most = timers_wait_ms(&worker->timers, timers_clock(), most);
    return http_wait_ms(worker->http, most);
}

static bool is_full(const struct worker *worker)
{
    const struct shared *shared = worker->shared;
    return atomic_load(&shared->connections) >= shared->options->connections;
}

static bool begin(struct worker *worker, struct connection *connection)
{
    return worker->is_tls
               ? http_adopt(worker->http, connection)
               : worker_watch(worker, connection->fd, plain_events, connection);
}

/* Flooders are not even told. */
static void welcome(struct worker *worker, int fd,
                    const struct sockaddr_storage *client)
{
    struct shared *shared = worker->shared;
    struct in6_addr address = socket_address((const struct sockaddr *)client);
    enum limits_verdict verdict = limits_judge(&shared->limits, &address);
    struct connection *connection = NULL;
    if (verdict == LIMITS_FLOOD)
        metrics_connection(&shared->metrics, METRICS_REFUSED);
    else
        connection = connection_new(worker, fd, &address);
    if (!connection) {
        close(fd);
        return;
    }
    connection->is_unwelcome = verdict == LIMITS_BUSY;
    if (!begin(worker, connection))
        connection_free(connection);
}

/* Whoever finds no room waits in the kernel, where it costs nothing. */
static void accept_clients(struct worker *worker)
{
    for (int i = 0; i < ACCEPTS; i++) {
        struct sockaddr_storage address;
        socklen_t size = sizeof(address);
        if (is_full(worker)) {
            pause_listening(worker);
            return;
        }
        int fd = accept4(worker->listener, (struct sockaddr *)&address, &size,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0)
            welcome(worker, fd, &address);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
                 errno == ENOMEM)
            pause_listening(worker);
        if (fd < 0)
            return;
    }
}

/* Waits for something to do, and does what is not the library's. */
static bool wait_and_serve(struct worker *worker)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(worker->epoll, events, EVENTS, wait_ms(worker));
    worker->now_ms = timers_clock();
    for (int i = 0; i < count; i++) {
        void *who = events[i].data.ptr;
        if (who == worker)
            accept_clients(worker);
        else if (who != worker->http)
            connection_ready(who, events[i].events);
    }
    return count >= 0 || errno == EINTR;
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
        if (!wait_and_serve(worker) || !http_run(worker->http)) {
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
    if (worker->listener >= 0)
        close(worker->listener);
    if (worker->epoll >= 0)
        close(worker->epoll);
}
