/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/old_image.h"
#include "otatool/bytes.h"
#include "otatool/crc32.h"
#include <string.h>

enum {
    IROM_HEADER_SIZE = 8,
    CONTAINER_HEADER_SIZE = 8,
    LINE_SIZE = 16,
    CRC_SIZE = 4,
    ANNOUNCED_SEGMENTS = 3, /* even where a part is empty and left out */
    FLAT_IROM = 0x10000,    /* offset of the irom in a 1.1 image */
};

/* The parts for RAM as an image; parts belong to the caller's frame. */
struct ram_image {
    struct ota_image_part parts[ANNOUNCED_SEGMENTS];
    struct ota_image_plan plan;
};

static void add_part(struct ram_image *ram, const struct ota_image_part *part)
{
    if (part->size > 0)
        ram->parts[ram->plan.part_count++] = *part;
}

static void plan_ram(struct ram_image *ram,
                     const struct ota_old_image_plan *plan)
{
    bool is_flat = plan->boot == OTA_OLD_BOOT_1_1;
    uint8_t flash = (uint8_t)(plan->map->code << 4 | plan->frequency);
    *ram = (struct ram_image){
        .plan.mode = is_flat ? 0 : plan->mode,
        .plan.size_frequency = is_flat ? plan->user : flash,
        .plan.entry = plan->entry,
        .plan.segment_count = ANNOUNCED_SEGMENTS,
    };
    ram->plan.parts = ram->parts;
    add_part(ram, &plan->text);
    add_part(ram, &plan->data);
    add_part(ram, &plan->rodata);
}

static uint64_t irom_block_size(const struct ota_old_image_plan *plan)
{
    if (plan->irom.size == 0)
        return 0;
    return IROM_HEADER_SIZE +
           (((uint64_t)plan->irom.size + LINE_SIZE - 1) & ~(uint64_t)15);
}

/* What stands in front of the image, in the container form. */
static uint64_t image_base(const struct ota_old_image_plan *plan)
{
    if (plan->boot != OTA_OLD_BOOT_1_2_UP)
        return 0;
    return CONTAINER_HEADER_SIZE + irom_block_size(plan);
}

static uint64_t full_size(const struct ota_old_image_plan *plan)
{
    struct ram_image ram;
    plan_ram(&ram, plan);
    uint64_t base = image_base(plan);
    uint32_t image = ota_image_built_size(&ram.plan, (uint32_t)base);
    if (base > UINT32_MAX || image == 0)
        return UINT64_MAX;
    uint64_t size = base + image;
    if (plan->boot == OTA_OLD_BOOT_1_1)
        size = (size < FLAT_IROM ? FLAT_IROM : size) + plan->irom.size;
    return plan->boot == OTA_OLD_BOOT_NONE ? size : size + CRC_SIZE;
}

uint32_t ota_old_image_size(const struct ota_old_image_plan *plan)
{
    uint64_t size = full_size(plan);
    return size > UINT32_MAX ? 0 : (uint32_t)size;
}

static void put_container(const struct ota_old_image_plan *plan, uint8_t *out)
{
    uint32_t padded = (uint32_t)irom_block_size(plan) - IROM_HEADER_SIZE;
    out[0] = OTA_IMAGE_CONTAINER_MAGIC;
    out[1] = OTA_IMAGE_CONTAINER_COUNT;
    out[2] = 0;
    out[3] = plan->user;
    write_le32(out + 4, plan->entry);
    if (plan->irom.size == 0)
        return;
    write_le32(out + 8, 0);
    write_le32(out + 12, padded);
    memcpy(out + 16, plan->irom.data, plan->irom.size);
    memset(out + 16 + plan->irom.size, 0, padded - plan->irom.size);
}

static void put_flat_irom(const struct ota_old_image_plan *plan, uint8_t *out,
                          uint32_t end)
{
    if (end < FLAT_IROM) {
        memset(out + end, 0xff, FLAT_IROM - end);
        end = FLAT_IROM;
    }
    if (plan->irom.size > 0)
        memcpy(out + end, plan->irom.data, plan->irom.size);
}

bool ota_old_image_build(const struct ota_old_image_plan *plan, uint8_t *out,
                         uint32_t size, struct ota_error *err)
{
    struct ram_image ram;
    uint64_t needed = full_size(plan);
    if (needed > size)
        return ota_fail(err, OTA_E_BUFFER_TOO_SMALL, .expected = size,
                        .actual = needed);
    uint32_t base = (uint32_t)image_base(plan);
    plan_ram(&ram, plan);
    if (!ota_image_build(&ram.plan, base, out + base, size - base, err))
        return false;
    if (plan->boot == OTA_OLD_BOOT_NONE)
        return true;
    if (plan->boot == OTA_OLD_BOOT_1_1)
        put_flat_irom(plan, out, ota_image_built_size(&ram.plan, 0));
    else
        put_container(plan, out);
    uint32_t end = (uint32_t)needed - CRC_SIZE;
    write_le32(out + end, ota_crc32_old_sdk(ota_crc32(0, out, end)));
    return true;
}

uint32_t ota_old_image_irom_address(const struct ota_old_image_plan *plan)
{
    uint32_t slot = ota_flash_map_slot(plan->map, plan->user) %
                    (OTA_IMAGE_FLASH_WINDOW_END - OTA_IMAGE_FLASH_WINDOW);
    switch (plan->boot) {
    case OTA_OLD_BOOT_1_1:
        return OTA_IMAGE_FLASH_WINDOW + slot + FLAT_IROM;
    case OTA_OLD_BOOT_1_2_UP:
        return OTA_IMAGE_FLASH_WINDOW + slot + CONTAINER_HEADER_SIZE +
               IROM_HEADER_SIZE;
    case OTA_OLD_BOOT_NONE:
        break;
    }
    return 0;
}
