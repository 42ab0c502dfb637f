/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a server: open, run, stop. */
#include "otatool/server.h"
#include "http.h"
#include "listener.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    WAIT_MS = 1000,    /* when nothing is expected */
    LOOK_MS = 10,      /* while transfers wait for acknowledgement */
    STOPPING_MS = 100, /* to see the end of the grace period in time */
    URL = 128,
};

struct ota_server {
    struct ota_server_options options;
    struct ota_catalog *catalog;
    struct transfers transfers;
    struct http *http;
    char url[URL];
    unsigned stops;     /* how often it was told to */
    uint64_t cut_ms;    /* when grace ends */
    uint64_t looked_ms; /* when the watched transfers were looked at */
};

static bool open_http(struct ota_server *server, struct ota_error *err)
{
    const struct ota_server_options *options = &server->options;
    int listener;
    if (!listener_open(&listener, options->address, options->port, err))
        return false;
    listener_url(listener, server->url, sizeof(server->url));
    server->http = http_new(&(struct http_options){
        .listener = listener,
        .connections = options->connections,
        .idle_timeout_ms = options->idle_timeout_ms,
        .catalog = server->catalog,
        .transfers = &server->transfers,
    });
    return server->http || ota_fail(err, OTA_E_SERVER_FAILED);
}

bool ota_server_new(struct ota_server **server,
                    const struct ota_server_options *options,
                    struct ota_error *err)
{
    *server = calloc(1, sizeof(**server));
    if (!*server)
        return ota_fail(err, OTA_E_MEMORY);
    (*server)->options = *options;
    (*server)->transfers = (struct transfers){
        .watched_limit = options->connections,
        .idle_timeout_ms = options->idle_timeout_ms,
        .on_end = options->on_transfer,
        .context = options->context,
    };
    if (ota_catalog_new(&(*server)->catalog, options->path, err) &&
        open_http(*server, err))
        return true;
    ota_server_free(*server);
    *server = NULL;
    return false;
}

void ota_server_free(struct ota_server *server)
{
    if (!server)
        return;
    http_free(server->http);
    transfers_stop(&server->transfers);
    ota_catalog_free(server->catalog);
    free(server);
}

const char *ota_server_url(const struct ota_server *server)
{
    return server->url;
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

static int wait_ms(const struct ota_server *server)
{
    int most = server->stops ? STOPPING_MS : WAIT_MS;
    if (server->transfers.watched_count)
        most = LOOK_MS;
    return http_wait_ms(server->http, most);
}

/* Not at each event: there may be many of both. */
static void look_after_transfers(struct ota_server *server)
{
    uint64_t now = transfer_clock();
    if (now - server->looked_ms < LOOK_MS)
        return;
    server->looked_ms = now;
    transfers_look(&server->transfers);
}

static void read_stop(struct ota_server *server)
{
    /* As large as one signal of a signalfd, so that each counts. */
    char bytes[sizeof(struct signalfd_siginfo)];
    if (read(server->options.stop_fd, bytes, sizeof(bytes)) <= 0)
        return;
    if (server->stops++ == 0) {
        server->cut_ms = transfer_clock() + server->options.grace_ms;
        http_quiesce(server->http);
    }
}

static bool is_done(const struct ota_server *server)
{
    if (server->stops == 0)
        return false;
    return server->stops > 1 || server->transfers.running == 0 ||
           transfer_clock() >= server->cut_ms;
}

bool ota_server_run(struct ota_server *server, struct ota_error *err)
{
    while (!is_done(server)) {
        struct pollfd fds[] = {
            {.fd = http_fd(server->http), .events = POLLIN},
            {.fd = server->options.stop_fd, .events = POLLIN},
        };
        if (poll(fds, 2, wait_ms(server)) < 0 && errno != EINTR)
            return ota_fail(err, OTA_E_SERVER_FAILED,
                            .detail = strerror(errno));
        if (fds[1].revents)
            read_stop(server);
        if (!http_run(server->http))
            return ota_fail(err, OTA_E_SERVER_FAILED);
        look_after_transfers(server);
    }
    return true;
}
