/* SPDX-License-Identifier: Apache-2.0 */
#include "chip/slip.h"

enum { ESCAPE = 0xdb, ESCAPED_END = 0xdc, ESCAPED_ESCAPE = 0xdd };

static void drop(struct slip *slip)
{
    slip->is_inside = false;
    slip->is_escaped = false;
}

static void keep(struct slip *slip, uint8_t byte)
{
    if (slip->used == slip->size)
        drop(slip);
    else
        slip->buffer[slip->used++] = byte;
}

/* An end without a packet before it is the beginning of one: after bytes
 * were lost, both sides find each other again. */
static bool take_end(struct slip *slip)
{
    bool is_whole = slip->is_inside && !slip->is_escaped && slip->used > 0;
    slip->is_inside = !is_whole;
    slip->is_escaped = false;
    if (!is_whole)
        slip->used = 0;
    return is_whole;
}

static void take_escaped(struct slip *slip, uint8_t byte)
{
    slip->is_escaped = false;
    if (byte == ESCAPED_END)
        keep(slip, SLIP_END);
    else if (byte == ESCAPED_ESCAPE)
        keep(slip, ESCAPE);
    else
        drop(slip);
}

bool slip_take(struct slip *slip, uint8_t byte)
{
    if (byte == SLIP_END)
        return take_end(slip);
    if (!slip->is_inside)
        return false;
    if (slip->is_escaped)
        take_escaped(slip, byte);
    else if (byte == ESCAPE)
        slip->is_escaped = true;
    else
        keep(slip, byte);
    return false;
}

uint32_t slip_escape(uint8_t byte, uint8_t out[SLIP_MOST_BYTES])
{
    out[0] = byte;
    if (byte != SLIP_END && byte != ESCAPE)
        return 1;
    out[0] = ESCAPE;
    out[1] = byte == SLIP_END ? ESCAPED_END : ESCAPED_ESCAPE;
    return 2;
}
