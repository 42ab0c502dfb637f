/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware of the old SDKs, made from the parts its linker leaves: text,
 * data and rodata for RAM, irom for the flash window.
 *
 * What is built is byte for byte what the old SDKs' own script makes, which
 * asks no questions; the rules here ask them. (gen_appbin.py)
 */
#ifndef OTATOOL_OLD_IMAGE_H
#define OTATOOL_OLD_IMAGE_H

#include "otatool/error.h"
#include "otatool/flash_map.h"
#include "otatool/image.h"

/* What starts the image, and so its form. */
enum ota_old_boot {
    OTA_OLD_BOOT_NONE,   /* the ROM: an image for flash 0; irom is apart */
    OTA_OLD_BOOT_1_1,    /* image, 0xFF up to 64 KB, irom, CRC */
    OTA_OLD_BOOT_1_2_UP, /* container: irom, image, CRC */
};

struct ota_old_image_plan {
    enum ota_old_boot boot;
    const struct ota_flash_map *map;
    uint8_t user; /* slot, 1 or 2; unused with OTA_OLD_BOOT_NONE */
    uint8_t mode; /* enum ota_flash_mode */
    uint8_t frequency;
    uint32_t entry;
    struct ota_image_part text;
    struct ota_image_part data;   /* address 0: not known */
    struct ota_image_part rodata; /* address 0: not known */
    struct ota_image_part irom;   /* address 0: not known */
};

/* Bytes that ota_old_image_build will write, 0 when over 32 bits. */
uint32_t ota_old_image_size(const struct ota_old_image_plan *plan);

/* Builds any plan, however bad; size must be what ota_old_image_size says. */
OTA_CHECKED bool ota_old_image_build(const struct ota_old_image_plan *plan,
                                     uint8_t *out, uint32_t size,
                                     struct ota_error *err);

/* Where the irom of a plan must be linked to; 0 where that is free. */
uint32_t ota_old_image_irom_address(const struct ota_old_image_plan *plan);

/* What a device would not survive or take, rule by rule. */
extern const size_t ota_old_image_rule_count;
OTA_CHECKED bool ota_old_image_holds(size_t rule,
                                     const struct ota_old_image_plan *plan,
                                     struct ota_error *err);

#endif
