/* SPDX-License-Identifier: Apache-2.0 */
/* What the server's own pages answer: status, header lines and body. */
#ifndef OTATOOL_SERVER_SERVICE_ANSWER_H
#define OTATOOL_SERVER_SERVICE_ANSWER_H

#include "metrics.h"
#include "service_route.h"
#include "status.h"

/* What the pages show; all of it is borrowed. */
struct service_facts {
    const struct metrics *metrics;
    struct metrics_now metrics_now;
    struct status *status;
    const char *path; /* of what is served */
    bool is_stopping;
    int64_t now;     /* seconds since 1970 */
    uint64_t now_ms; /* of the clock that status.h speaks of */
};

struct service_header {
    const char *name; /* NULL: the end */
    const char *value;
};

struct service_answer {
    unsigned status;
    /* Static, Content-Type first; they fit an ota_route_response. */
    const struct service_header *headers;
    char *body; /* the caller's to free */
    size_t size;
    bool is_stream; /* events follow, see service_event */
};

/* Makes the answer to a page that service_route allowed. False when there is
 * no memory: 500. */
OTA_CHECKED bool service_answer(enum service_page page,
                                const struct service_facts *facts,
                                struct service_answer *answer);

/* An event of the stream; the caller's to free, NULL when there is no memory.
 */
char *service_event(const struct service_facts *facts, size_t *size);

#endif
