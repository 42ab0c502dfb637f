/* SPDX-License-Identifier: Apache-2.0 */
/* The library's form of an answer. */
#ifndef OTATOOL_SERVER_HTTP_RESPONSE_H
#define OTATOOL_SERVER_HTTP_RESPONSE_H

#include "answer.h"
#include <microhttpd.h>

struct http_response {
    struct MHD_Response *response; /* NULL: no memory */
    uint64_t header;               /* bytes of the header */
    uint64_t body;                 /* bytes that follow it */
};

/* All at once, as the kernel takes it. */
struct http_response http_response_make(const struct reply *reply,
                                        const struct manner *manner);

/* The body in pieces of so many bytes at most, as read returns them for
 * context. */
struct http_response http_response_measured(const struct reply *reply,
                                            const struct manner *manner,
                                            size_t piece,
                                            MHD_ContentReaderCallback read,
                                            void *context);

#endif
