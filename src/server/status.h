/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The downloads that run at this moment, and the last ones that failed.
 *
 * The table has STATUS_DOWNLOADS places. A download that finds none free is
 * counted and not shown: memory and the size of a view are bounded, whatever
 * the fleet does. Progress is one store without a lock; rates are worked out
 * when somebody looks. Any thread may call any function.
 */
#ifndef OTATOOL_SERVER_STATUS_H
#define OTATOOL_SERVER_STATUS_H

#include "otatool/server.h"
#include <stddef.h>

enum {
    STATUS_DOWNLOADS = 128, /* shown at a time */
    STATUS_FAILURES = 16,   /* remembered, the last ones */
    STATUS_CLIENT = 48,
    STATUS_NAME = 40,
    STATUS_TARGET = 100,
};

/* Who gets what. Texts are plain ASCII, see escape.h, cut where too long. */
struct status_what {
    char client[STATUS_CLIENT];
    char family[STATUS_NAME];
    char file[STATUS_NAME];
    char target[STATUS_TARGET];
    int64_t began; /* seconds since 1970 */
    uint64_t size; /* bytes of the body */
};

struct status_download {
    uint64_t id; /* of this download alone */
    struct status_what what;
    uint64_t sent; /* bytes the client acknowledged, as far as is known */
    uint64_t rate; /* bytes a second, of late */
};

struct status_failure {
    struct status_what what;
    uint64_t sent;
    unsigned status;
    enum ota_server_end end;
    char reason[STATUS_TARGET];
};

/* All of it at one moment. */
struct status_view {
    int64_t now;        /* seconds since 1970 */
    uint64_t running;   /* downloads, shown or not */
    uint64_t completed; /* since the start */
    uint64_t failed;
    size_t download_count; /* the longest running first */
    struct status_download downloads[STATUS_DOWNLOADS];
    size_t failure_count; /* the latest first */
    struct status_failure failures[STATUS_FAILURES];
};

struct status;

struct status *status_new(void); /* NULL: no memory */
void status_free(struct status *status);

/* A download begins, and is counted. */
void status_begin(struct status *status);

/*
 * It takes long enough to be watched; what of the transfer is known by then is
 * copied. Is the ticket for the two functions below: 0 when it is not shown.
 * Times are of any clock that does not jump, in milliseconds, here and for
 * status_look.
 */
unsigned status_show(struct status *status,
                     const struct ota_server_transfer *transfer,
                     uint64_t now_ms);

/* So much of the body is there. */
void status_progress(struct status *status, unsigned ticket, uint64_t sent);

/* A begun download ends. */
void status_end(struct status *status, unsigned ticket,
                const struct ota_server_transfer *transfer);

/* A request that was refused, and so never was a download. */
void status_refused(struct status *status,
                    const struct ota_server_transfer *transfer);

/* Fills a view, except now. */
void status_look(struct status *status, uint64_t now_ms,
                 struct status_view *view);

#endif
