/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/slip.h"

enum { ESCAPE = 0xdb, ESCAPED_END = 0xdc, ESCAPED_ESCAPE = 0xdd };

size_t ota_slip_escape(uint8_t byte, uint8_t out[OTA_SLIP_MOST_BYTES])
{
    out[0] = byte;
    if (byte != OTA_SLIP_END && byte != ESCAPE)
        return 1;
    out[0] = ESCAPE;
    out[1] = byte == OTA_SLIP_END ? ESCAPED_END : ESCAPED_ESCAPE;
    return 2;
}

size_t ota_slip_encode(uint8_t *out, const uint8_t *data, size_t size)
{
    uint8_t *at = out;
    *at++ = OTA_SLIP_END;
    for (size_t i = 0; i < size; i++)
        at += ota_slip_escape(data[i], at);
    *at++ = OTA_SLIP_END;
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

static enum ota_slip_event take_end(struct ota_slip *slip)
{
    if (slip->size == 0)
        return begin(slip);
    slip->state = slip->is_chained ? OTA_SLIP_BETWEEN : OTA_SLIP_OUTSIDE;
    return OTA_SLIP_FRAME;
}

static enum ota_slip_event take_inside(struct ota_slip *slip, uint8_t byte)
{
    if (byte == OTA_SLIP_END)
        return take_end(slip);
    if (byte != ESCAPE)
        return keep(slip, byte);
    slip->state = OTA_SLIP_ESCAPE;
    return OTA_SLIP_MORE;
}

static enum ota_slip_event take_escaped(struct ota_slip *slip, uint8_t byte)
{
    if (byte == ESCAPED_END)
        return keep(slip, OTA_SLIP_END);
    if (byte == ESCAPED_ESCAPE)
        return keep(slip, ESCAPE);
    /* An end inside an escape: a byte was lost, a frame may follow. */
    return byte == OTA_SLIP_END ? begin(slip) : drop(slip);
}

enum ota_slip_event ota_slip_take(struct ota_slip *slip, uint8_t byte)
{
    switch (slip->state) {
    case OTA_SLIP_BETWEEN:
        slip->size = 0;
        return take_inside(slip, byte);
    case OTA_SLIP_INSIDE:
        return take_inside(slip, byte);
    case OTA_SLIP_ESCAPE:
        return take_escaped(slip, byte);
    case OTA_SLIP_OUTSIDE:
        break;
    }
    return byte == OTA_SLIP_END ? begin(slip) : OTA_SLIP_STRAY;
}
