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
    char *range;
    struct ota_catalog_entry *entry; /* a reference, or NULL */
    struct flow *flow;               /* NULL: the body is just handed over */
    char *text;                      /* the header, until plain.c has sent it */
    size_t text_size;
    size_t text_sent;
    bool may_part; /* may it come alone? */
    uint64_t began_ms;
    uint64_t answered_ms;
    uint64_t moved_ms; /* when the client last acknowledged something */
    uint64_t acked;    /* by then */
    /* Positions in the bytes that the connection has carried. */
    uint64_t begin;   /* the answer's first byte */
    uint64_t end;     /* behind its last byte, when all is handed over */
    uint64_t header;  /* bytes of the answer before the body */
    bool is_answered; /* counted in shared->running */
    bool is_download; /* counted in the status */
    bool was_shown;   /* there, by this ticket, or 0 when there was no place */
    unsigned ticket;
    bool is_admitted; /* among the downloads of the limits; see flow as well */
    char method[TRANSFER_METHOD];
    char target[];
};

/* A request whose target is known; NULL without memory. Copies the target,
 * and borrows the client's name. */
struct transfer *transfer_new(struct shared *shared, const char *client,
                              const char *target);

/* Copies what else was asked; false without memory. */
bool transfer_ask(struct transfer *transfer, const char *method,
                  const char *range);

/* The answer is about to go out: header and body bytes of it. Takes the entry
 * of reply. */
void transfer_answer(struct transfer *transfer, struct reply *reply,
                     uint64_t header, uint64_t body);

/* It has taken long enough for people to watch it. */
void transfer_show(struct transfer *transfer);

/* They do, or may soon. */
bool transfer_wants_looks(const struct transfer *transfer);

/* The client has acknowledged this much of the connection's bytes. */
void transfer_moved(struct transfer *transfer, uint64_t acked);

/* Tells how it ended and frees it. acked: of the connection's bytes. */
void transfer_end(struct transfer *transfer, enum ota_server_end end,
                  uint64_t acked);

/* Lets the log be written when something has been told. */
void transfers_flush(struct shared *shared);

#endif
