/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/update.h"
#include <string.h>

#define WINDOW_SIZE (OTA_IMAGE_FLASH_WINDOW_END - OTA_IMAGE_FLASH_WINDOW)

enum { DIGEST_SIZE = OTA_IMAGE_DIGEST_SIZE };

static const struct ota_partition *
ota_0_of(const struct ota_partition_table *table)
{
    return ota_partition_table_find(table, OTA_PARTITION_APP,
                                    OTA_PARTITION_APP_OTA_0);
}

static bool is_linked_for(const struct ota_image *image,
                          const struct ota_partition *partition)
{
    uint32_t slot;
    return ota_image_link_slot(image, &slot) &&
           slot == partition->offset % WINDOW_SIZE &&
           image->entry >= OTA_IMAGE_FLASH_WINDOW &&
           image->entry < OTA_IMAGE_FLASH_WINDOW_END;
}

/* Whole sectors inside of the flash, and none of them the source's: a copy
 * that is cut off must find it again. */
static bool may_copy(const struct ota_start *start,
                     const struct ota_partition *ota_0, uint32_t flash_size)
{
    uint32_t from = start->partition->offset;
    uint32_t to = ota_0->offset;
    uint32_t size = start->image.size + DIGEST_SIZE + OTA_SECTOR_SIZE - 1;
    size -= size % OTA_SECTOR_SIZE;
    return (from | to) % OTA_SECTOR_SIZE == 0 && size <= ota_0->size &&
           size <= flash_size && to <= flash_size - size &&
           from <= flash_size - size &&
           (to < from ? from - to : to - from) >= size;
}

/* How an app that is sound gets to run, if at all. */
static bool find_way(struct ota_start *start, uint32_t flash_size,
                     const struct ota_partition_table *table,
                     struct ota_error *err)
{
    const struct ota_partition *ota_0 = ota_0_of(table);
    if (is_linked_for(&start->image, start->partition)) {
        start->way = OTA_START_IN_PLACE;
        return true;
    }
    start->way = OTA_START_COPY;
    return (ota_0 && ota_0 != start->partition &&
            is_linked_for(&start->image, ota_0) &&
            may_copy(start, ota_0, flash_size)) ||
           ota_fail(err, OTA_E_UPDATE_LINK, .part = "app",
                    .offset = start->partition->offset,
                    .expected = start->partition->offset % WINDOW_SIZE,
                    .actual = start->image.segments[0].address);
}

static bool consider(struct ota_start *start, const struct ota_source *source,
                     const struct ota_partition_table *table,
                     struct ota_error *err)
{
    const struct ota_partition *partition = start->partition;
    if (!ota_image_verify(&start->image, source, partition->offset, err))
        return false;
    if (start->image.size > partition->size)
        return ota_fail(err, OTA_E_IMAGE_TOO_LARGE, .part = "app",
                        .offset = partition->offset,
                        .expected = partition->size,
                        .actual = start->image.size);
    return find_way(start, source->size, table, err);
}

/* The slot that otadata names. */
static uint32_t chosen_slot(const struct ota_source *source,
                            const struct ota_partition_table *table,
                            uint32_t slots)
{
    uint32_t slot;
    struct ota_otadata otadata;
    const struct ota_partition *place = ota_partition_table_find(
        table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA);
    if (!place || slots == 0 ||
        !ota_otadata_parse(&otadata, source, place->offset, NULL) ||
        ota_otadata_choose(&otadata, slots, false, &slot) != OTA_OTADATA_SLOT)
        return OTA_OTADATA_NO_CHOICE;
    return slot;
}

bool ota_update_choose(struct ota_start *start, const struct ota_flash *flash,
                       const struct ota_partition_table *table,
                       struct ota_error *err)
{
    struct ota_source source = ota_flash_source(flash);
    struct ota_error first = {.code = OTA_E_DEVICE_NO_APP,
                              .part = "partition table"};
    uint32_t slots = ota_otadata_slots(table);
    uint32_t chosen = chosen_slot(&source, table, slots);
    uint8_t subtype;
    bool has_first = false;
    for (uint32_t i = 0; ota_otadata_order(chosen, slots, i, &subtype); i++) {
        struct ota_error why;
        start->partition =
            ota_partition_table_find(table, OTA_PARTITION_APP, subtype);
        if (!start->partition)
            continue;
        if (consider(start, &source, table, &why))
            return true;
        if (!has_first)
            first = why;
        has_first = true;
    }
    return ota_error_set(err, first);
}

/* --- copying ------------------------------------------------------------ */

static bool copy_sectors(const struct ota_update *update, uint32_t from,
                         uint32_t to, uint32_t size, struct ota_error *err)
{
    for (uint32_t at = 0; at < size; at += OTA_SECTOR_SIZE) {
        if (update->tick)
            update->tick(update->context, at, size);
        if (!ota_flash_read(update->flash, from + at, update->sector,
                            OTA_SECTOR_SIZE, err) ||
            !ota_flash_put_sector(update->flash, to + at, update->sector, NULL,
                                  err))
            return false;
    }
    return true;
}

static bool name_slot_0(const struct ota_update *update, struct ota_error *err)
{
    struct ota_source source = ota_flash_source(update->flash);
    const struct ota_partition *place = ota_partition_table_find(
        update->table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA);
    uint32_t slots = ota_otadata_slots(update->table);
    struct ota_otadata otadata;
    int copy;
    memset(update->sector, 0xff, OTA_SECTOR_SIZE);
    return !place ||
           (ota_otadata_parse(&otadata, &source, place->offset, err) &&
            ota_otadata_switch(&otadata, 0, slots, &copy, update->sector,
                               err) &&
            ota_flash_put_sector(update->flash,
                                 place->offset +
                                     (uint32_t)copy * OTA_OTADATA_COPY_STRIDE,
                                 update->sector, NULL, err));
}

bool ota_update_copy(const struct ota_update *update,
                     const struct ota_start *start, struct ota_error *err)
{
    struct ota_source source = ota_flash_source(update->flash);
    const struct ota_partition *ota_0 = ota_0_of(update->table);
    struct ota_image copy;
    return copy_sectors(update, start->partition->offset, ota_0->offset,
                        start->image.size + DIGEST_SIZE, err) &&
           ota_image_verify(&copy, &source, ota_0->offset, err) &&
           name_slot_0(update, err);
}
