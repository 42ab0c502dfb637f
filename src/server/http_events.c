/* SPDX-License-Identifier: Apache-2.0 */
#include "http_events.h"
#include "respond_service.h"
#include "service_stream.h"
#include "worker.h"
#include <stdlib.h>

enum { PIECE = 4096, RETRY_S = 30 };

struct viewing {
    struct connection *connection;
    struct service_stream *stream;
};

static ssize_t read_events(void *context, uint64_t position, char *out,
                           size_t most)
{
    struct viewing *viewing = context;
    struct connection *connection = viewing->connection;
    struct service_facts facts = respond_facts(connection->worker->shared);
    (void)position;
    if (facts.is_stopping)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (connection->is_cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t size = service_stream_read(viewing->stream, &facts, out, most);
    if (size > 0)
        return (ssize_t)size;
    connection_wait(connection, viewing->stream->wake_ms);
    return 0;
}

static void forget(void *context)
{
    struct viewing *viewing = context;
    service_stream_free(viewing->stream);
    free(viewing);
}

static struct http_response refuse(struct reply *reply,
                                   const struct manner *manner)
{
    respond_busy(reply, RETRY_S);
    return http_response_make(reply, manner);
}

struct http_response http_events(struct connection *connection,
                                 struct reply *reply,
                                 const struct manner *manner)
{
    struct shared *shared = connection->worker->shared;
    struct viewing *viewing = calloc(1, sizeof(*viewing));
    if (!viewing)
        return refuse(reply, manner);
    viewing->connection = connection;
    viewing->stream = service_stream_new(&shared->viewers);
    if (!viewing->stream) {
        free(viewing);
        return refuse(reply, manner);
    }
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, PIECE, read_events, viewing, forget);
    if (!response) {
        forget(viewing);
        return refuse(reply, manner);
    }
    const struct ota_route_response *answer = &reply->answer;
    for (size_t i = 0; i < answer->header_count; i++)
        MHD_add_response_header(response, answer->headers[i].name,
                                answer->headers[i].value);
    return (struct http_response){.response = response};
}
