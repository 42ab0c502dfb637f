/* SPDX-License-Identifier: Apache-2.0 */
/* Where the boot that runs lies. */
#include "otatool/image.h"
#include "otatool/migrate.h"
#include <string.h>

enum { BLOCK_SIZE = 256 };

/* By words: the chip reads nothing smaller out of the RAM of code. */
static bool equals(const struct ota_source *source, uint32_t offset,
                   const uint32_t *words, uint32_t count, struct ota_error *err)
{
    uint32_t block[BLOCK_SIZE / 4];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t left = (count - i) * 4;
        if (i % (BLOCK_SIZE / 4) == 0 &&
            !ota_source_read(source, offset + i * 4, block,
                             left < BLOCK_SIZE ? left : BLOCK_SIZE, err))
            return false;
        if (block[i % (BLOCK_SIZE / 4)] != words[i])
            return false;
    }
    return true;
}

/* A stamped image may have the code in more segments than one. */
static bool holds_code(const struct ota_source *source,
                       const struct ota_image *image,
                       const struct ota_boot_code *code, struct ota_error *err)
{
    uint32_t found = 0;
    for (uint8_t i = 0; i < image->segment_count; i++) {
        const struct ota_image_segment *segment = &image->segments[i];
        uint32_t start = segment->address - code->address;
        if (start >= code->size)
            continue;
        uint32_t size = code->size - start;
        if (size > segment->size)
            size = segment->size;
        if (!equals(source, image->offset + segment->offset,
                    code->words + start / 4, size / 4, err))
            return false;
        found += size;
    }
    return found == code->size;
}

/* Whether the code is in an image at offset, which becomes site's. What
 * cannot be read now is no answer (*err): the other slot, with the same code
 * in it, must not be taken for this one. */
static bool is_self(struct ota_boot_site *site, const struct ota_flash *flash,
                    uint32_t offset, const struct ota_boot_code *code,
                    struct ota_error *err)
{
    struct ota_source source = ota_flash_source(flash);
    struct ota_image image;
    if (!ota_image_verify(&image, &source, offset, err) ||
        !holds_code(&source, &image, code, err))
        return false;
    site->offset = offset;
    site->size = image.size;
    return true;
}

/* The slot of the parameters first; boots fall back to the other one when
 * that does not start. */
static bool locate_slot(struct ota_boot_site *site,
                        const struct ota_flash *flash,
                        const struct ota_boot_code *code, struct ota_error *err)
{
    struct ota_error why = {0};
    int slot = ota_boot_params_slot(&site->params) == 2 ? 2 : 1;
    for (int i = 0; i < 2; i++, slot = 3 - slot) {
        if (is_self(site, flash, ota_flash_map_slot(site->map, slot), code,
                    &why)) {
            site->place = slot == 2 ? OTA_BOOT_IN_USER2 : OTA_BOOT_IN_USER1;
            site->shift = slot == 2 ? ota_flash_map_half(site->map) : 0;
            return true;
        }
        if (why.code == OTA_E_FLASH_READ)
            return ota_error_set(err, why);
    }
    return ota_fail(err, OTA_E_MIGRATE_IDENTITY, .part = "boot",
                    .offset = ota_flash_map_slot(site->map, slot));
}

bool ota_migrate_locate(struct ota_boot_site *site,
                        const struct ota_flash *flash,
                        const struct ota_boot_code *code, struct ota_error *err)
{
    struct ota_source source = ota_flash_source(flash);
    struct ota_error why = {0};
    uint8_t header[4];
    memset(site, 0, sizeof(*site));
    if (is_self(site, flash, 0, code, &why))
        return true;
    if (why.code == OTA_E_FLASH_READ)
        return ota_error_set(err, why);
    if (!ota_source_read(&source, 0, header, sizeof(header), err))
        return false;
    site->map = ota_flash_map_by_code(header[3] >> 4);
    if (site->map && site->map->bin_size)
        site->map = ota_flash_map_on(site->map, flash->size);
    if (!site->map || !site->map->bin_size)
        return ota_fail(err, OTA_E_DEVICE_MAP, .part = "flash map", .offset = 3,
                        .actual = header[3] >> 4);
    return ota_boot_params_read(&site->params, &source, site->map, err) &&
           locate_slot(site, flash, code, err);
}
