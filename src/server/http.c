/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

/* Beyond 32 KB new connections get slow; below 2 KB requests of devices do
 * not fit. A request header may fill about half. */
enum { CONNECTION_MEMORY = 8192 };

struct http {
    struct http_options options;
    struct MHD_Daemon *daemon;
    bool is_stopping;
};

/* What a body is made of; lives until the library has sent it. */
struct body {
    struct ota_catalog_entry *entry;
    uint64_t size;
    size_t count;
    struct MHD_IoVec pieces[2 * OTA_ROUTE_RANGES + 1];
    char text[][OTA_ROUTE_PART]; /* one for each part, and the end */
};

static int socket_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection,
                                   MHD_CONNECTION_INFO_CONNECTION_FD)
        ->connect_fd;
}

/* The target as it was sent: decoded, "a%00b" would look like "a". */
static void *begin_request(void *context, const char *target,
                           struct MHD_Connection *connection)
{
    (void)context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return transfer_new(info ? info->client_addr : NULL, target);
}

/*
 * A GET has no body and says nothing about one. Anything else is a mistake,
 * or a second request hidden from a proxy that reads the length differently.
 */
static enum MHD_Result check_header(void *context, enum MHD_ValueKind kind,
                                    const char *name, const char *value)
{
    (void)kind;
    struct ota_route_request *request = context;
    size_t length = strlen(name);
    if (strcasecmp(name, "Transfer-Encoding") == 0)
        request->has_body = true;
    if (strcasecmp(name, "Content-Length") == 0 &&
        (!value || strcmp(value, "0") != 0))
        request->has_body = true;
    if (strcspn(name, " \t") != length)
        request->has_body = true;
    return MHD_YES;
}

static void read_request(struct MHD_Connection *connection, const char *method,
                         struct ota_route_request *request)
{
    const struct {
        const char *name;
        const char **value;
    } headers[] = {
        {"Range", &request->range},
        {"If-Range", &request->if_range},
        {"If-Match", &request->if_match},
        {"If-None-Match", &request->if_none_match},
        {"If-Modified-Since", &request->if_modified_since},
        {"If-Unmodified-Since", &request->if_unmodified_since},
    };
    *request = (struct ota_route_request){
        .method = method,
        .now = (int64_t)time(NULL),
    };
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        *headers[i].value = MHD_lookup_connection_value(
            connection, MHD_HEADER_KIND, headers[i].name);
    MHD_get_connection_values(connection, MHD_HEADER_KIND, check_header,
                              request);
}

static void body_free(void *context)
{
    struct body *body = context;
    ota_catalog_release(body->entry);
    free(body);
}

static void add_piece(struct body *body, const void *data, size_t size)
{
    body->pieces[body->count++] = (struct MHD_IoVec){data, size};
    body->size += size;
}

/*
 * The library sends the header on its own when the body has several pieces,
 * and together with the first bytes of a body in one piece. Old devices must
 * see the header alone, or they judge the file by its first bytes, so a whole
 * file is always two pieces. The segments of the body then count from its
 * start, and the last one holds four bytes or more of a file that is a
 * multiple of four, which old devices need as well.
 */
static void add_whole(struct body *body)
{
    const uint8_t *data = body->entry->data;
    size_t size = (size_t)body->entry->route.size;
    size_t first = size > 1 ? size / 2 : size;
    add_piece(body, data, first);
    if (size > first)
        add_piece(body, data + first, size - first);
}

static void add_parts(struct body *body,
                      const struct ota_route_response *response)
{
    const struct ota_route_entry *route = &body->entry->route;
    for (size_t i = 0; i < response->range_count; i++) {
        const struct ota_route_range *range = &response->ranges[i];
        size_t length = ota_route_part(response, route, i, body->text[i]);
        add_piece(body, body->text[i], length);
        add_piece(body, body->entry->data + range->offset, (size_t)range->size);
    }
    size_t last = response->range_count;
    add_piece(body, body->text[last],
              ota_route_part(response, route, last, body->text[last]));
}

/* Takes entry, also when it fails. */
static struct body *body_new(const struct ota_route_response *response,
                             struct ota_catalog_entry *entry)
{
    size_t texts = response->range_count > 1 ? response->range_count + 1 : 0;
    struct body *body =
        calloc(1, sizeof(*body) + texts * sizeof(body->text[0]));
    if (!body) {
        ota_catalog_release(entry);
        return NULL;
    }
    body->entry = entry;
    const struct ota_route_range *range = &response->ranges[0];
    if (response->range_count > 1)
        add_parts(body, response);
    else if (response->status == 200)
        add_whole(body);
    else
        add_piece(body, entry->data + range->offset, (size_t)range->size);
    return body;
}

/* The library's response; *size is that of its body. Takes entry. */
static struct MHD_Response *
make_response(const struct ota_route_response *answer,
              struct ota_catalog_entry *entry, uint64_t *size)
{
    *size = 0;
    if (!entry || answer->range_count == 0 || entry->route.size == 0) {
        ota_catalog_release(entry);
        return MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    }
    struct body *body = body_new(answer, entry);
    if (!body)
        return NULL;
    *size = body->size;
    struct MHD_Response *response = MHD_create_response_from_iovec(
        body->pieces, (unsigned)body->count, body_free, body);
    if (!response)
        body_free(body);
    return response;
}

/* Is the size of the header that the library will send, but for Connection,
 * which it adds only sometimes. */
static uint64_t add_headers(struct MHD_Response *response,
                            const struct ota_route_response *answer,
                            bool must_close)
{
    uint64_t size =
        strlen("HTTP/1.1 200 \r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
               "Content-Length: 1000000\r\n\r\n") +
        strlen(MHD_get_reason_phrase_for(answer->status));
    for (size_t i = 0; i < answer->header_count; i++) {
        const struct ota_route_header *header = &answer->headers[i];
        MHD_add_response_header(response, header->name, header->value);
        size += strlen(header->name) + strlen(header->value) + 4;
    }
    if (must_close)
        MHD_add_response_header(response, "Connection", "close");
    return size;
}

/* Takes entry, which may be NULL. */
static enum MHD_Result send_answer(struct http *http,
                                   struct MHD_Connection *connection,
                                   struct transfer *transfer,
                                   const struct ota_route_response *answer,
                                   struct ota_catalog_entry *entry)
{
    uint64_t size;
    struct MHD_Response *response = make_response(answer, entry, &size);
    if (!response)
        return MHD_NO;
    uint64_t header =
        add_headers(response, answer, answer->must_close || http->is_stopping);
    bool is_head = strcmp(transfer->method, "HEAD") == 0;
    transfers_answer(http->options.transfers, transfer, socket_of(connection),
                     answer->status, header, is_head ? 0 : size);
    enum MHD_Result result =
        MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return result;
}

static bool remember_request(struct transfer *transfer,
                             const struct ota_route_request *request)
{
    transfer->method = strdup(request->method);
    if (request->range)
        transfer->range = strdup(request->range);
    return transfer->method && (transfer->range || !request->range);
}

/*
 * Called with the header, and again when the request is whole. What needs no
 * body is answered then; what has one, at once, unread, and the connection
 * is closed.
 */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection,
                              const char *url, const char *method,
                              const char *version, const char *upload,
                              size_t *upload_size, void **request_context)
{
    (void)url;
    (void)version;
    (void)upload;
    struct http *http = context;
    struct transfer *transfer = *request_context;
    struct ota_route_request request;
    struct ota_route_response answer;
    if (!transfer)
        return MHD_NO;
    read_request(connection, method, &request);
    if (!transfer->method) {
        if (!remember_request(transfer, &request))
            return MHD_NO;
        ota_route_answer(&request, NULL, 404, &answer);
        if (answer.must_close)
            return send_answer(http, connection, transfer, &answer, NULL);
        return MHD_YES;
    }
    if (*upload_size)
        return MHD_NO;
    struct ota_catalog_entry *entry;
    unsigned status =
        ota_catalog_find(http->options.catalog, transfer->target, &entry);
    ota_route_answer(&request, entry ? &entry->route : NULL, status, &answer);
    return send_answer(http, connection, transfer, &answer, entry);
}

static enum ota_server_end end_of(enum MHD_RequestTerminationCode code)
{
    switch (code) {
    case MHD_REQUEST_TERMINATED_COMPLETED_OK:
        return OTA_SERVER_COMPLETE;
    case MHD_REQUEST_TERMINATED_TIMEOUT_REACHED:
        return OTA_SERVER_TIMED_OUT;
    case MHD_REQUEST_TERMINATED_DAEMON_SHUTDOWN:
        return OTA_SERVER_STOPPED;
    default:
        return OTA_SERVER_CLIENT_CLOSED;
    }
}

/* What cannot be parsed the library answers itself, and closes. */
static enum ota_server_end note_refusal(struct MHD_Connection *connection,
                                        struct transfer *transfer,
                                        enum ota_server_end end)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
    if (!info)
        return end;
    transfer->facts.status = info->http_status;
    return OTA_SERVER_COMPLETE;
}

static void finish_request(void *context, struct MHD_Connection *connection,
                           void **request_context,
                           enum MHD_RequestTerminationCode code)
{
    struct http *http = context;
    struct transfer *transfer = *request_context;
    if (!transfer)
        return;
    *request_context = NULL;
    enum ota_server_end end = end_of(code);
    if (!transfer->is_running)
        end = note_refusal(connection, transfer, end);
    transfers_finish(http->options.transfers, transfer, socket_of(connection),
                     end);
}

static size_t keep_encoded(void *context, struct MHD_Connection *connection,
                           char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static struct MHD_Daemon *start(struct http *http)
{
    const struct http_options *options = &http->options;
    /* The library counts in seconds; a part of one must not mean never. */
    unsigned timeout = (options->idle_timeout_ms + 999) / 1000;
    return MHD_start_daemon(
        MHD_USE_EPOLL, 0, NULL, NULL, handle, http,  /* and options: */
        MHD_OPTION_LISTEN_SOCKET, options->listener, /* ours now */
        MHD_OPTION_CONNECTION_LIMIT, options->connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, timeout, /* of inactivity */
        MHD_OPTION_URI_LOG_CALLBACK, begin_request, http,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, finish_request, http,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, /* the command ignores it */
        MHD_OPTION_END);
}

struct http *http_new(const struct http_options *options)
{
    struct http *http = calloc(1, sizeof(*http));
    if (http) {
        http->options = *options;
        http->daemon = start(http);
    }
    if (http && http->daemon)
        return http;
    close(options->listener);
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

int http_fd(const struct http *http)
{
    return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)
        ->epoll_fd;
}

int http_wait_ms(const struct http *http, int most)
{
    MHD_UNSIGNED_LONG_LONG wait;
    if (MHD_get_timeout(http->daemon, &wait) != MHD_YES ||
        wait > (MHD_UNSIGNED_LONG_LONG)most)
        return most;
    return (int)wait;
}

bool http_run(struct http *http)
{
    return MHD_run(http->daemon) == MHD_YES;
}

void http_quiesce(struct http *http)
{
    if (http->is_stopping)
        return;
    http->is_stopping = true;
    MHD_socket listener = MHD_quiesce_daemon(http->daemon);
    if (listener != MHD_INVALID_SOCKET)
        close(listener);
}
