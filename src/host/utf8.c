/* SPDX-License-Identifier: Apache-2.0 */
#include "utf8.h"

#define INVALID 0xffffffffu

static size_t length_of(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead < 0xe0)
        return 2;
    if (lead >= 0xe0 && lead < 0xf0)
        return 3;
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

static bool is_character(uint32_t character, size_t length)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    return character >= least[length] && character <= 0x10ffff &&
           (character < 0xd800 || character > 0xdfff);
}

uint32_t utf8_decode(const char *text, size_t size, size_t *length)
{
    const uint8_t *bytes = (const uint8_t *)text;
    size_t count = length_of(bytes[0]);
    *length = 1;
    if (count == 0 || count > size)
        return INVALID;
    uint32_t character = count == 1 ? bytes[0] : bytes[0] & (0x7fu >> count);
    for (size_t i = 1; i < count; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return INVALID;
        character = character << 6 | (bytes[i] & 0x3f);
    }
    if (!is_character(character, count))
        return INVALID;
    *length = count;
    return character;
}

size_t utf8_valid(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size) {
        size_t length;
        if (utf8_decode(text + at, size - at, &length) == INVALID)
            return at;
        at += length;
    }
    return size;
}

bool utf8_is_line_end(uint32_t c)
{
    return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 ||
           c == 0x2028 || c == 0x2029;
}

bool utf8_is_space(uint32_t c)
{
    return utf8_is_line_end(c) || c == '\t' || c == 0x1f || c == ' ' ||
           c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

/* The zeros of all scripts; nine digits follow each. (Unicode, category Nd) */
static const uint32_t zeros[] = {
    0x00660, 0x006f0, 0x007c0, 0x00966, 0x009e6, 0x00a66, 0x00ae6, 0x00b66,
    0x00be6, 0x00c66, 0x00ce6, 0x00d66, 0x00de6, 0x00e50, 0x00ed0, 0x00f20,
    0x01040, 0x01090, 0x017e0, 0x01810, 0x01946, 0x019d0, 0x01a80, 0x01a90,
    0x01b50, 0x01bb0, 0x01c40, 0x01c50, 0x0a620, 0x0a8d0, 0x0a900, 0x0a9d0,
    0x0a9f0, 0x0aa50, 0x0abf0, 0x0ff10, 0x104a0, 0x10d30, 0x11066, 0x110f0,
    0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730,
    0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50,
    0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950,
    0x1fbf0};

int utf8_digit(uint32_t character)
{
    if (character >= '0' && character <= '9')
        return (int)(character - '0');
    for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
        if (character >= zeros[i] && character - zeros[i] < 10)
            return (int)(character - zeros[i]);
    return -1;
}
