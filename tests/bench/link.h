/* SPDX-License-Identifier: Apache-2.0 */
/* One connection of the load: it asks, reads, asks again. */
#ifndef OTATOOL_BENCH_LINK_H
#define OTATOOL_BENCH_LINK_H

#include "answer.h"
#include "firmware_file.h"
#include "work.h"
#include <netinet/in.h>

enum { LINK_BUFFER = 1024 * 1024 };

/* What all links of a run have in common. */
struct load {
    struct sockaddr_in server;
    const char *target;
    const struct work *work;
    struct firmware_file file;
    char etag[ANSWER_ETAG];
    bool is_compared; /* the first body of a link, byte by byte */
};

/* What the links of one thread share. */
struct crew {
    const struct load *load;
    int epoll;
    uint64_t requests; /* answered, whole and right */
    uint64_t failures;
    uint64_t bytes; /* of bodies */
    uint64_t random;
    uint8_t *buffer; /* LINK_BUFFER bytes */
};

struct link {
    int fd;
    uint32_t index; /* gives it its address */
    bool has_asked; /* and waits for the answer */
    bool has_compared;
    uint64_t offset; /* in the file, of what comes next */
    uint64_t left;   /* of the body */
    struct answer answer;
};

/* Connects, and from then on reports to the crew's epoll. */
void link_open(struct crew *crew, struct link *link);

/* Goes on until the socket has nothing more. */
void link_go_on(struct crew *crew, struct link *link);

void link_close(struct link *link);

#endif
