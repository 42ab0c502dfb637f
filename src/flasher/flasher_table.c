/* SPDX-License-Identifier: Apache-2.0 */
/* A device's partitions, and which of its slots starts. */
#include "otatool/flasher.h"
#include <string.h>

bool ota_flasher_table(struct ota_flasher *flasher,
                       struct ota_partition_table *table, uint32_t *offset,
                       struct ota_error *err)
{
    static const uint32_t places[] = {0x8000, 0x5000};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        uint8_t bytes[OTA_SECTOR_SIZE];
        struct ota_source source = ota_source_memory(bytes, sizeof(bytes));
        *offset = places[i];
        if (!ota_flasher_read(flasher, places[i], bytes, sizeof(bytes), err))
            return false;
        if (ota_partition_table_parse(table, &source, 0, err) &&
            table->count > 0)
            return true;
    }
    return ota_fail(err, OTA_E_FLASH_NO_TABLE);
}

bool ota_flasher_partition(struct ota_flasher *flasher, const char *name,
                           struct ota_partition *partition,
                           struct ota_error *err)
{
    struct ota_partition_table table;
    uint32_t offset;
    if (!ota_flasher_table(flasher, &table, &offset, err))
        return false;
    for (size_t i = 0; i < table.count; i++)
        if (strcmp(table.entries[i].name, name) == 0) {
            *partition = table.entries[i];
            return true;
        }
    return ota_fail(err, OTA_E_PARTITION_UNKNOWN, .detail = name);
}

bool ota_flasher_otadata(struct ota_flasher *flasher,
                         struct ota_flasher_otadata *found,
                         struct ota_error *err)
{
    uint32_t table_offset;
    if (!ota_flasher_table(flasher, &found->table, &table_offset, err))
        return false;
    const struct ota_partition *partition = ota_partition_table_find(
        &found->table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA);
    if (!partition)
        return ota_fail(err, OTA_E_OTADATA_NO_PARTITION);
    struct ota_source source =
        ota_source_memory(found->bytes, sizeof(found->bytes));
    found->offset = partition->offset;
    return ota_flasher_read(flasher, found->offset, found->bytes,
                            sizeof(found->bytes), err) &&
           ota_otadata_parse(&found->otadata, &source, 0, err);
}

static bool starts(const struct ota_flasher_otadata *found, uint32_t slot)
{
    bool has_factory = ota_partition_table_find(
        &found->table, OTA_PARTITION_APP, OTA_PARTITION_APP_FACTORY);
    uint32_t chosen = 0;
    return ota_otadata_choose(&found->otadata, ota_otadata_slots(&found->table),
                              has_factory, &chosen) != OTA_OTADATA_FACTORY &&
           chosen == slot;
}

static bool write_choice(struct ota_flasher *flasher,
                         const struct ota_flasher_otadata *found,
                         struct ota_error *err)
{
    struct ota_flash_plan plan = {0};
    struct ota_flasher_job job = {0};
    struct ota_flasher_result result;
    bool ok = ota_flash_plan_add(&plan, "otadata", found->offset, found->bytes,
                                 sizeof(found->bytes), err) &&
              ota_flasher_write(flasher, &plan, &job, &result, err);
    ota_flash_plan_release(&plan);
    return ok;
}

static bool choose(struct ota_flasher *flasher,
                   struct ota_flasher_otadata *found, uint32_t slot,
                   struct ota_error *err)
{
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    int copy;
    if (!ota_otadata_switch(&found->otadata, slot,
                            ota_otadata_consecutive_slots(&found->table),
                            OTA_OTADATA_UNDEFINED, &copy, entry, err))
        return false;
    uint8_t *sector = found->bytes + (size_t)copy * OTA_OTADATA_COPY_STRIDE;
    memset(sector, 0xff, OTA_OTADATA_COPY_STRIDE);
    memcpy(sector, entry, sizeof(entry));
    return write_choice(flasher, found, err);
}

bool ota_flasher_start_slot(struct ota_flasher *flasher, uint32_t slot,
                            bool *is_changed, struct ota_error *err)
{
    struct ota_flasher_otadata found;
    struct ota_error own;
    err = err ? err : &own;
    *is_changed = false;
    if (!ota_flasher_otadata(flasher, &found, err))
        return err->code == OTA_E_OTADATA_NO_PARTITION;
    if (starts(&found, slot))
        return true;
    *is_changed = choose(flasher, &found, slot, err);
    return *is_changed;
}
