/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/partition_rules.h"
#include "otatool/otadata.h"
#include <string.h>

#define LARGEST_FLASH 0x1000000u
#define MAPPED_FLASH 0x800000u /* the bootloader hangs mapping beyond */
#define WINDOW 0x100000u       /* of flash that code runs from */
#define LEAST_APP 0x40000u     /* no app with Wi-Fi is smaller */

enum { APP_ALIGNMENT = 0x1000, DATA_ALIGNMENT = 4 };

static bool is_app(const struct ota_partition *partition)
{
    return partition->type == OTA_PARTITION_APP;
}

static bool is_otadata(const struct ota_partition *partition)
{
    return partition->type == OTA_PARTITION_DATA &&
           partition->subtype == OTA_PARTITION_DATA_OTADATA;
}

static bool is_slot(const struct ota_partition *partition)
{
    return is_app(partition) && partition->subtype >= OTA_PARTITION_APP_OTA_0 &&
           partition->subtype < OTA_PARTITION_APP_TEST;
}

static bool fail(struct ota_error *err, uint64_t expected, uint64_t actual)
{
    return ota_fail(err, OTA_OK, .expected = expected, .actual = actual);
}

static bool is_aligned(const struct ota_partition *partition, uint32_t value,
                       struct ota_error *err)
{
    uint32_t alignment = is_app(partition) ? APP_ALIGNMENT : DATA_ALIGNMENT;
    uint32_t rest = value % alignment;
    return rest == 0 || fail(err, value - rest, value);
}

static bool offset_is_aligned(const struct ota_partition_table *table,
                              const struct ota_partition_place *place,
                              uint32_t entry, struct ota_error *err)
{
    (void)place;
    const struct ota_partition *partition = &table->entries[entry];
    return is_aligned(partition, partition->offset, err);
}

static bool size_is_aligned(const struct ota_partition_table *table,
                            const struct ota_partition_place *place,
                            uint32_t entry, struct ota_error *err)
{
    const struct ota_partition *partition = &table->entries[entry];
    return !place->needs_whole_sizes ||
           is_aligned(partition, partition->size, err);
}

static bool app_ends_at_sector(const struct ota_partition_table *table,
                               const struct ota_partition_place *place,
                               uint32_t entry, struct ota_error *err)
{
    (void)place;
    const struct ota_partition *partition = &table->entries[entry];
    return !is_app(partition) || is_aligned(partition, partition->size, err);
}

static bool name_is_unique(const struct ota_partition_table *table,
                           const struct ota_partition_place *place,
                           uint32_t entry, struct ota_error *err)
{
    (void)place;
    for (uint32_t i = 0; i < entry; i++)
        if (memcmp(table->entries[i].name, table->entries[entry].name,
                   OTA_PARTITION_NAME_SIZE) == 0)
            return fail(err, i + 1, entry + 1);
    return true;
}

static bool lies_above_table(const struct ota_partition_table *table,
                             const struct ota_partition_place *place,
                             uint32_t entry, struct ota_error *err)
{
    uint64_t end = (uint64_t)place->table_offset + OTA_PARTITION_TABLE_SECTOR;
    uint32_t offset = table->entries[entry].offset;
    return offset >= end || fail(err, end, offset);
}

static bool overlaps_none(const struct ota_partition_table *table,
                          const struct ota_partition_place *place,
                          uint32_t entry, struct ota_error *err)
{
    (void)place;
    const struct ota_partition *partition = &table->entries[entry];
    for (uint32_t i = 0; i < table->count; i++) {
        const struct ota_partition *other = &table->entries[i];
        bool is_before = other->offset < partition->offset ||
                         (other->offset == partition->offset && i < entry);
        if (is_before && partition->offset < ota_partition_end(other))
            return fail(err, ota_partition_end(other), partition->offset);
    }
    return true;
}

static bool has_size(const struct ota_partition_table *table,
                     const struct ota_partition_place *place, uint32_t entry,
                     struct ota_error *err)
{
    (void)place;
    return table->entries[entry].size > 0 || fail(err, 1, 0);
}

static bool ends_in_some_flash(const struct ota_partition_table *table,
                               const struct ota_partition_place *place,
                               uint32_t entry, struct ota_error *err)
{
    (void)place;
    uint64_t end = ota_partition_end(&table->entries[entry]);
    return end <= LARGEST_FLASH || fail(err, LARGEST_FLASH, end);
}

static bool ends_in_the_flash(const struct ota_partition_table *table,
                              const struct ota_partition_place *place,
                              uint32_t entry, struct ota_error *err)
{
    uint64_t end = ota_partition_end(&table->entries[entry]);
    return !place->flash_size || end <= place->flash_size ||
           fail(err, place->flash_size, end);
}

static bool can_be_mapped(const struct ota_partition_table *table,
                          const struct ota_partition_place *place,
                          uint32_t entry, struct ota_error *err)
{
    (void)place;
    const struct ota_partition *partition = &table->entries[entry];
    uint64_t end = ota_partition_end(partition);
    if (!is_app(partition) && !is_otadata(partition))
        return true;
    return end <= MAPPED_FLASH || fail(err, MAPPED_FLASH, end);
}

/* The border of a MB inside an app partition, or 0. */
static uint64_t border_inside(const struct ota_partition *partition)
{
    uint64_t border = ((uint64_t)partition->offset / WINDOW + 1) * WINDOW;
    return is_app(partition) && border < ota_partition_end(partition) ? border
                                                                      : 0;
}

static bool leaves_room_for_app(const struct ota_partition_table *table,
                                const struct ota_partition_place *place,
                                uint32_t entry, struct ota_error *err)
{
    (void)place;
    const struct ota_partition *partition = &table->entries[entry];
    uint64_t border = border_inside(partition);
    return !border || border - partition->offset >= LEAST_APP ||
           fail(err, border, ota_partition_end(partition));
}

static bool lies_in_one_window(const struct ota_partition_table *table,
                               const struct ota_partition_place *place,
                               uint32_t entry, struct ota_error *err)
{
    (void)place;
    uint64_t border = border_inside(&table->entries[entry]);
    return !border ||
           fail(err, border, ota_partition_end(&table->entries[entry]));
}

static bool kind_is_unique(const struct ota_partition_table *table,
                           const struct ota_partition_place *place,
                           uint32_t entry, struct ota_error *err)
{
    (void)place;
    const struct ota_partition *partition = &table->entries[entry];
    if (!is_app(partition) && !is_otadata(partition))
        return true;
    return ota_partition_table_find(table, partition->type,
                                    partition->subtype) == partition ||
           fail(err, 1, 2);
}

static bool slot_follows_another(const struct ota_partition_table *table,
                                 const struct ota_partition_place *place,
                                 uint32_t entry, struct ota_error *err)
{
    (void)place;
    const struct ota_partition *partition = &table->entries[entry];
    uint32_t slot = (uint32_t)partition->subtype - OTA_PARTITION_APP_OTA_0;
    uint32_t slots = ota_otadata_consecutive_slots(table);
    return !is_slot(partition) || slot < slots || fail(err, slots, slot);
}

/* Whether the app of ota_0 cannot run in this slot. */
static bool differs_from_ota_0(const struct ota_partition_table *table,
                               const struct ota_partition *partition,
                               uint32_t *expected)
{
    const struct ota_partition *ota_0 = ota_partition_table_find(
        table, OTA_PARTITION_APP, OTA_PARTITION_APP_OTA_0);
    if (!is_slot(partition) || !ota_0)
        return false;
    *expected = partition->offset / WINDOW * WINDOW + ota_0->offset % WINDOW;
    return partition->offset != *expected;
}

static bool is_in_first_window(const struct ota_partition *partition)
{
    return ota_partition_end(partition) <= WINDOW;
}

static bool slots_run_one_app(const struct ota_partition_table *table,
                              const struct ota_partition_place *place,
                              uint32_t entry, struct ota_error *err)
{
    (void)place;
    const struct ota_partition *partition = &table->entries[entry];
    uint32_t expected;
    return is_in_first_window(partition) ||
           !differs_from_ota_0(table, partition, &expected) ||
           fail(err, expected, partition->offset);
}

static bool slots_need_no_own_link(const struct ota_partition_table *table,
                                   const struct ota_partition_place *place,
                                   uint32_t entry, struct ota_error *err)
{
    const struct ota_partition *partition = &table->entries[entry];
    uint32_t expected;
    return place->bootloader_copies || !is_in_first_window(partition) ||
           !differs_from_ota_0(table, partition, &expected) ||
           fail(err, expected, partition->offset);
}

static bool otadata_holds_two_copies(const struct ota_partition_table *table,
                                     const struct ota_partition_place *place,
                                     uint32_t entry, struct ota_error *err)
{
    (void)place;
    const struct ota_partition *partition = &table->entries[entry];
    return !is_otadata(partition) || partition->size >= OTA_OTADATA_SIZE ||
           fail(err, OTA_OTADATA_SIZE, partition->size);
}

static bool flags_are_known(const struct ota_partition_table *table,
                            const struct ota_partition_place *place,
                            uint32_t entry, struct ota_error *err)
{
    (void)place;
    uint32_t flags = table->entries[entry].flags;
    return flags <= 1 || fail(err, flags & 1, flags);
}

const struct ota_partition_rule ota_partition_rules[] = {
    /* An empty table keeps all other rules. */
    {OTA_E_TABLE_EMPTY, OTA_REFUSE, false, "flash_partitions.c", NULL},
    {OTA_E_PARTITION_ALIGNMENT, OTA_REFUSE, true, "gen_esp32part.py",
     offset_is_aligned},
    {OTA_E_PARTITION_SIZE_ALIGNMENT, OTA_REFUSE, true, "gen_esp32part.py",
     size_is_aligned},
    {OTA_E_PARTITION_NAME, OTA_REFUSE, true, "gen_esp32part.py, partition.c",
     name_is_unique},
    {OTA_E_PARTITION_OVER_TABLE, OTA_REFUSE, true, "gen_esp32part.py",
     lies_above_table},
    {OTA_E_PARTITION_OVERLAP, OTA_REFUSE, true, "gen_esp32part.py",
     overlaps_none},
    {OTA_E_PARTITION_BEYOND_FLASH, OTA_REFUSE, true,
     "gen_esp32part.py, flash_partitions.c", ends_in_the_flash},
    {OTA_E_PARTITION_END, OTA_REFUSE, false, "flash_partitions.c",
     ends_in_some_flash},
    {OTA_E_PARTITION_SIZE, OTA_REFUSE, false, "bootloader_utility.c", has_size},
    {OTA_E_PARTITION_APP_SIZE, OTA_REFUSE, false, "esp_ota_ops.c",
     app_ends_at_sector},
    {OTA_E_PARTITION_APP_HIGH, OTA_REFUSE, false,
     "bootloader_flash.c, bootloader_mmap", can_be_mapped},
    {OTA_E_PARTITION_APP_WINDOW, OTA_REFUSE, false,
     "esp8266.ld.S of the SDK v3", leaves_room_for_app},
    {OTA_E_PARTITION_TWICE, OTA_REFUSE, false,
     "bootloader_utility.c, esp_ota_ops.c", kind_is_unique},
    {OTA_E_SLOT_NUMBERS, OTA_REFUSE, false,
     "bootloader_utility.c, esp_ota_ops.c", slot_follows_another},
    {OTA_E_SLOT_DISTANCE, OTA_REFUSE, false, "esp8266.ld.S of the SDK v3",
     slots_run_one_app},
    {OTA_E_OTADATA_SIZE, OTA_REFUSE, false, "bootloader_utility.c",
     otadata_holds_two_copies},
    {OTA_E_PARTITION_APP_PART, OTA_WARN, false, "esp8266.ld.S of the SDK v3",
     lies_in_one_window},
    {OTA_E_SLOT_LINK, OTA_WARN, false, "esp8266.ld.S of the SDK v3",
     slots_need_no_own_link},
    {OTA_E_PARTITION_FLAGS, OTA_WARN, false, "gen_esp32part.py",
     flags_are_known},
};
const size_t ota_partition_rule_count =
    sizeof(ota_partition_rules) / sizeof(ota_partition_rules[0]);

static void name_entry(const struct ota_partition_table *table, uint32_t entry,
                       struct ota_error *err)
{
    err->part = "partition";
    err->index = entry + 1;
    err->detail = table->entries[entry].name;
}

bool ota_partition_rule_check(size_t rule,
                              const struct ota_partition_table *table,
                              const struct ota_partition_place *place,
                              struct ota_error *err)
{
    const struct ota_partition_rule *row = &ota_partition_rules[rule];
    if (!row->holds)
        return table->count > 0 ||
               ota_fail(err, row->code, .part = "partition table");
    for (uint32_t i = 0; i < table->count; i++)
        if (!row->holds(table, place, i, err)) {
            if (err) {
                err->code = row->code;
                name_entry(table, i, err);
            }
            return false;
        }
    return true;
}
