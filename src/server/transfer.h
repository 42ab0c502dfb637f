/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What really reached the client.
 *
 * The HTTP library calls a response completed when the kernel has taken its
 * last byte, and the kernel takes a whole firmware for a device that has
 * vanished. So a finished transfer is watched until the client's TCP has
 * acknowledged the last byte. Watching holds the socket open, which also
 * keeps a stray byte after the request from resetting the connection before
 * the file has arrived.
 */
#ifndef OTATOOL_SERVER_TRANSFER_H
#define OTATOOL_SERVER_TRANSFER_H

#include "otatool/server.h"
#include <stddef.h>
#include <sys/socket.h>

enum { TRANSFER_CLIENT = 64 };

struct transfer {
    struct ota_server_transfer facts; /* its texts point into this struct */
    char client[TRANSFER_CLIENT];
    char *method;
    char *target;
    char *range;
    uint64_t began_ms;
    /* Positions in the bytes the connection has carried so far. */
    uint64_t begin; /* the answer's first byte */
    uint64_t end;   /* behind its last byte; known once all is handed over */
    uint64_t acked; /* when last looked at */
    uint64_t moved_ms;
    uint64_t header; /* bytes of the answer before the body, about */
    int fd;          /* a duplicate, while it is watched */
    bool is_running; /* counted in transfers.running */
    struct transfer *next;
};

/* All transfers of a server. */
struct transfers {
    struct transfer *watched;
    size_t watched_count;
    size_t watched_limit;
    size_t running; /* answered, not yet ended */
    uint64_t idle_timeout_ms;
    void (*on_end)(const struct ota_server_transfer *transfer, void *context);
    void *context;
};

/* A request whose target is known; NULL without memory. Copies the texts. */
struct transfer *transfer_new(const struct sockaddr *client,
                              const char *target);

/* The answer of header (about) and body bytes is about to go out on fd. */
void transfers_answer(struct transfers *transfers, struct transfer *transfer,
                      int fd, unsigned status, uint64_t header, uint64_t body);

/* The HTTP library has done with it. Takes transfer. */
void transfers_finish(struct transfers *transfers, struct transfer *transfer,
                      int fd, enum ota_server_end end);

/* Looks after the watched ones; call it now and then while there are any. */
void transfers_look(struct transfers *transfers);

/* Ends the watched ones as they are. */
void transfers_stop(struct transfers *transfers);

/* Milliseconds of a clock that never jumps. */
uint64_t transfer_clock(void);

#endif
