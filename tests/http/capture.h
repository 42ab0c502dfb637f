/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TCP segments between a client of the test and the server, as they are
 * on the wire: a raw socket on the loopback device. The kernel hands over
 * several segments as one packet with their size beside it, so what a device
 * would see of each is known exactly. Needs the right to open raw sockets.
 */
#ifndef OTATOOL_TESTS_CAPTURE_H
#define OTATOOL_TESTS_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CAPTURE_PACKET = 70000 };

struct capture {
    int fd;
    uint16_t server_port;
    uint16_t client_port; /* whose segments are wanted */
    bool has_start;
    uint32_t start;        /* sequence number of the server's first byte */
    uint64_t next;         /* bytes of the server's stream that were told */
    uint64_t acknowledged; /* by the client, so far */
    /* A packet of which segments are left. */
    uint8_t packet[CAPTURE_PACKET];
    size_t at;
    size_t end;
    size_t size; /* of its segments */
    bool has_end;
};

struct capture_segment {
    const uint8_t *data; /* until the next call */
    size_t size;
    uint64_t offset;       /* in the server's stream */
    uint64_t acknowledged; /* by the client before it came */
    bool is_end;           /* the stream has ended; no data */
};

/* False without the right to. */
bool capture_open(struct capture *capture, uint16_t server_port);
void capture_close(struct capture *capture);

/* From now on the segments to this port, from their first. */
void capture_begin(struct capture *capture, uint16_t client_port);

/* The next one with data, or the end; false when none comes in time. */
bool capture_next(struct capture *capture, struct capture_segment *segment,
                  int timeout_ms);

#endif
