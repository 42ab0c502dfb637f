/* SPDX-License-Identifier: Apache-2.0 */
/* One request and its answer over a plain socket, byte by byte. */
#ifndef OTATOOL_CLIENT_WIRE_H
#define OTATOOL_CLIENT_WIRE_H

#include "otatool/error.h"
#include <stddef.h>

enum { WIRE_HEADER = 16384, WIRE_HOST = 256, WIRE_TARGET = 1024 };

/* Where a plain http URL leads. */
struct wire_place {
    char host[WIRE_HOST]; /* without brackets */
    char port[6];
    char authority[WIRE_HOST + 8]; /* as the URL has it, for Host */
    char target[WIRE_TARGET];      /* from the slash on, without a fragment */
    /* 0, or how many bytes segments shall have. Then those that end in a piece
     * of 1 to 3 bytes are lost, so that a body that ends in one never comes
     * whole. */
    unsigned segment;
};

/* False for any other URL than http://HOST[:PORT]/TARGET. */
OTA_CHECKED bool wire_place(struct wire_place *place, const char *url);

struct wire_answer {
    char header[WIRE_HEADER]; /* up to the blank line, both included; text */
    size_t header_size;
    size_t first_size;       /* bytes that came at first, body included */
    unsigned first_segments; /* of TCP, that had come by then; 0: unknown */
    uint64_t body_size;      /* bytes seen behind the header */
    bool has_segments;       /* segments came as the place asks for */
};

/*
 * Sends request and reads until the server closes, body_limit bytes of the
 * body came, or nothing comes for timeout_ms.
 */
OTA_CHECKED bool wire_ask(const struct wire_place *place, const char *request,
                          size_t request_size, uint64_t body_limit,
                          unsigned timeout_ms, struct wire_answer *answer,
                          struct ota_error *err);

/* The value of a header line of that exact spelling, or NULL. Inside
 * answer; ends with the line. */
const char *wire_header(const struct wire_answer *answer, const char *name);

#endif
