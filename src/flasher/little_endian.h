/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in frames. */
#ifndef OTATOOL_FLASHER_LITTLE_ENDIAN_H
#define OTATOOL_FLASHER_LITTLE_ENDIAN_H

#include <stdint.h>

static inline uint32_t get_le(const uint8_t *bytes, int width)
{
    uint32_t value = 0;
    while (width-- > 0)
        value = value << 8 | bytes[width];
    return value;
}

static inline uint16_t get_le16(const uint8_t *bytes)
{
    return (uint16_t)get_le(bytes, 2);
}

static inline uint32_t get_le32(const uint8_t *bytes)
{
    return get_le(bytes, 4);
}

static inline void put_le(uint8_t *bytes, uint32_t value, int width)
{
    for (int i = 0; i < width; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

static inline void put_le16(uint8_t *bytes, uint16_t value)
{
    put_le(bytes, value, 2);
}

static inline void put_le32(uint8_t *bytes, uint32_t value)
{
    put_le(bytes, value, 4);
}

#endif
