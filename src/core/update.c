/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/update.h"
#include <string.h>

#define WINDOW_SIZE (OTA_IMAGE_FLASH_WINDOW_END - OTA_IMAGE_FLASH_WINDOW)

/* What every question below is about. */
struct choice {
    struct ota_start *start;
    const struct ota_flash *flash;
    const struct ota_partition_table *table;
    struct ota_source source; /* of flash */
    uint32_t slots;           /* in the table */
};

/* --- what otadata says -------------------------------------------------- */

/* A partition outside of the flash names nothing. */
static bool read_named(const struct choice *choice, struct ota_error *err)
{
    struct ota_start *start = choice->start;
    struct ota_otadata otadata;
    struct ota_error why;
    const struct ota_partition *place = ota_partition_table_find(
        choice->table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA);
    if (!place || choice->slots == 0)
        return true;
    if (!ota_otadata_parse(&otadata, &choice->source, place->offset, &why)) {
        if (why.code == OTA_E_TRUNCATED)
            return true;
        return ota_error_set(err, why);
    }
    int newest = ota_otadata_newest(&otadata);
    if (newest < 0)
        return true;
    start->is_named = true;
    start->named = otadata.copies[newest];
    start->named_at =
        place->offset + (uint32_t)newest * OTA_OTADATA_COPY_STRIDE;
    return true;
}

static bool has_state(const struct ota_start *start, uint32_t state)
{
    return start->is_named && start->named.state == state;
}

static bool read_swap(const struct choice *choice, struct ota_error *err)
{
    struct ota_start *start = choice->start;
    if (!ota_swap_read(&start->swap, choice->flash, start->named_at,
                       &start->swaps, err))
        return false;
    return !start->swaps ||
           ota_swap_find_phase(&start->swap, choice->flash, start->named_at,
                               &start->phase, err);
}

/* --- an app and its place ----------------------------------------------- */

static bool is_linked_for(const struct ota_image *image,
                          const struct ota_partition *partition)
{
    uint32_t slot;
    return ota_image_link_slot(image, &slot) &&
           slot == partition->offset % WINDOW_SIZE &&
           image->entry >= OTA_IMAGE_FLASH_WINDOW &&
           image->entry < OTA_IMAGE_FLASH_WINDOW_END;
}

static uint32_t sectors_of(const struct ota_image *image)
{
    return (image->size + OTA_IMAGE_DIGEST_SIZE + OTA_SECTOR_SIZE - 1) /
           OTA_SECTOR_SIZE;
}

/* Whole sectors inside of the flash, and none of them the source's: a copy
 * that is cut off must find it again. */
static bool may_copy(const struct ota_start *start,
                     const struct ota_partition *ota_0, uint32_t flash_size)
{
    uint32_t from = start->partition->offset;
    uint32_t to = ota_0->offset;
    uint32_t size = sectors_of(&start->image) * OTA_SECTOR_SIZE;
    return (from | to) % OTA_SECTOR_SIZE == 0 && size <= ota_0->size &&
           (uint64_t)to + size <= flash_size &&
           (uint64_t)from + size <= flash_size &&
           (to < from ? from - to : to - from) >= size;
}

/* There must be room for both in either slot, with a free sector behind the
 * new one. */
static bool plan_swap(const struct choice *choice,
                      const struct ota_partition *ota_0,
                      const struct ota_image *old)
{
    struct ota_start *start = choice->start;
    uint32_t sectors = sectors_of(&start->image);
    if (sectors < sectors_of(old))
        sectors = sectors_of(old);
    start->swap = (struct ota_swap){
        .low = ota_0->offset,
        .high = start->partition->offset,
        .sectors = sectors,
        .sequence = start->named.sequence,
    };
    return sectors <= ota_0->size / OTA_SECTOR_SIZE &&
           sectors < start->partition->size / OTA_SECTOR_SIZE &&
           ota_swap_is_sound(&start->swap, choice->flash->size);
}

/* What is in ota_0 must be worth to be kept. */
static bool find_swap(const struct choice *choice,
                      const struct ota_partition *ota_0, bool *may_swap,
                      struct ota_error *err)
{
    struct ota_image old;
    struct ota_error why = {0};
    *may_swap = ota_image_verify(&old, &choice->source, ota_0->offset, &why) &&
                is_linked_for(&old, ota_0) && plan_swap(choice, ota_0, &old);
    if (why.code == OTA_E_FLASH_READ)
        return ota_error_set(err, why);
    return true;
}

/* How an app that is sound gets to run, if at all. */
static bool find_way(const struct choice *choice, bool is_on_trial,
                     struct ota_error *err)
{
    struct ota_start *start = choice->start;
    const struct ota_partition *ota_0 = ota_partition_table_find(
        choice->table, OTA_PARTITION_APP, OTA_PARTITION_APP_OTA_0);
    bool may_swap = false;
    if (is_linked_for(&start->image, start->partition)) {
        start->way = is_on_trial ? OTA_START_ON_TRIAL : OTA_START_IN_PLACE;
        return true;
    }
    if (!ota_0 || ota_0 == start->partition ||
        !is_linked_for(&start->image, ota_0) ||
        !may_copy(start, ota_0, choice->flash->size))
        return ota_fail(err, OTA_E_UPDATE_LINK, .part = "app",
                        .offset = start->partition->offset,
                        .expected = start->partition->offset % WINDOW_SIZE,
                        .actual = start->image.segments[0].address);
    if (is_on_trial && !find_swap(choice, ota_0, &may_swap, err))
        return false;
    start->way = may_swap ? OTA_START_SWAP : OTA_START_COPY;
    return true;
}

static bool consider(const struct choice *choice, bool is_on_trial,
                     struct ota_error *err)
{
    struct ota_start *start = choice->start;
    const struct ota_partition *partition = start->partition;
    if (!ota_image_verify(&start->image, &choice->source, partition->offset,
                          err))
        return false;
    if (start->image.size > partition->size)
        return ota_fail(err, OTA_E_IMAGE_TOO_LARGE, .part = "app",
                        .offset = partition->offset,
                        .expected = partition->size,
                        .actual = start->image.size);
    return find_way(choice, is_on_trial, err);
}

/* --- which -------------------------------------------------------------- */

/* The first that starts, or why the very first does not. Where that cannot
 * be read now, another one must not take its place for good. */
static bool choose_app(const struct choice *choice, struct ota_error *err)
{
    struct ota_start *start = choice->start;
    struct ota_error first = {.code = OTA_E_DEVICE_NO_APP,
                              .part = "partition table"};
    uint32_t named = start->is_named
                         ? (start->named.sequence - 1) % choice->slots
                         : OTA_OTADATA_NO_CHOICE;
    bool is_on_trial = start->swaps || has_state(start, OTA_OTADATA_NEW);
    bool has_first = false;
    uint8_t subtype;
    for (uint32_t i = 0; ota_otadata_order(named, choice->slots, i, &subtype);
         i++) {
        struct ota_error why;
        start->partition =
            ota_partition_table_find(choice->table, OTA_PARTITION_APP, subtype);
        if (!start->partition)
            continue;
        if (consider(choice, is_on_trial && i == 0, &why))
            return true;
        if (!has_first || why.code == OTA_E_FLASH_READ)
            first = why;
        has_first = true;
        if (start->swaps || why.code == OTA_E_FLASH_READ)
            break;
    }
    return ota_error_set(err, first);
}

/* An app that does not start after the swap goes back as one that did not
 * confirm itself. */
static bool choose_after_swap(const struct choice *choice,
                              struct ota_error *err)
{
    struct ota_start *start = choice->start;
    struct ota_error why;
    start->way = OTA_START_SWAP_ON;
    if (start->phase != OTA_SWAP_READY || choose_app(choice, &why))
        return true;
    start->way = OTA_START_SWAP_ON;
    if (why.code == OTA_E_FLASH_READ)
        return ota_error_set(err, why);
    return true;
}

bool ota_update_choose(struct ota_start *start, const struct ota_flash *flash,
                       const struct ota_partition_table *table,
                       struct ota_error *err)
{
    const struct choice choice = {
        .start = start,
        .flash = flash,
        .table = table,
        .source = ota_flash_source(flash),
        .slots = ota_otadata_slots(table),
    };
    memset(start, 0, sizeof(*start));
    if (!read_named(&choice, err))
        return false;
    if (!has_state(start, OTA_OTADATA_PENDING))
        return choose_app(&choice, err);
    if (!read_swap(&choice, err))
        return false;
    if (start->swaps)
        return choose_after_swap(&choice, err);
    start->way = OTA_START_ROLL_BACK;
    return true;
}
