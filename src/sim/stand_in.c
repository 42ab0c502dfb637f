/* SPDX-License-Identifier: Apache-2.0 */
#include "stand_in.h"
#include "otatool/old_image.h"
#include <string.h>

enum { RAM_CODE = 0x40100000, RAM_DATA = 0x3ffe8000, IROM_SIZE = 0x2000 };

/* Both are far smaller than what they are built into. */
static void build(const struct ota_image_plan *plan, uint8_t *out,
                  uint32_t size)
{
    bool is_built = ota_image_build(plan, 0, out, size, NULL);
    (void)is_built;
}

void stand_in_boot(uint8_t out[STAND_IN_BOOT_SIZE], uint8_t version)
{
    char text[] = "2nd boot version : 1.x";
    static const uint8_t code[256] = {0x12, 0xc1, 0xf0};
    const struct ota_image_part parts[] = {
        {RAM_CODE, code, sizeof(code)},
        {RAM_DATA, code + 64, 64},
        {RAM_DATA + 64, text, sizeof(text)},
    };
    const struct ota_image_plan plan = {.mode = OTA_FLASH_DIO,
                                        .entry = RAM_CODE + 4,
                                        .parts = parts,
                                        .part_count = 3,
                                        .segment_count = 3};
    text[sizeof(text) - 2] = (char)('0' + version);
    memset(out, 0xff, STAND_IN_BOOT_SIZE);
    build(&plan, out, STAND_IN_BOOT_SIZE);
}

void stand_in_firmware(uint8_t out[STAND_IN_FIRMWARE_SIZE],
                       const struct ota_flash_map *map, uint8_t slot)
{
    uint8_t bytes[IROM_SIZE];
    for (uint32_t i = 0; i < IROM_SIZE; i++)
        bytes[i] = (uint8_t)(i * 13 + i / 256 + slot);
    const struct ota_old_image_plan plan = {
        .boot = OTA_OLD_BOOT_1_2_UP,
        .map = map,
        .user = slot,
        .mode = OTA_FLASH_DIO,
        .entry = RAM_CODE + 4,
        .text = {RAM_CODE, bytes, 0x400},
        .data = {RAM_DATA, bytes, 0x40},
        .rodata = {RAM_DATA + 0x40, bytes, 0x80},
        .irom = {0, bytes, IROM_SIZE},
    };
    memset(out, 0x5a, STAND_IN_FIRMWARE_SIZE);
    bool is_built =
        ota_old_image_build(&plan, out, ota_old_image_size(&plan), NULL);
    (void)is_built;
}
