/* SPDX-License-Identifier: Apache-2.0 */
/* The header of an HTTP answer, read piece by piece. */
#ifndef OTATOOL_BENCH_ANSWER_H
#define OTATOOL_BENCH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ANSWER_HEADER = 1024, ANSWER_ETAG = 80 };

struct answer {
    char text[ANSWER_HEADER]; /* ends in a NUL */
    size_t used;
    bool is_whole;
    unsigned status;        /* these from here on once it is whole */
    uint64_t length;        /* UINT64_MAX when there is none */
    uint64_t first;         /* of Content-Range, otherwise 0 */
    unsigned retry_after_s; /* 0 when there is none */
    char etag[ANSWER_ETAG]; /* quotes included; empty when there is none */
};

void answer_init(struct answer *answer);

/*
 * Takes the header's bytes and tells how many they were; the rest is body.
 * A header that is too long or no HTTP becomes whole with status 0.
 */
size_t answer_feed(struct answer *answer, const uint8_t *data, size_t size);

#endif
