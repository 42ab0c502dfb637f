/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unpacks a zlib stream (RFC 1950, 1951) that comes and goes in pieces. What
 * it takes and refuses is what zlib takes and refuses.
 *
 * The caller gives a piece of input, runs, takes the output, runs on, until
 * all of the input is used up. Nothing waits in here, and a run is short: it
 * ends after INFLATE_PIECE bytes, since a line must be looked after meanwhile.
 */
#ifndef STUB_INFLATE_H
#define STUB_INFLATE_H

#include <stdint.h>

enum {
    INFLATE_WINDOW = 32768,
    INFLATE_PIECE = 256,
    INFLATE_LITERALS = 288,
    INFLATE_DISTANCES = 32,
    INFLATE_LONGEST_CODE = 15,
    /* Codes up to this long are looked up at once. */
    INFLATE_QUICK_LITERAL = 9,
    INFLATE_QUICK_DISTANCE = 6,
};

enum inflate_result {
    INFLATE_HUNGRY, /* the input is used up */
    INFLATE_OUTPUT, /* take it, then run on */
    INFLATE_DONE,   /* the stream is whole and its checksum right */
    INFLATE_WRONG,
};

/* A prefix code: how many codes of each length, and their symbols in order;
 * and by the next bits of the input, a short code's length and symbol. */
struct inflate_code {
    uint16_t counts[INFLATE_LONGEST_CODE + 1];
    uint16_t *symbols;
    uint16_t *quick;
    uint32_t quick_bits;
};

struct inflate {
    const uint8_t *input; /* the caller's, with its size */
    uint32_t input_size;
    uint8_t *window; /* the caller's, INFLATE_WINDOW bytes */
    uint32_t produced;
    uint32_t taken; /* of the output */
    uint32_t bits;  /* of the input, not yet used, lowest first */
    uint32_t bit_count;
    uint8_t state; /* which step is next */
    uint8_t is_last_block;
    uint16_t stored_left;
    uint16_t length; /* of a copy */
    uint16_t distance;
    uint16_t symbol; /* whose further bits are due */
    uint16_t literal_count;
    uint16_t distance_count;
    uint16_t length_code_count;
    uint16_t known; /* code lengths so far */
    uint32_t sum_low;
    uint32_t sum_high;
    uint32_t trailer;
    uint8_t lengths[INFLATE_LITERALS + INFLATE_DISTANCES];
    struct inflate_code literal;
    struct inflate_code distances;
    uint16_t literal_symbols[INFLATE_LITERALS];
    uint16_t distance_symbols[INFLATE_DISTANCES];
    uint16_t quick_literals[1 << INFLATE_QUICK_LITERAL];
    uint16_t quick_distances[1 << INFLATE_QUICK_DISTANCE];
};

void inflate_begin(struct inflate *inflate, uint8_t *window);
enum inflate_result inflate_run(struct inflate *inflate);

/* What was produced and not yet taken, in one piece; returns its size. It
 * stays until INFLATE_WINDOW bytes more were produced. */
uint32_t inflate_take(struct inflate *inflate, const uint8_t **data);

#endif
