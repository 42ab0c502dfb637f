/* SPDX-License-Identifier: Apache-2.0 */
/* So many bytes a second: what may go out now, and when more may. */
#ifndef OTATOOL_SERVER_BUCKET_H
#define OTATOOL_SERVER_BUCKET_H

#include <stdint.h>

struct bucket {
    uint64_t rate; /* bytes a second; 0: no limit */
    uint64_t filled_ms;
    uint64_t credit; /* thousandths of bytes that may go out */
};

/* Starts with what a tenth of a second brings. */
struct bucket bucket_of(uint64_t rate, uint64_t now_ms);

/* How many of `want` bytes may go out now. Small pieces are held back until
 * there is enough for a segment. */
uint64_t bucket_allows(struct bucket *bucket, uint64_t want, uint64_t now_ms);

void bucket_take(struct bucket *bucket, uint64_t size);

/* How long until bucket_allows will allow something. */
uint64_t bucket_wait_ms(const struct bucket *bucket);

#endif
