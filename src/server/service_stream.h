/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of events to one viewer of the status page, piece by piece. */
#ifndef OTATOOL_SERVER_SERVICE_STREAM_H
#define OTATOOL_SERVER_SERVICE_STREAM_H

#include "service_answer.h"
#include <stdatomic.h>

enum {
    SERVICE_EVENT_MS = 1000, /* from one event to the next */
    SERVICE_VIEWERS = 16,    /* at a time: each holds a connection that a
                                device may need */
};

struct service_stream {
    atomic_uint *viewers; /* borrowed */
    char *text;           /* the event that is on its way */
    size_t size;
    size_t at;        /* how much of it is gone */
    uint64_t wake_ms; /* when the next one is due */
};

/* viewers counts all streams of the server. NULL: there are as many as there
 * may be, or there is no memory: 503. */
struct service_stream *service_stream_new(atomic_uint *viewers);
void service_stream_free(struct service_stream *stream);

/*
 * The next bytes, at most `most` of them. 0: nothing before stream->wake_ms.
 * A viewer that reads slowly misses events and never gets a part of one.
 */
size_t service_stream_read(struct service_stream *stream,
                           const struct service_facts *facts, char *out,
                           size_t most);

#endif
