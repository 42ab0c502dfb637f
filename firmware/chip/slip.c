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

/* What ends one packet may begin the next: a packet whose end was lost costs
 * no other. */
static bool take_end(struct slip *slip)
{
    slip->is_whole = slip->is_inside && !slip->is_escaped && slip->used > 0;
    slip->is_inside = true;
    slip->is_escaped = false;
    if (!slip->is_whole)
        slip->used = 0;
    return slip->is_whole;
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

void slip_next(struct slip *slip)
{
    slip->is_whole = false;
    slip->used = 0;
}

bool slip_take(struct slip *slip, uint8_t byte)
{
    if (slip->is_whole)
        slip_next(slip);
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
