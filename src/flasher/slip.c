/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/slip.h"

enum {
    END = 0xc0,
    ESCAPE = 0xdb,
    ESCAPED_END = 0xdc,
    ESCAPED_ESCAPE = 0xdd,
};

size_t ota_slip_encode(uint8_t *out, const uint8_t *data, size_t size)
{
    uint8_t *at = out;
    *at++ = END;
    for (size_t i = 0; i < size; i++) {
        if (data[i] != END && data[i] != ESCAPE) {
            *at++ = data[i];
            continue;
        }
        *at++ = ESCAPE;
        *at++ = data[i] == END ? ESCAPED_END : ESCAPED_ESCAPE;
    }
    *at++ = END;
    return (size_t)(at - out);
}

static enum ota_slip_event drop(struct ota_slip *slip)
{
    slip->state = OTA_SLIP_OUTSIDE;
    return OTA_SLIP_WRONG;
}

static enum ota_slip_event keep(struct ota_slip *slip, uint8_t byte)
{
    if (slip->size == slip->capacity)
        return drop(slip);
    slip->state = OTA_SLIP_INSIDE;
    slip->data[slip->size++] = byte;
    return OTA_SLIP_MORE;
}

static enum ota_slip_event begin(struct ota_slip *slip)
{
    slip->state = OTA_SLIP_INSIDE;
    slip->size = 0;
    return OTA_SLIP_MORE;
}

static enum ota_slip_event take_inside(struct ota_slip *slip, uint8_t byte)
{
    if (byte == END && slip->size == 0)
        return begin(slip);
    if (byte == END) {
        slip->state = OTA_SLIP_OUTSIDE;
        return OTA_SLIP_FRAME;
    }
    if (byte != ESCAPE)
        return keep(slip, byte);
    slip->state = OTA_SLIP_ESCAPE;
    return OTA_SLIP_MORE;
}

enum ota_slip_event ota_slip_take(struct ota_slip *slip, uint8_t byte)
{
    switch (slip->state) {
    case OTA_SLIP_INSIDE:
        return take_inside(slip, byte);
    case OTA_SLIP_ESCAPE:
        if (byte == ESCAPED_END)
            return keep(slip, END);
        if (byte == ESCAPED_ESCAPE)
            return keep(slip, ESCAPE);
        /* An end inside an escape: a byte was lost, a frame may follow. */
        return byte == END ? begin(slip) : drop(slip);
    case OTA_SLIP_OUTSIDE:
        break;
    }
    return byte == END ? begin(slip) : OTA_SLIP_STRAY;
}
