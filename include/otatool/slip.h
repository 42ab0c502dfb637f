/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames on a serial line, as the serial loaders of the chip send them.
 *
 * A frame lies between two bytes 0xC0; inside it 0xC0 is sent as 0xDB 0xDC
 * and 0xDB as 0xDB 0xDD. (RFC 1055)
 */
#ifndef OTATOOL_SLIP_H
#define OTATOOL_SLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OTA_SLIP_END = 0xc0, OTA_SLIP_MOST_BYTES = 2 };

/* What a byte of a frame is sent as; how many bytes that are. */
size_t ota_slip_escape(uint8_t byte, uint8_t out[OTA_SLIP_MOST_BYTES]);

/* The most that size bytes become, with both ends. */
#define OTA_SLIP_ENCODED(size) (2 * (size) + 2)

/* Writes the frame of data to out, which holds OTA_SLIP_ENCODED(size) bytes;
 * the bytes written. */
size_t ota_slip_encode(uint8_t *out, const uint8_t *data, size_t size);

/*
 * A frame as it arrives. Where frames are chained, what ends one may begin the
 * next: a lost end costs no other frame, but noise between two frames is a
 * frame as well. Else it is stray, and who prints text between frames is heard.
 */
struct ota_slip {
    uint8_t *data; /* the caller's */
    size_t capacity;
    size_t size;
    bool is_chained;
    enum {
        OTA_SLIP_OUTSIDE,
        OTA_SLIP_INSIDE,
        OTA_SLIP_ESCAPE,
        OTA_SLIP_BETWEEN, /* chained, after a frame */
    } state;
};

enum ota_slip_event {
    OTA_SLIP_MORE,  /* part of a frame */
    OTA_SLIP_FRAME, /* data and size are a frame, up to the next call */
    OTA_SLIP_STRAY, /* a byte outside of frames: boot messages, noise */
    OTA_SLIP_WRONG, /* a wrong escape, or too long: the frame is dropped */
};

/* Takes one byte. An empty frame is none: its 0xC0 begins the next one. */
enum ota_slip_event ota_slip_take(struct ota_slip *slip, uint8_t byte);

#endif
