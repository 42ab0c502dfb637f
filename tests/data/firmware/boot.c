/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second-stage bootloader in shape only: real machine code for the chip's
 * RAM in three segments, which looks for the partition table where the
 * example for 1 MB flashes has it. It is packed, served and judged by the
 * tests; no device starts it.
 */
#include <stdint.h>

#define FLASH_WINDOW ((const uint8_t *)0x40200000)

enum { TABLE_OFFSET = 0x5000, TABLE_SIZE = 0xc00, ENTRY_SIZE = 32 };

/* In .data, so that the image has a segment of it. */
static volatile uint32_t boot_count = 1;

extern const uint32_t boot_table[1280];

static uint32_t read_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/* The offset of the first app slot, 0 when there is none. */
static uint32_t find_slot(uint32_t table)
{
    for (uint32_t at = 0; at < TABLE_SIZE; at += ENTRY_SIZE) {
        const uint8_t *entry = FLASH_WINDOW + table + at;
        if (entry[0] != 0xaa || entry[1] != 0x50)
            return 0;
        if (entry[2] == 0 && entry[3] == 0x10)
            return read_le32(entry + 4);
    }
    return 0;
}

static uint32_t mix(uint32_t seed)
{
    for (uint32_t i = 0; i < 1280; i++)
        seed = (seed ^ boot_table[i]) * 16777619u;
    return seed;
}

__attribute__((section(".entry"))) void call_start_cpu(void)
{
    uint32_t table = *(volatile const uint32_t[]){TABLE_OFFSET};
    for (;;)
        boot_count = mix(find_slot(table) + boot_count);
}
