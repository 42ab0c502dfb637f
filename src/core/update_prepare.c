/* SPDX-License-Identifier: Apache-2.0 */
/* What is written before an app starts. */
#include "otatool/update.h"
#include "sector_copy.h"

/* --- the entry that counts ---------------------------------------------- */

static bool rename(const struct ota_update *update,
                   const struct ota_start *start, uint32_t sequence,
                   uint32_t state, struct ota_error *err)
{
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    ota_otadata_encode(sequence, state, entry);
    return ota_otadata_store(update->flash, start->named_at, entry, NULL, err);
}

static bool begin_trial(const struct ota_update *update,
                        const struct ota_start *start, struct ota_error *err)
{
    if (start->swaps)
        return ota_swap_mark_started(&start->swap, update->flash,
                                     start->named_at, err);
    return rename(update, start, start->named.sequence, OTA_OTADATA_PENDING,
                  err);
}

/* --- the swap ----------------------------------------------------------- */

/* From now on slot 0 is named, on trial, with a journal that has no mark. */
static bool begin_swap(const struct ota_update *update,
                       const struct ota_start *start, struct ota_error *err)
{
    const struct ota_otadata otadata = {.copies = {start->named}};
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    uint8_t record[OTA_OTADATA_RECORD_SIZE];
    int copy;
    ota_swap_encode(&start->swap, record);
    return ota_otadata_switch(&otadata, 0, ota_otadata_slots(update->table),
                              OTA_OTADATA_PENDING, &copy, entry, err) &&
           ota_otadata_store(update->flash, start->named_at, entry, record,
                             err);
}

static bool go_on(const struct ota_update *update,
                  const struct ota_start *start, struct ota_error *err)
{
    const struct ota_swap_tools tools = {
        .flash = update->flash,
        .sector = update->sector,
        .tick = update->tick,
        .context = update->context,
    };
    if (start->phase == OTA_SWAP_READY)
        return begin_trial(update, start, err);
    if (start->phase == OTA_SWAP_UNDONE)
        return rename(update, start, start->swap.sequence, OTA_OTADATA_ABORTED,
                      err);
    return ota_swap_go(&start->swap, &tools, start->named_at, err);
}

/* --- the copy ----------------------------------------------------------- */

static bool name_slot_0(const struct ota_update *update, struct ota_error *err)
{
    struct ota_source source = ota_flash_source(update->flash);
    const struct ota_partition *place = ota_partition_table_find(
        update->table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA);
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    struct ota_otadata otadata;
    int copy;
    return !place ||
           (ota_otadata_parse(&otadata, &source, place->offset, err) &&
            ota_otadata_switch(&otadata, 0, ota_otadata_slots(update->table),
                               OTA_OTADATA_UNDEFINED, &copy, entry, err) &&
            ota_otadata_store(update->flash,
                              place->offset +
                                  (uint32_t)copy * OTA_OTADATA_COPY_STRIDE,
                              entry, NULL, err));
}

static bool copy_down(const struct ota_update *update,
                      const struct ota_start *start, struct ota_error *err)
{
    struct ota_source source = ota_flash_source(update->flash);
    uint32_t to = ota_partition_table_find(update->table, OTA_PARTITION_APP,
                                           OTA_PARTITION_APP_OTA_0)
                      ->offset;
    struct sector_copy copy = {
        .flash = update->flash,
        .sector = update->sector,
        .from = start->partition->offset,
        .to = to,
        .size = start->image.size + OTA_IMAGE_DIGEST_SIZE,
        .tick = update->tick,
        .context = update->context,
    };
    struct ota_image moved;
    return sector_copy_run(&copy, err) &&
           ota_image_verify(&moved, &source, to, err) &&
           name_slot_0(update, err);
}

/* --- which of them ------------------------------------------------------ */

bool ota_update_prepare(const struct ota_update *update,
                        const struct ota_start *start, struct ota_error *err)
{
    switch (start->way) {
    case OTA_START_ON_TRIAL:
        return begin_trial(update, start, err);
    case OTA_START_COPY:
        return copy_down(update, start, err);
    case OTA_START_SWAP:
        return begin_swap(update, start, err);
    case OTA_START_SWAP_ON:
        return go_on(update, start, err);
    case OTA_START_ROLL_BACK:
        return rename(update, start, start->named.sequence, OTA_OTADATA_ABORTED,
                      err);
    default:
        return true;
    }
}
