/* SPDX-License-Identifier: Apache-2.0 */
#include "rom/faults.h"
#include "rom/options.h"
#include <string.h>

enum { TEAR_NOT_DONE = 0, TEAR_DONE = 1 };

/* How bits change in a cell array that lost its supply half-way. */
enum pattern {
    PATTERN_FRONT,     /* words in order, one of them in part */
    PATTERN_SCATTERED, /* each word in part */
    PATTERN_NEARLY,    /* nearly all; few bits are left */
    PATTERN_HARDLY,    /* hardly any; few bits have changed */
    PATTERN_COUNT,
};

static enum fault choose(uint32_t number, uint32_t operation, uint32_t error,
                         uint32_t nothing)
{
    if (operation == options()->cut)
        return FAULT_CUT;
    if (number == error)
        return FAULT_ERROR;
    if (number == nothing)
        return FAULT_NOTHING;
    return FAULT_NONE;
}

enum fault faults_of_program(uint32_t number, uint32_t operation)
{
    return choose(number, operation, options()->werr, options()->wnop);
}

enum fault faults_of_erase(uint32_t number, uint32_t operation)
{
    return choose(number, operation, options()->eerr, options()->enop);
}

/* xorshift32; never 0 when it starts from something else. */
static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Bits that got their new value. */
static uint32_t changed_bits(enum pattern pattern, uint32_t *seed)
{
    uint32_t bits = next_random(seed);
    if (pattern == PATTERN_NEARLY)
        bits |= next_random(seed) | next_random(seed) | next_random(seed);
    if (pattern == PATTERN_HARDLY)
        bits &= next_random(seed) & next_random(seed) & next_random(seed);
    return bits;
}

static void tear_at_random(uint32_t *after, const uint32_t *before,
                           uint32_t words, uint32_t seed)
{
    enum pattern pattern = next_random(&seed) % PATTERN_COUNT;
    uint32_t reached = next_random(&seed) % words;
    for (uint32_t i = 0; i < words; i++) {
        uint32_t bits = changed_bits(pattern, &seed);
        if (pattern == PATTERN_FRONT && i != reached)
            bits = i < reached ? UINT32_MAX : 0;
        after[i] = (before[i] & ~bits) | (after[i] & bits);
    }
}

void faults_tear(uint32_t *after, const uint32_t *before, uint32_t words)
{
    uint32_t tear = options()->tear;
    uint32_t seed = tear * UINT32_C(0x9e3779b1) ^ options()->cut;
    if (tear == TEAR_DONE)
        return;
    if (tear == TEAR_NOT_DONE)
        memcpy(after, before, words * 4);
    else
        tear_at_random(after, before, words, seed != 0 ? seed : 1);
}
