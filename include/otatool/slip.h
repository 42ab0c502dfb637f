/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames on a serial line.
 *
 * A frame lies between two bytes 0xC0; inside it 0xC0 is sent as 0xDB 0xDC
 * and 0xDB as 0xDB 0xDD. (RFC 1055)
 */
#ifndef OTATOOL_SLIP_H
#define OTATOOL_SLIP_H

#include <stddef.h>
#include <stdint.h>

/* The most that size bytes become, with both ends. */
#define OTA_SLIP_ENCODED(size) (2 * (size) + 2)

/* Writes the frame of data to out, which holds OTA_SLIP_ENCODED(size) bytes;
 * the bytes written. */
size_t ota_slip_encode(uint8_t *out, const uint8_t *data, size_t size);

/* A frame as it arrives. */
struct ota_slip {
    uint8_t *data; /* the caller's */
    size_t capacity;
    size_t size;
    enum {
        OTA_SLIP_OUTSIDE,
        OTA_SLIP_INSIDE,
        OTA_SLIP_ESCAPE,
    } state;
};

enum ota_slip_event {
    OTA_SLIP_MORE,  /* part of a frame */
    OTA_SLIP_FRAME, /* data and size are a frame; the next byte begins anew */
    OTA_SLIP_STRAY, /* a byte outside of frames: boot messages, noise */
    OTA_SLIP_WRONG, /* a wrong escape, or too long: the frame is dropped */
};

/* Takes one byte. An empty frame is none: its 0xC0 begins the next one. */
enum ota_slip_event ota_slip_take(struct ota_slip *slip, uint8_t byte);

#endif
