/* SPDX-License-Identifier: Apache-2.0 */
/* The stream of events of the status page. */
#ifndef OTATOOL_SERVER_HTTP_EVENTS_H
#define OTATOOL_SERVER_HTTP_EVENTS_H

#include "http_response.h"

/* Streams to the viewer, or turns the reply into a 503. */
struct http_response http_events(struct connection *connection,
                                 struct reply *reply,
                                 const struct manner *manner);

#endif
