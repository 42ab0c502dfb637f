/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include "answer.h"
#include "http_events.h"
#include "http_response.h"
#include "tls.h"
#include "worker.h"
#include <stdlib.h>
#include <string.h>

enum {
    /* What a connection takes; about half of it may be a request. Beyond 32 KB
     * new connections get slow; below 2 KB requests do not fit. */
    CONNECTION_MEMORY = 6144,
    SLACK = 64, /* beyond the limit, which workers may pass by one each */
    LARGE_PIECE = 64 * 1024,
    SMALL_PIECE = 4096,
};

struct http {
    struct worker *worker;
    struct MHD_Daemon *daemon;
    struct tls *tls;            /* or NULL */
    struct connection *adopted; /* while the library is told of it */
    unsigned count;             /* connections of the library */
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

static void open_connection(struct http *http, struct MHD_Connection *client,
                            void **context)
{
    struct connection *connection = http->adopted;
    http->adopted = NULL;
    http->count++;
    connection->http = client;
    if (http->tls)
        connection->tls = tls_begin(http->tls, session_of(client));
    *context = connection;
}

/* --- a request ------------------------------------------------------------ */

/* The target as it was sent: decoded, "a%00b" would look like "a". */
static void *begin_request(void *context, const char *target,
                           struct MHD_Connection *client)
{
    struct connection *connection = connection_of(client);
    (void)context;
    return connection_begin(connection, target);
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
    struct flow *flow = connection->current->flow;
    if (connection->is_cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    uint32_t size = flow_next(flow, connection->fd, (uint32_t)position,
                              (uint32_t)most, connection->worker->now_ms);
    if (size == 0) {
        connection_wait(connection, flow->wake_ms);
        return 0;
    }
    memcpy(out, flow->body + position, size);
    return (ssize_t)size;
}

/* Large pieces cost less time, many of them too much memory. */
static size_t piece_size(const struct connection *connection)
{
    return connections_are_many(connection->worker) ? SMALL_PIECE : LARGE_PIECE;
}

static struct http_response make_response(struct connection *connection,
                                          struct reply *reply,
                                          const struct manner *manner)
{
    const struct transfer *transfer = connection->current;
    if (!manner->is_head && reply->is_stream)
        return http_events(connection, reply, manner);
    if (transfer->flow)
        return http_response_measured(reply, manner, piece_size(connection),
                                      read_body, connection);
    return http_response_make(reply, manner);
}

static enum MHD_Result send_reply(struct connection *connection,
                                  struct reply *reply,
                                  const struct manner *manner)
{
    struct http_response made = make_response(connection, reply, manner);
    unsigned status = reply->answer.status;
    connection_answer(connection, reply, made.header, made.body);
    if (!made.response)
        return MHD_NO;
    enum MHD_Result result =
        MHD_queue_response(connection->http, status, made.response);
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
    struct manner manner;
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
    if (!answer_decide(connection, &head, status, &reply, &manner))
        return MHD_NO;
    return send_reply(connection, &reply, &manner);
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

static void close_connection(struct http *http, struct MHD_Connection *client,
                             struct connection *connection)
{
    http->count--;
    connection_unread(connection);
    struct transfer *unread =
        connection->has_asked ? NULL : connection->current;
    if (unread)
        connection_finish(
            connection, note_refusal(client, unread, OTA_SERVER_CLIENT_CLOSED));
    connection_closed(connection);
}

static void notice_connection(void *context, struct MHD_Connection *client,
                              void **connection,
                              enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        open_connection(context, client, connection);
    else
        close_connection(context, client, *connection);
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

static struct MHD_Daemon *start(struct http *http)
{
    const struct shared *shared = http->worker->shared;
    unsigned flags =
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME;
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
        flags, 0, NULL, NULL, handle, http, /* and options: */
        MHD_OPTION_CONNECTION_LIMIT, shared->options->connections + SLACK,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, 0u, /* time is counted elsewhere */
        MHD_OPTION_NOTIFY_CONNECTION, notice_connection, http,
        MHD_OPTION_URI_LOG_CALLBACK, begin_request, http,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, finish_request, http,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, /* the command ignores it */
        MHD_OPTION_ARRAY, http->tls ? secure : plain, MHD_OPTION_END);
}

struct http *http_new(struct worker *worker, struct tls *tls)
{
    struct http *http = calloc(1, sizeof(*http));
    if (!http)
        return NULL;
    *http = (struct http){.worker = worker, .tls = tls};
    http->daemon = start(http);
    if (http->daemon)
        return http;
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

bool http_adopt(struct http *http, struct connection *connection)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_addr = connection->asker.address};
    http->adopted = connection;
    MHD_add_connection(http->daemon, connection->fd,
                       (struct sockaddr *)&address, sizeof(address));
    if (http->adopted)
        connection->fd = -1; /* the library has closed it */
    return !http->adopted;
}

int http_epoll(const struct http *http)
{
    return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)
        ->listen_fd;
}

int http_wait_ms(const struct http *http, int most)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;
    if (http->count > 0 && MHD_get_timeout(http->daemon, &wait_ms) == MHD_YES &&
        wait_ms < (unsigned)most)
        return (int)wait_ms;
    return most;
}

bool http_run(struct http *http)
{
    return http->count == 0 || MHD_run(http->daemon) == MHD_YES;
}

void http_suspend(struct MHD_Connection *client)
{
    MHD_suspend_connection(client);
}

void http_resume(struct MHD_Connection *client)
{
    MHD_resume_connection(client);
}
