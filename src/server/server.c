/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a server: open, run, stop. */
#include "otatool/server.h"
#include "health.h"
#include "listener.h"
#include "offer.h"
#include "recall.h"
#include "service_route.h"
#include "status.h"
#include "tls.h"
#include "worker.h"
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum {
    WAIT_MS = 1000,   /* when nothing is expected */
    STUCK_MS = 10000, /* without a turn a worker is taken for dead */
    STOPPING_MS = 20, /* to see the end of the last transfer in time */
    URL = 128,
    USUAL_WORKERS = 2,
    MOST_WORKERS = 64,
    PLAIN = 0, /* the schemes */
    SECURE = 1,
    SCHEMES = 2,
    OTHER_FILES = 32, /* that are open beside connections */
};

struct ota_server {
    struct ota_server_options options;
    struct shared shared;
    struct offers offers;
    struct recall recall;
    struct worker *workers;
    unsigned worker_count;  /* that were opened */
    int listeners[SCHEMES]; /* -1: not served */
    char urls[SCHEMES][URL];
    struct tls *tls; /* or NULL */
    unsigned stops;  /* how often it was told to */
    uint64_t cut_ms; /* when grace ends */
};

static unsigned usual_workers(void)
{
    cpu_set_t processors;
    bool is_known = sched_getaffinity(0, sizeof(processors), &processors) == 0;
    unsigned count = is_known ? (unsigned)CPU_COUNT(&processors) : 1;
    return count < USUAL_WORKERS ? count : USUAL_WORKERS;
}

static void fill_in(struct ota_server_options *options)
{
    const struct {
        unsigned *option;
        unsigned usual;
    } defaults[] = {
        {&options->workers, usual_workers()},
        {&options->connections, 1020},
        {&options->idle_timeout_ms, 60 * 1000},
        {&options->header_timeout_ms, 20 * 1000},
        {&options->total_timeout_ms, 60 * 60 * 1000},
    };
    for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
        if (*defaults[i].option == 0)
            *defaults[i].option = defaults[i].usual;
    if (options->workers > MOST_WORKERS)
        options->workers = MOST_WORKERS;
    if (options->workers > options->connections)
        options->workers = options->connections;
    if (options->connections_per_address == 0)
        options->connections_per_address = (options->connections + 1) / 2;
}

/* Each connection is a file, and for a moment two. */
static void respect_files(struct ota_server_options *options)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
        limit.rlim_cur / 2 > options->connections + OTHER_FILES)
        return;
    options->connections = limit.rlim_cur > 4 * OTHER_FILES
                               ? (unsigned)limit.rlim_cur / 2 - OTHER_FILES
                               : OTHER_FILES;
}

static bool open_workers(struct ota_server *server, int scheme,
                         struct ota_error *err)
{
    int listener = server->listeners[scheme];
    struct tls *tls = scheme == SECURE ? server->tls : NULL;
    for (unsigned i = 0; listener >= 0 && i < server->options.workers; i++) {
        struct worker *worker = &server->workers[server->worker_count++];
        if (!worker_init(worker, &server->shared, listener, tls))
            return ota_fail(err, OTA_E_SERVER_FAILED,
                            .detail = strerror(errno));
    }
    return true;
}

static bool open_service(struct ota_server *server, struct ota_error *err)
{
    const struct ota_service *service = &server->options.service;
    struct shared *shared = &server->shared;
    shared->started = (int64_t)time(NULL);
    shared->status = status_new();
    if (!shared->status)
        return ota_fail(err, OTA_E_MEMORY);
    if (service->secrets && !auth_load(&shared->auth, service->secrets, err))
        return false;
    return service_check(service, shared->auth, err);
}

/* All of them share the connections. */
static bool open_threads(struct ota_server *server, struct ota_error *err)
{
    const struct ota_server_options *options = &server->options;
    unsigned count = 0;
    for (int i = 0; i < SCHEMES; i++)
        count += server->listeners[i] >= 0 ? options->workers : 0;
    server->workers = calloc(count ? count : 1, sizeof(server->workers[0]));
    if (!server->workers ||
        !limits_init(&server->shared.limits, options, timers_clock()))
        return ota_fail(err, OTA_E_MEMORY);
    return open_workers(server, PLAIN, err) &&
           open_workers(server, SECURE, err);
}

static bool open_listener(struct ota_server *server, int scheme, uint16_t port,
                          struct ota_error *err)
{
    int *fd = &server->listeners[scheme];
    int given = scheme == SECURE ? server->options.tls_listener
                                 : server->options.listener;
    if (given > 0)
        *fd = given;
    else if (!listener_open(fd, server->options.address, port, err))
        return false;
    listener_url(*fd, scheme == SECURE ? "https" : "http", server->urls[scheme],
                 URL);
    return true;
}

/* A socket that nobody serves would have its clients wait for ever. */
static bool check_given(const struct ota_server_options *options,
                        struct ota_error *err)
{
    if (options->listener > 0 && options->has_no_plain)
        return ota_fail(err, OTA_E_SOCKET_GIVEN,
                        .detail = "it is for HTTP, which is not served");
    if (options->tls_listener > 0 && !options->certificate)
        return ota_fail(err, OTA_E_SOCKET_GIVEN,
                        .detail = "it is for HTTPS, which is not served");
    return true;
}

static bool open_listeners(struct ota_server *server, struct ota_error *err)
{
    const struct ota_server_options *options = &server->options;
    if (!check_given(options, err))
        return false;
    if (!options->has_no_plain &&
        !open_listener(server, PLAIN, options->port, err))
        return false;
    if (!options->certificate)
        return true;
    return tls_new(&server->tls, options->certificate, options->key,
                   options->client_authority, err) &&
           open_listener(server, SECURE, options->tls_port, err);
}

static bool open_all(struct ota_server *server, struct ota_error *err)
{
    const struct ota_server_options *options = &server->options;
    return ota_catalog_new(&server->shared.catalog, options->path, err) &&
           open_service(server, err) &&
           offers_open(&server->offers, options, err) &&
           open_listeners(server, err) && open_threads(server, err);
}

bool ota_server_new(struct ota_server **server,
                    const struct ota_server_options *options,
                    struct ota_error *err)
{
    *server = calloc(1, sizeof(**server));
    if (!*server)
        return ota_fail(err, OTA_E_MEMORY);
    (*server)->options = *options;
    fill_in(&(*server)->options);
    respect_files(&(*server)->options);
    for (int i = 0; i < SCHEMES; i++)
        (*server)->listeners[i] = -1;
    (*server)->shared.options = &(*server)->options;
    (*server)->shared.offers = &(*server)->offers;
    (*server)->shared.recall = &(*server)->recall;
    pthread_mutex_init(&(*server)->shared.lock, NULL);
    pthread_mutex_init(&(*server)->shared.log_lock, NULL);
    if (open_all(*server, err))
        return true;
    ota_server_free(*server);
    *server = NULL;
    return false;
}

/* They are told to end before they are waited for. */
static void finish_workers(struct ota_server *server)
{
    atomic_store(&server->shared.is_stopping, true);
    atomic_store(&server->shared.is_cut, true);
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_finish(&server->workers[i]);
    if (server->worker_count)
        transfers_flush(&server->shared);
    server->worker_count = 0;
}

static void close_listeners(struct ota_server *server)
{
    for (int i = 0; i < SCHEMES; i++) {
        if (server->listeners[i] >= 0)
            close(server->listeners[i]);
        server->listeners[i] = -1;
    }
}

void ota_server_free(struct ota_server *server)
{
    if (!server)
        return;
    finish_workers(server);
    free(server->workers);
    close_listeners(server);
    tls_free(server->tls);
    offers_release(&server->offers);
    ota_catalog_free(server->shared.catalog);
    limits_release(&server->shared.limits);
    status_free(server->shared.status);
    auth_free(server->shared.auth);
    pthread_mutex_destroy(&server->shared.lock);
    pthread_mutex_destroy(&server->shared.log_lock);
    free(server);
}

bool ota_server_check(const struct ota_server *server, struct ota_error *err)
{
    const struct ota_server_options *options = &server->options;
    const char *const paths[] = {options->path, options->old, options->new};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        enum health health =
            paths[i] ? health_check(paths[i], false) : HEALTH_WELL;
        if (health == HEALTH_FOLDER)
            return ota_fail(err, OTA_E_FILES_DENIED, .subject = paths[i]);
        if (health != HEALTH_WELL)
            return ota_fail(err, OTA_E_SERVER_FAILED);
    }
    return true;
}

const char *ota_server_url(const struct ota_server *server)
{
    return server->urls[PLAIN];
}

const char *ota_server_tls_url(const struct ota_server *server)
{
    return server->urls[SECURE];
}

unsigned ota_server_offers(struct ota_server *server, bool is_new, char *name,
                           size_t size)
{
    return offers_count(&server->shared, is_new, name, size);
}

const char *ota_server_end_name(enum ota_server_end end)
{
    static const char *const names[] = {
        [OTA_SERVER_COMPLETE] = "complete",
        [OTA_SERVER_CLIENT_CLOSED] = "client closed",
        [OTA_SERVER_TIMED_OUT] = "timed out",
        [OTA_SERVER_STOPPED] = "server stopped",
    };
    return names[end];
}

/* Nobody can connect any more; connections end with their answers. */
static void stop_listening(struct ota_server *server)
{
    close_listeners(server);
    atomic_store(&server->shared.is_stopping, true);
}

static void tell_life(const struct ota_server *server,
                      enum ota_server_life life)
{
    if (server->options.on_life)
        server->options.on_life(life, server->options.context);
}

/* A worker waits for at most a fraction of a second. */
static bool are_workers_alive(const struct ota_server *server)
{
    uint64_t now = timers_clock();
    for (unsigned i = 0; i < server->worker_count; i++)
        if (now > atomic_load(&server->workers[i].seen_ms) + STUCK_MS)
            return false;
    return true;
}

/* Reads one request: as large as one signal of a signalfd, so that each
 * counts. */
static bool read_request(int fd)
{
    char bytes[sizeof(struct signalfd_siginfo)];
    return read(fd, bytes, sizeof(bytes)) > 0;
}

static void read_stop(struct ota_server *server)
{
    if (!read_request(server->options.stop_fd))
        return;
    if (server->stops++ == 0) {
        server->cut_ms = timers_clock() + server->options.grace_ms;
        stop_listening(server);
        tell_life(server, OTA_SERVER_STOPPING);
    }
}

static bool reload_secrets(struct ota_server *server, struct ota_error *err)
{
    const struct ota_service *service = &server->options.service;
    struct shared *shared = &server->shared;
    struct auth *fresh;
    if (!service->secrets)
        return true;
    if (!auth_load(&fresh, service->secrets, err))
        return false;
    struct auth *old = fresh;
    bool ok = service_check(service, fresh, err);
    if (ok) {
        pthread_mutex_lock(&shared->lock);
        old = shared->auth;
        shared->auth = fresh;
        pthread_mutex_unlock(&shared->lock);
    }
    auth_free(old);
    return ok;
}

/* Files are looked at whenever one is asked for; these are not. What cannot
 * be read stays as it was. */
static void read_reload(struct ota_server *server)
{
    const struct ota_server_options *options = &server->options;
    struct ota_error err;
    if (!read_request(options->reload_fd))
        return;
    tell_life(server, OTA_SERVER_RELOADING);
    if (server->tls && !tls_reload(server->tls, &err) && options->on_trouble)
        options->on_trouble(&err, options->context);
    if (!reload_secrets(server, &err) && options->on_trouble)
        options->on_trouble(&err, options->context);
    tell_life(server, OTA_SERVER_READY);
}

static bool is_done(const struct ota_server *server)
{
    if (server->stops == 0)
        return false;
    return server->stops > 1 || atomic_load(&server->shared.running) == 0 ||
           timers_clock() >= server->cut_ms;
}

bool ota_server_run(struct ota_server *server, struct ota_error *err)
{
    for (unsigned i = 0; i < server->worker_count; i++)
        if (!worker_start(&server->workers[i]))
            return ota_fail(err, OTA_E_SERVER_FAILED);
    tell_life(server, OTA_SERVER_READY);
    while (!is_done(server)) {
        if (are_workers_alive(server))
            tell_life(server, OTA_SERVER_ALIVE);
        struct pollfd fds[] = {
            {.fd = server->options.stop_fd, .events = POLLIN},
            {.fd =
                 server->options.reload_fd > 0 ? server->options.reload_fd : -1,
             .events = POLLIN},
        };
        if (poll(fds, 2, server->stops ? STOPPING_MS : WAIT_MS) < 0 &&
            errno != EINTR)
            return ota_fail(err, OTA_E_SERVER_FAILED,
                            .detail = strerror(errno));
        if (atomic_load(&server->shared.has_failed))
            return ota_fail(err, OTA_E_SERVER_FAILED);
        if (fds[0].revents)
            read_stop(server);
        if (fds[1].revents)
            read_reload(server);
    }
    finish_workers(server);
    return true;
}
