/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is left of the old world when the pack is in its place: settings that
 * are none, RF data that the new one may want, and a copy of the parameters
 * that still names user2.
 */
#include "migrate.h"
#include <string.h>

/* --- settings ----------------------------------------------------------- */

bool migrate_is_setting(const struct ota_partition *partition)
{
    return partition->type == OTA_PARTITION_DATA &&
           (partition->subtype == OTA_PARTITION_DATA_NVS ||
            partition->subtype == OTA_PARTITION_DATA_OTADATA);
}

/* The old firmware's bytes must not be taken for the new one's settings.
 * What lies inside of the pack is as the pack says; the pack itself, still
 * the only thing that starts, is left alone. */
static bool may_blank(const struct ota_migration *migration, uint32_t sector)
{
    const struct ota_boot_site *site = migration->site;
    uint32_t pack_end = migration->end + site->shift;
    uint32_t parameters = ota_flash_map_parameters(site->map);
    return sector >= migration->end &&
           (sector < parameters || sector >= site->map->flash_size) &&
           (sector < site->offset || sector >= pack_end);
}

static bool blank_sector(struct ota_migration *migration, uint32_t sector,
                         struct ota_error *err)
{
    return !may_blank(migration, sector) ||
           ota_flash_blank(migration->flash, sector, &migration->erases, err);
}

bool migrate_blank_settings(struct ota_migration *migration,
                            const struct ota_partition_table *table,
                            struct ota_error *err)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct ota_partition *partition = &table->entries[i];
        if (!migrate_is_setting(partition) ||
            ota_partition_end(partition) > migration->flash->size)
            continue;
        uint32_t sectors = partition->size / OTA_SECTOR_SIZE;
        for (uint32_t done = 0; done < sectors; done++) {
            migrate_tick(migration, migration->end);
            if (!blank_sector(migration,
                              partition->offset + done * OTA_SECTOR_SIZE, err))
                return false;
        }
    }
    return true;
}

/* --- RF data ------------------------------------------------------------ */

enum {
    MARK_SIZE = 8,
    RF_SIZE = 128,
    RF_MAGIC = 5, /* first byte of all RF data that the old SDKs have */
};

/* phy_init: the data between two marks. (phy_init_data.h of the SDK v3) */
struct phy_init {
    uint32_t words[(MARK_SIZE + RF_SIZE + MARK_SIZE) / 4];
};

static bool read_old_rf(struct phy_init *phy,
                        const struct ota_migration *migration,
                        struct ota_error *err)
{
    static const char mark[MARK_SIZE] = "PHYINIT";
    uint8_t *bytes = (uint8_t *)phy->words;
    memcpy(bytes, mark, MARK_SIZE);
    memcpy(bytes + MARK_SIZE + RF_SIZE, mark, MARK_SIZE);
    return ota_flash_read(migration->flash,
                          ota_flash_map_parameters(migration->site->map),
                          phy->words + MARK_SIZE / 4, RF_SIZE, err);
}

/* A place that was left blank asks for it; so does one where this was cut
 * off, of which every bit can still become what it should be. */
static bool asks(const struct phy_init *there, const struct phy_init *wanted)
{
    uint32_t missing = 0;
    uint32_t foreign = 0;
    for (uint32_t i = 0; i < sizeof(there->words) / 4; i++) {
        missing |= there->words[i] & ~wanted->words[i];
        foreign |= wanted->words[i] & ~there->words[i];
    }
    return missing && !foreign;
}

static bool is_rf(const struct phy_init *phy)
{
    return ((const uint8_t *)phy->words)[MARK_SIZE] == RF_MAGIC;
}

static bool hand_over_rf(const struct ota_migration *migration,
                         const struct ota_partition_table *table,
                         struct ota_error *err)
{
    struct phy_init there;
    struct phy_init wanted;
    const struct ota_partition *place = ota_partition_table_find(
        table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_PHY);
    if (!place || place->size < sizeof(wanted))
        return true;
    if (!read_old_rf(&wanted, migration, err) ||
        !ota_flash_read(migration->flash, place->offset, there.words,
                        sizeof(there), err))
        return false;
    return !is_rf(&wanted) || !asks(&there, &wanted) ||
           ota_flash_write(migration->flash, place->offset, wanted.words,
                           sizeof(wanted), err);
}

/* --- the parameters ----------------------------------------------------- */

static uint32_t copy_at(const struct ota_boot_site *site, uint32_t copy)
{
    return ota_flash_map_parameters(site->map) + (1 + copy) * OTA_SECTOR_SIZE;
}

/* The copy that does not count still names user2: since the switch this was
 * not done. */
static bool is_due(const struct ota_migration *migration, bool *due,
                   struct ota_error *err)
{
    const struct ota_boot_site *site = migration->site;
    struct ota_source source = ota_flash_source(migration->flash);
    uint8_t bytes[2];
    if (!ota_source_read(&source, copy_at(site, 1u - site->params.copy), bytes,
                         sizeof(bytes), err))
        return false;
    struct ota_boot_params stale = ota_boot_params_decode(bytes[0], bytes[1]);
    *due = ota_boot_params_slot(&site->params) == 1 &&
           ota_boot_params_slot(&stale) == 2;
    return true;
}

static bool equalise_params(struct ota_migration *migration,
                            struct ota_error *err)
{
    const struct ota_boot_site *site = migration->site;
    return ota_flash_read(migration->flash, copy_at(site, site->params.copy),
                          migration->sector, OTA_SECTOR_SIZE, err) &&
           ota_flash_put_sector(migration->flash,
                                copy_at(site, 1u - site->params.copy),
                                migration->sector, &migration->erases, err);
}

bool ota_migrate_settle(struct ota_migration *migration,
                        const struct ota_partition_table *table,
                        struct ota_error *err)
{
    bool due;
    if (!is_due(migration, &due, err))
        return false;
    return !due || (migrate_blank_settings(migration, table, err) &&
                    hand_over_rf(migration, table, err) &&
                    equalise_params(migration, err));
}
