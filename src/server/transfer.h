/* SPDX-License-Identifier: Apache-2.0 */
/* One request and its answer, and what is told about it. */
#ifndef OTATOOL_SERVER_TRANSFER_H
#define OTATOOL_SERVER_TRANSFER_H

#include "flow.h"
#include "respond.h"

enum { TRANSFER_METHOD = 24 };

struct transfer {
    struct ota_server_transfer facts; /* its texts point into this struct */
    struct shared *shared;
    struct transfer *next; /* of those that wait for acknowledgement */
    char client[INET6_ADDRSTRLEN];
    char method[TRANSFER_METHOD];
    char *target;
    char *range;
    struct ota_catalog_entry *entry; /* a reference, or NULL */
    struct flow flow;
    uint64_t began_ms;
    uint64_t answered_ms;
    uint64_t moved_ms; /* when the client last acknowledged something */
    uint64_t acked;    /* by then */
    /* Positions in the bytes that the connection has carried. */
    uint64_t begin;   /* the answer's first byte */
    uint64_t end;     /* behind its last byte, when all is handed over */
    uint64_t header;  /* bytes of the answer before the body */
    bool is_answered; /* counted in shared->running */
    bool is_shown;    /* in the status, by this ticket, which may be 0 */
    unsigned ticket;
    bool has_download; /* counted among the downloads of the limits */
};

/* A request whose target is known; NULL without memory. Copies the target. */
struct transfer *transfer_new(struct shared *shared,
                              const struct in6_addr *client,
                              const char *target);

/* Copies what else was asked; false without memory. */
bool transfer_ask(struct transfer *transfer, const char *method,
                  const char *range);

/* The answer is about to go out: header and body bytes of it. Takes the entry
 * of reply. */
void transfer_answer(struct transfer *transfer, struct reply *reply,
                     uint64_t header, uint64_t body);

/* The client has acknowledged this much of the connection's bytes. */
void transfer_moved(struct transfer *transfer, uint64_t acked);

/* Tells how it ended and frees it. acked: of the connection's bytes. */
void transfer_end(struct transfer *transfer, enum ota_server_end end,
                  uint64_t acked);

#endif
