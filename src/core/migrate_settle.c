/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is left of the old world when the pack is in its place: settings that
 * are none, RF data that the new one may want, and a copy of the parameters
 * that still names user2.
 */
#include "migrate.h"
#include "otatool/old_rf.h"

/* --- settings ----------------------------------------------------------- */

bool migrate_is_setting(const struct ota_partition *partition)
{
    return partition->type == OTA_PARTITION_DATA &&
           (partition->subtype == OTA_PARTITION_DATA_NVS ||
            partition->subtype == OTA_PARTITION_DATA_OTADATA);
}

/* What lies below is the pack's and as that says. */
static bool may_blank(const struct ota_migration *migration, uint32_t sector)
{
    const struct ota_flash_map *map = migration->site->map;
    return sector >= migration->end &&
           (sector < ota_flash_map_parameters(map) ||
            sector >= map->flash_size);
}

static bool erase(struct ota_migration *migration, uint32_t sector,
                  struct ota_error *err)
{
    if (migration->tick)
        migration->tick(migration->context, sector, sector);
    migration->erases++;
    return ota_flash_erase(migration->flash, sector, err);
}

/* What reads as blank is, unless this was cut off before: then the erase that
 * was, may have left bits that do not last. */
static bool blank_sector(struct ota_migration *migration, uint32_t sector,
                         bool is_resumed, struct ota_error *err)
{
    bool is_blank = false;
    if (!may_blank(migration, sector))
        return true;
    if (!is_resumed && !ota_flash_compare(migration->flash, sector, NULL,
                                          OTA_SECTOR_SIZE, &is_blank, err))
        return false;
    return is_blank || erase(migration, sector, err);
}

static bool blank_partition(struct ota_migration *migration,
                            const struct ota_partition *partition,
                            bool is_resumed, struct ota_error *err)
{
    uint32_t sectors = partition->size / OTA_SECTOR_SIZE;
    for (uint32_t i = 0; i < sectors; i++)
        if (!blank_sector(migration, partition->offset + i * OTA_SECTOR_SIZE,
                          is_resumed, err))
            return false;
    return true;
}

/* The chip could not, and no table is worth to be tried for ever. */
static bool is_usable(const struct ota_migration *migration,
                      const struct ota_partition *partition)
{
    return partition->offset % OTA_SECTOR_SIZE == 0 &&
           ota_partition_end(partition) <= migration->flash->size;
}

static bool blank_settings(struct ota_migration *migration,
                           const struct ota_partition_table *table,
                           bool is_resumed, struct ota_error *err)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct ota_partition *partition = &table->entries[i];
        if (migrate_is_setting(partition) && is_usable(migration, partition) &&
            !blank_partition(migration, partition, is_resumed, err))
            return false;
    }
    return true;
}

/* --- RF data ------------------------------------------------------------ */

static bool hand_over_rf(const struct ota_migration *migration,
                         const struct ota_partition_table *table,
                         struct ota_error *err)
{
    const struct ota_partition *phy = ota_partition_table_find(
        table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_PHY);
    return !phy || ota_old_rf_fill(migration->flash, migration->site->map, phy,
                                   migration->sector, err);
}

/* --- the parameters ----------------------------------------------------- */

enum { USER2_BIT = 0x01 }; /* of byte 0, whatever the boot's version */

/* The copy of the parameters that does not count. */
struct stale {
    uint32_t at; /* of its first word; its last one is a mark of ours */
    uint32_t word;
};

static uint32_t mark_at(const struct stale *stale)
{
    return stale->at + OTA_SECTOR_SIZE - 4;
}

/* It still names user2: since the switch this was not done. */
static bool is_due(struct stale *stale, const struct ota_migration *migration,
                   bool *due, struct ota_error *err)
{
    const struct ota_boot_site *site = migration->site;
    stale->at = ota_boot_params_at(site->map, 1 - site->params.copy);
    if (!ota_flash_read(migration->flash, stale->at, &stale->word,
                        sizeof(stale->word), err))
        return false;
    struct ota_boot_params params = ota_boot_params_decode(
        (uint8_t)stale->word, (uint8_t)(stale->word >> 8));
    *due = ota_boot_params_slot(&site->params) == 1 &&
           ota_boot_params_slot(&params) == 2 && (params.byte0 & USER2_BIT);
    return true;
}

static bool begin(const struct stale *stale,
                  const struct ota_migration *migration, bool *is_resumed,
                  struct ota_error *err)
{
    uint32_t mark;
    if (!ota_flash_read(migration->flash, mark_at(stale), &mark, sizeof(mark),
                        err))
        return false;
    *is_resumed = mark == 0;
    mark = 0;
    return *is_resumed || ota_flash_write(migration->flash, mark_at(stale),
                                          &mark, sizeof(mark), err);
}

/* One bit is cleared: done or not, there is nothing between. */
static bool forget_user2(const struct stale *stale,
                         const struct ota_migration *migration,
                         struct ota_error *err)
{
    uint32_t word = stale->word & ~(uint32_t)USER2_BIT;
    return ota_flash_write(migration->flash, stale->at, &word, sizeof(word),
                           err);
}

bool ota_migrate_settle(struct ota_migration *migration,
                        const struct ota_partition_table *table,
                        struct ota_error *err)
{
    struct stale stale;
    bool due;
    bool is_resumed;
    if (!is_due(&stale, migration, &due, err))
        return false;
    return !due || (migrate_confirm_flag(migration, err) &&
                    begin(&stale, migration, &is_resumed, err) &&
                    blank_settings(migration, table, is_resumed, err) &&
                    hand_over_rf(migration, table, err) &&
                    forget_user2(&stale, migration, err));
}
