/* SPDX-License-Identifier: Apache-2.0 */
#include "bucket.h"

enum { SEGMENT = 1460, PER_BYTE = 1000, PER_SECOND = 10, LONGEST_MS = 60000 };

/* The most that may gather: two segments, so that the second one's beginning
 * is not lost while the first one waits to be asked for. */
static uint64_t room_of(const struct bucket *bucket)
{
    uint64_t tenth = bucket->rate / PER_SECOND;
    return (tenth < 2 * SEGMENT ? 2 * SEGMENT : tenth) * PER_BYTE;
}

struct bucket bucket_of(uint64_t rate, uint64_t now_ms)
{
    return (struct bucket){
        .rate = rate,
        .filled_ms = now_ms,
        .credit = rate / PER_SECOND * PER_BYTE,
    };
}

/* Clocks of several threads may differ a little. */
static void fill(struct bucket *bucket, uint64_t now_ms)
{
    if (now_ms <= bucket->filled_ms)
        return;
    uint64_t passed = now_ms - bucket->filled_ms;
    bucket->filled_ms = now_ms;
    bucket->credit +=
        (passed < LONGEST_MS ? passed : LONGEST_MS) * bucket->rate;
    if (bucket->credit > room_of(bucket))
        bucket->credit = room_of(bucket);
}

uint64_t bucket_allows(struct bucket *bucket, uint64_t want, uint64_t now_ms)
{
    if (bucket->rate == 0)
        return want;
    fill(bucket, now_ms);
    uint64_t bytes = bucket->credit / PER_BYTE;
    if (bytes < want && bytes < SEGMENT)
        return 0;
    return want < bytes ? want : bytes;
}

void bucket_take(struct bucket *bucket, uint64_t size)
{
    uint64_t credit = size * PER_BYTE;
    bucket->credit -= credit < bucket->credit ? credit : bucket->credit;
}

uint64_t bucket_wait_ms(const struct bucket *bucket)
{
    const uint64_t enough = (uint64_t)SEGMENT * PER_BYTE;
    if (bucket->rate == 0 || bucket->credit >= enough)
        return 1;
    return (enough - bucket->credit) / bucket->rate + 1;
}
