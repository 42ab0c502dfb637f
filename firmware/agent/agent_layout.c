/* SPDX-License-Identifier: Apache-2.0 */
/* Where the slots are, as the bootloader sees them in the partition table. */
#include "agent/agent.h"
#include "agent/state.h"
#include "otatool/otadata.h"
#include <string.h>

static const struct ota_partition *
find_app(const struct ota_partition_table *table, uint32_t offset)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (table->entries[i].type == OTA_PARTITION_APP &&
            table->entries[i].offset == offset)
            return &table->entries[i];
    return NULL;
}

static const struct ota_partition *
find_slot(const struct ota_partition_table *table, uint32_t index)
{
    return ota_partition_table_find(table, OTA_PARTITION_APP,
                                    (uint8_t)(OTA_PARTITION_APP_OTA_0 + index));
}

static bool overlap(const struct ota_partition *a,
                    const struct ota_partition *b)
{
    return a->offset < ota_partition_end(b) && b->offset < ota_partition_end(a);
}

/* Whether it can be erased without harm to anything else in the table. */
static bool is_free(const struct ota_partition_table *table,
                    const struct ota_partition *slot,
                    const struct ota_flash *flash, uint32_t table_offset)
{
    const struct ota_partition rows = {.offset = table_offset,
                                       .size = OTA_PARTITION_TABLE_SECTOR};
    if (slot->offset % OTA_SECTOR_SIZE != 0 || slot->size < OTA_SECTOR_SIZE ||
        ota_partition_end(slot) > flash->size || overlap(slot, &rows))
        return false;
    for (uint32_t i = 0; i < table->count; i++)
        if (&table->entries[i] != slot && overlap(slot, &table->entries[i]))
            return false;
    return true;
}

/* The slot after the one that runs; otadata cannot name those behind a
 * hole in the numbers, nor the factory app. */
static const struct ota_partition *
next_slot(const struct ota_partition_table *table, struct agent_layout *layout)
{
    uint32_t index = layout->running_index;
    for (uint32_t i = 0; i < layout->slots; i++) {
        index = index == AGENT_NO_SLOT ? 0 : (index + 1) % layout->slots;
        const struct ota_partition *slot = find_slot(table, index);
        if (!slot || slot->offset == layout->running)
            continue;
        layout->target_index = index;
        return slot;
    }
    return NULL;
}

static bool take_running(struct agent_layout *layout,
                         const struct ota_partition_table *table)
{
    const struct ota_partition *running = find_app(table, layout->running);
    if (!running)
        return false;
    uint32_t index = running->subtype - (uint32_t)OTA_PARTITION_APP_OTA_0;
    layout->running_size = running->size;
    layout->running_index = index < layout->slots ? index : AGENT_NO_SLOT;
    return true;
}

static bool take_otadata(struct agent_layout *layout,
                         const struct ota_partition_table *table,
                         const struct ota_flash *flash, uint32_t table_offset)
{
    const struct ota_partition *otadata = ota_partition_table_find(
        table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA);
    if (!otadata || otadata->size < OTA_OTADATA_SIZE ||
        !is_free(table, otadata, flash, table_offset))
        return false;
    layout->otadata = otadata->offset;
    return true;
}

/* An app does not reach over the end of the megabyte that is mapped. */
static uint32_t usable_size(const struct ota_partition *slot)
{
    uint32_t left = AGENT_WINDOW_SIZE - slot->offset % AGENT_WINDOW_SIZE;
    return slot->size < left ? slot->size : left;
}

static bool take_slots(struct agent_layout *layout,
                       const struct ota_partition_table *table,
                       const struct ota_flash *flash, uint32_t table_offset)
{
    const struct ota_partition *target = next_slot(table, layout);
    const struct ota_partition *ota_0 = find_slot(table, 0);
    if (!target || !ota_0 || !is_free(table, target, flash, table_offset))
        return false;
    layout->target = target->offset;
    layout->target_size = usable_size(target);
    layout->ota_0 = ota_0->offset;
    layout->ota_0_size = usable_size(ota_0);
    return true;
}

bool agent_layout_read(struct agent_layout *layout,
                       const struct ota_flash *flash, uint32_t table_offset,
                       uint32_t running, struct ota_error *err)
{
    struct ota_source source = ota_flash_source(flash);
    struct ota_partition_table table;
    memset(layout, 0, sizeof(*layout));
    if (!ota_partition_table_parse(&table, &source, table_offset, err))
        return false;
    layout->running = running;
    layout->bootloader_copies = true;
    layout->slots = ota_otadata_slots(&table);
    return (take_running(layout, &table) &&
            take_otadata(layout, &table, flash, table_offset) &&
            take_slots(layout, &table, flash, table_offset)) ||
           ota_fail(err, OTA_E_UPDATE_SLOT, .part = "partition table",
                    .offset = table_offset, .actual = running);
}
