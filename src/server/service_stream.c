/* SPDX-License-Identifier: Apache-2.0 */
#include "service_stream.h"
#include <stdlib.h>
#include <string.h>

struct service_stream *service_stream_new(atomic_uint *viewers)
{
    struct service_stream *stream = calloc(1, sizeof(*stream));
    if (!stream)
        return NULL;
    if (atomic_fetch_add(viewers, 1) < SERVICE_VIEWERS) {
        stream->viewers = viewers;
        return stream;
    }
    atomic_fetch_sub(viewers, 1);
    free(stream);
    return NULL;
}

void service_stream_free(struct service_stream *stream)
{
    if (!stream)
        return;
    atomic_fetch_sub(stream->viewers, 1);
    free(stream->text);
    free(stream);
}

/* Where memory lacks, the viewer waits for the event after this one. */
static void begin_event(struct service_stream *stream,
                        const struct service_facts *facts)
{
    free(stream->text);
    stream->at = stream->size = 0;
    stream->text = service_event(facts, &stream->size);
    stream->wake_ms = facts->now_ms + SERVICE_EVENT_MS;
}

size_t service_stream_read(struct service_stream *stream,
                           const struct service_facts *facts, char *out,
                           size_t most)
{
    if (stream->at == stream->size && facts->now_ms >= stream->wake_ms)
        begin_event(stream, facts);
    size_t size = stream->size - stream->at;
    if (size > most)
        size = most;
    if (size > 0)
        memcpy(out, stream->text + stream->at, size);
    stream->at += size;
    return size;
}
