/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SLIP, the framing of the serial loaders (RFC 1055): 0xc0 begins and ends a
 * packet; inside, 0xc0 is sent as 0xdb 0xdc and 0xdb as 0xdb 0xdd.
 */
#ifndef CHIP_SLIP_H
#define CHIP_SLIP_H

#include <stdbool.h>
#include <stdint.h>

enum { SLIP_END = 0xc0, SLIP_MOST_BYTES = 2 };

/* Start with buffer and size set and all else 0. */
struct slip {
    uint8_t *buffer;
    uint32_t size;
    uint32_t used; /* bytes of the packet so far */
    bool is_inside;
    bool is_escaped;
    bool is_whole; /* the next byte begins another one */
};

/*
 * Takes the next byte from the line. True: buffer holds a whole packet of
 * used bytes, until the next call. What comes before the first end, empty
 * packets and those that are too long or badly escaped are passed over; noise
 * between two packets is a packet, which does not hold what it says.
 */
bool slip_take(struct slip *slip, uint8_t byte);

/* The whole packet has been taken; buffer may be another one from now on. */
void slip_next(struct slip *slip);

/* What a byte of a packet is sent as; returns how many bytes that are. */
uint32_t slip_escape(uint8_t byte, uint8_t out[SLIP_MOST_BYTES]);

#endif
