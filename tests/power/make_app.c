/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An app of any size, of bytes that look like code, for the cost of moving
 * one; nothing of it runs but its first instruction's address.
 *
 *   make_app BYTES SLOT_OFFSET OUTPUT
 */
#include "otatool/digest.h"
#include "otatool/file.h"
#include "otatool/image.h"
#include <stdio.h>
#include <stdlib.h>

enum { RAM = 0x400, LEAST = 0x1000, MOST = 0xf0000 };

static bool build(uint32_t size, uint32_t slot, const char *output)
{
    static uint8_t noise[MOST];
    static uint8_t app[MOST + LEAST];
    uint32_t text = 0x40200010 + (slot & 0xfffff);
    uint32_t state = 1;
    for (uint32_t i = 0; i < MOST; i++) {
        state = state * 1664525u + 1013904223u;
        noise[i] = (uint8_t)(state >> 24);
    }
    const struct ota_image_part parts[] = {
        {text, noise, size - RAM},
        {0x3ffe8000, noise, RAM},
    };
    const struct ota_image_plan plan = {.mode = OTA_FLASH_DIO,
                                        .entry = text + 4,
                                        .parts = parts,
                                        .part_count = 2,
                                        .segment_count = 2};
    uint32_t built = ota_image_built_size(&plan, 0);
    struct ota_error err;
    if (!ota_image_build(&plan, 0, app, sizeof(app), &err))
        return false;
    ota_sha256(app, built, app + built);
    return ota_file_save(output, app, built + OTA_IMAGE_DIGEST_SIZE, &err);
}

int main(int argc, char **argv)
{
    uint32_t size = argc == 4 ? (uint32_t)strtoul(argv[1], NULL, 0) : 0;
    if (size < LEAST || size > MOST) {
        fputs("usage: make_app BYTES SLOT_OFFSET OUTPUT\n", stderr);
        return 2;
    }
    return build(size, (uint32_t)strtoul(argv[2], NULL, 0), argv[3]) ? 0 : 1;
}
