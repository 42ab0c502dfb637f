/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include "http_events.h"
#include "http_response.h"
#include "socket.h"
#include "tls.h"
#include "worker.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    /* What a connection takes; about half of it may be a request. Beyond 32 KB
     * new connections get slow; below 2 KB requests do not fit. */
    CONNECTION_MEMORY = 6144,
    /* When to come back, spread so that not all do so at once. */
    RETRY_S = 5,
    RETRY_SPREAD_S = 25,
    FEW = 256, /* transfers */
    LARGE_PIECE = 64 * 1024,
    SMALL_PIECE = 4096,
};

struct http {
    struct worker *worker;
    struct MHD_Daemon *daemon;
    struct tls *tls; /* or NULL */
};

/* --- what the library knows ----------------------------------------------- */

static struct connection *connection_of(struct MHD_Connection *http)
{
    return MHD_get_connection_info(http, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
        ->socket_context;
}

static void *session_of(struct MHD_Connection *http)
{
    return MHD_get_connection_info(http, MHD_CONNECTION_INFO_GNUTLS_SESSION)
        ->tls_session;
}

static struct in6_addr address_of(struct MHD_Connection *http)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(http, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return socket_address(info ? info->client_addr : NULL);
}

/* Flooders are not even told. */
static enum MHD_Result
accept_client(void *context, const struct sockaddr *client, socklen_t size)
{
    const struct http *http = context;
    struct in6_addr address = socket_address(client);
    (void)size;
    struct shared *shared = http->worker->shared;
    if (limits_judge(&shared->limits, &address) != LIMITS_FLOOD)
        return MHD_YES;
    metrics_connection(&shared->metrics, METRICS_REFUSED);
    return MHD_NO;
}

static void open_connection(struct http *http, struct MHD_Connection *client,
                            void **context)
{
    struct in6_addr address = address_of(client);
    enum limits_verdict verdict =
        limits_judge(&http->worker->shared->limits, &address);
    int fd = MHD_get_connection_info(client, MHD_CONNECTION_INFO_CONNECTION_FD)
                 ->connect_fd;
    struct connection *connection =
        connection_new(http->worker, client, fd, &address);
    if (connection) {
        connection->is_unwelcome = verdict != LIMITS_WELCOME;
        if (http->tls)
            connection->tls = tls_begin(http->tls, session_of(client));
    }
    *context = connection;
}

static void notice_connection(void *context, struct MHD_Connection *client,
                              void **connection,
                              enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        open_connection(context, client, connection);
    else if (*connection)
        connection_closed(*connection);
}

/* --- a request ------------------------------------------------------------ */

/* The target as it was sent: decoded, "a%00b" would look like "a". */
static void *begin_request(void *context, const char *target,
                           struct MHD_Connection *client)
{
    struct connection *connection = connection_of(client);
    (void)context;
    return connection ? connection_begin(connection, target) : NULL;
}

static enum MHD_Result note_header(void *context, enum MHD_ValueKind kind,
                                   const char *name, const char *value)
{
    (void)kind;
    return head_add(context, name, value ? value : "") ? MHD_YES : MHD_NO;
}

/* Is 200, or the status of a refusal. */
static unsigned read_head(struct MHD_Connection *client, const char *method,
                          const char *version, const char *target,
                          struct head *head)
{
    head->method = method;
    head->target = target;
    head->is_http_1_0 = strcmp(version, "HTTP/1.0") == 0;
    head->count = 0;
    MHD_get_connection_values(client, MHD_HEADER_KIND, note_header, head);
    if (head->count == HEAD_FIELDS)
        return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
    return head_judge(head);
}

static const char *header_of(struct MHD_Connection *client, const char *name)
{
    return MHD_lookup_connection_value(client, MHD_HEADER_KIND, name);
}

/* Such a request must not be waited for to the end. */
static bool announces_body(struct MHD_Connection *client)
{
    return header_of(client, MHD_HTTP_HEADER_CONTENT_LENGTH) ||
           header_of(client, MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

/* --- the answer ------------------------------------------------------------
 */

/* The next piece of a body that is measured out. */
static ssize_t read_body(void *context, uint64_t position, char *out,
                         size_t most)
{
    struct connection *connection = context;
    struct flow *flow = &connection->current->flow;
    if (connection->is_cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    uint32_t size = flow_next(flow, connection->fd, (uint32_t)position,
                              (uint32_t)most, connection->worker->now_ms);
    if (size == 0) {
        MHD_suspend_connection(connection->http);
        connection_suspended(connection);
        return 0;
    }
    memcpy(out, flow->body + position, size);
    return (ssize_t)size;
}

/* Large pieces cost less time, many of them too much memory. */
static size_t piece_size(const struct connection *connection)
{
    return atomic_load(&connection->worker->shared->running) < FEW
               ? LARGE_PIECE
               : SMALL_PIECE;
}

static void plan_segments(struct connection *connection,
                          const struct head *head, const struct reply *reply)
{
    struct flow *flow = &connection->current->flow;
    if (connection->asker.is_tls || !reply_is_whole_file(reply) ||
        !family_sees_segments(reply->client.family))
        return;
    flow->plan = segments_plan(&(struct segments_stream){
        .body = flow->body,
        .size = flow->size,
        .segment = socket_segment(connection->fd),
        .slot = family_slot_of(head->target),
        .hits = &reply->entry->hits,
    });
}

/* Downloads that find no place are told to come later, if they understand. */
static void admit(struct connection *connection, struct reply *reply)
{
    struct worker *worker = connection->worker;
    struct transfer *transfer = connection->current;
    unsigned retry_s = RETRY_S + worker_chance(worker, RETRY_SPREAD_S);
    if (connection->is_unwelcome) {
        respond_busy(reply, retry_s);
        return;
    }
    transfer->has_download = true;
    if (limits_admit(&worker->shared->limits))
        return;
    if (family_sees_segments(reply->client.family)) {
        flow_wait_for_place(&transfer->flow, worker->now_ms);
    } else {
        transfer->has_download = false;
        respond_busy(reply, retry_s);
    }
}

static void plan_body(struct connection *connection, const struct head *head,
                      struct reply *reply)
{
    const struct ota_route_range *range = &reply->answer.ranges[0];
    struct flow *flow = &connection->current->flow;
    if (reply->answer.range_count == 0)
        return;
    flow_init(flow, &connection->worker->shared->limits,
              reply->entry->data + range->offset, (uint32_t)range->size);
    admit(connection, reply);
    if (reply->answer.range_count == 1)
        plan_segments(connection, head, reply);
}

static struct http_manner manner_of(const struct connection *connection,
                                    const struct head *head,
                                    const struct reply *reply)
{
    bool keeps = head_keeps_alive(head);
    bool ends = reply->answer.must_close || connection->is_unwelcome ||
                connection->worker->is_stopping;
    return (struct http_manner){
        .is_head = strcmp(head->method, "HEAD") == 0,
        .closes = ends || !keeps,
        .must_say = ends && keeps,
        .says_keeps = !ends && keeps && head->is_http_1_0,
        .is_aligned = family_sees_segments(reply->client.family),
    };
}

static enum MHD_Result send_reply(struct connection *connection,
                                  const struct head *head, struct reply *reply)
{
    struct http_manner manner = manner_of(connection, head, reply);
    struct flow *flow = &connection->current->flow;
    if (!manner.is_head && !reply->is_page)
        plan_body(connection, head, reply);
    bool is_stream = !manner.is_head && reply->is_stream;
    bool is_measured = !manner.is_head && !reply->is_page &&
                       reply->answer.range_count == 1 && flow_is_measured(flow);
    struct http_response made =
        is_stream ? http_events(connection, reply, &manner)
        : is_measured
            ? http_response_measured(reply, &manner, piece_size(connection),
                                     read_body, connection)
            : http_response_make(reply, &manner);
    unsigned status = reply->answer.status;
    connection_answer(connection, reply, made.header, made.body);
    if (!made.response)
        return MHD_NO;
    enum MHD_Result result =
        MHD_queue_response(connection->http, status, made.response);
    if (!made.is_kept)
        MHD_destroy_response(made.response);
    return result;
}

/*
 * Called with the header, and again when the request is whole. What needs no
 * body is answered then; what announces one, at once, unread, and the
 * connection is closed.
 */
static enum MHD_Result handle(void *context, struct MHD_Connection *client,
                              const char *url, const char *method,
                              const char *version, const char *upload,
                              size_t *upload_size, void **request_context)
{
    struct connection *connection = connection_of(client);
    struct transfer *transfer = *request_context;
    struct head head;
    struct reply reply;
    (void)context, (void)url, (void)upload;
    if (!transfer || *upload_size)
        return MHD_NO;
    bool is_first = transfer->method[0] == '-';
    if (is_first && !transfer_ask(transfer, method,
                                  header_of(client, MHD_HTTP_HEADER_RANGE)))
        return MHD_NO;
    if (is_first && !announces_body(client))
        return MHD_YES;
    if (connection->asker.is_tls)
        tls_settle(session_of(client));
    unsigned status =
        read_head(client, method, version, transfer->target, &head);
    respond(connection->worker->shared, &head, status, &connection->asker,
            &reply);
    return send_reply(connection, &head, &reply);
}

static enum ota_server_end end_of(enum MHD_RequestTerminationCode code)
{
    switch (code) {
    case MHD_REQUEST_TERMINATED_COMPLETED_OK:
        return OTA_SERVER_COMPLETE;
    case MHD_REQUEST_TERMINATED_DAEMON_SHUTDOWN:
        return OTA_SERVER_STOPPED;
    default:
        return OTA_SERVER_CLIENT_CLOSED;
    }
}

/* What cannot be parsed the library answers itself, and closes. */
static enum ota_server_end note_refusal(struct MHD_Connection *client,
                                        struct transfer *transfer,
                                        enum ota_server_end end)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(client, MHD_CONNECTION_INFO_HTTP_STATUS);
    if (!info)
        return end;
    transfer->facts.status = info->http_status;
    transfer->facts.reason = "the request cannot be read";
    return OTA_SERVER_COMPLETE;
}

static void finish_request(void *context, struct MHD_Connection *client,
                           void **request_context,
                           enum MHD_RequestTerminationCode code)
{
    struct transfer *transfer = *request_context;
    (void)context;
    if (!transfer)
        return;
    *request_context = NULL;
    enum ota_server_end end = end_of(code);
    if (!transfer->is_answered)
        end = note_refusal(client, transfer, end);
    connection_finish(connection_of(client), end);
}

static size_t keep_encoded(void *context, struct MHD_Connection *client,
                           char *text)
{
    (void)context;
    (void)client;
    return strlen(text);
}

/* --- its life ---------------------------------------------------------------
 */

static void *first_certificate(const struct http *http)
{
    return http->tls ? (void *)tls_first_certificate(http->tls) : NULL;
}

static void *first_key(const struct http *http)
{
    return http->tls ? (void *)tls_first_key(http->tls) : NULL;
}

static struct MHD_Daemon *start(struct http *http, int listener)
{
    const struct shared *shared = http->worker->shared;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem secure[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, first_certificate(http)},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, first_key(http)},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)tls_priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
    /* Under TLS the end of the stream has to be sent by shutdown(). */
    flags |= http->tls ? MHD_USE_TLS : MHD_USE_TURBO;
    return MHD_start_daemon(
        flags, 0, accept_client, http, handle, http, /* and options: */
        MHD_OPTION_LISTEN_SOCKET, listener,          /* ours now */
        MHD_OPTION_CONNECTION_LIMIT, shared->connections_of_worker,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, 0u, /* time is counted elsewhere */
        MHD_OPTION_NOTIFY_CONNECTION, notice_connection, http,
        MHD_OPTION_URI_LOG_CALLBACK, begin_request, http,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, finish_request, http,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, /* the command ignores it */
        MHD_OPTION_ARRAY, http->tls ? secure : plain, MHD_OPTION_END);
}

struct http *http_new(struct worker *worker, int listener, struct tls *tls)
{
    struct http *http = calloc(1, sizeof(*http));
    if (http && listener >= 0) {
        *http = (struct http){.worker = worker, .tls = tls};
        http->daemon = start(http, listener);
    }
    if (http && http->daemon)
        return http;
    if (listener >= 0)
        close(listener);
    free(http);
    return NULL;
}

void http_free(struct http *http)
{
    if (!http)
        return;
    MHD_stop_daemon(http->daemon);
    free(http);
}

bool http_run(struct http *http, int wait_ms)
{
    return MHD_run_wait(http->daemon, wait_ms) == MHD_YES;
}

void http_quiesce(struct http *http)
{
    MHD_socket listener = MHD_quiesce_daemon(http->daemon);
    if (listener != MHD_INVALID_SOCKET)
        close(listener);
}

void http_resume(struct MHD_Connection *client)
{
    MHD_resume_connection(client);
}
