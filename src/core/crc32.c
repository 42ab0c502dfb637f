/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/crc32.h"
#include "bytes.h"

static const uint32_t nibble_table[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
    0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
    0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

uint32_t ota_crc32(uint32_t crc, const void *data, size_t size)
{
    const uint8_t *p = data;
    crc = ~crc;
    while (size-- > 0) {
        crc ^= *p++;
        crc = crc >> 4 ^ nibble_table[crc & 15];
        crc = crc >> 4 ^ nibble_table[crc & 15];
    }
    return ~crc;
}

uint32_t ota_crc32_old_sdk(uint32_t crc)
{
    return crc & 0x80000000u ? ~crc : crc + 1;
}

uint32_t ota_crc32_sequence(uint32_t sequence)
{
    uint8_t bytes[4];
    write_le32(bytes, sequence);
    return ota_crc32(0xffffffffu, bytes, sizeof(bytes));
}
