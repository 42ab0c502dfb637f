/* SPDX-License-Identifier: Apache-2.0 */
/* Moving the pack down, the whole migration in its order. */
#include "otatool/migrate.h"
#include "bytes.h"
#include "migrate.h"
#include "otatool/crc32.h"

enum { CRC_SIZE = 4 };

void migrate_tick(const struct ota_migration *migration, uint32_t at)
{
    if (migration->tick)
        migration->tick(migration->context, at - OTA_SECTOR_SIZE,
                        migration->end - OTA_SECTOR_SIZE);
}

static bool move_pack(struct ota_migration *migration, struct ota_error *err)
{
    const struct ota_flash *flash = migration->flash;
    uint32_t shift = migration->site->shift;
    for (uint32_t at = OTA_SECTOR_SIZE; at < migration->end;
         at += OTA_SECTOR_SIZE) {
        migrate_tick(migration, at);
        if (!ota_flash_read(flash, at + shift, migration->sector,
                            OTA_SECTOR_SIZE, err) ||
            !ota_flash_put_sector(flash, at, migration->sector,
                                  &migration->erases, err))
            return false;
    }
    return true;
}

/* What each write was read back for, once more as a whole: a chip that is
 * smaller than it says has written some sectors over others. */
static bool check_moved(struct ota_migration *migration, struct ota_error *err)
{
    struct ota_source source = ota_flash_source(migration->flash);
    uint32_t end = migration->end - CRC_SIZE;
    uint32_t crc = 0;
    for (uint32_t at = OTA_SECTOR_SIZE; at < end;) {
        uint32_t step = end - at < OTA_SECTOR_SIZE ? end - at : OTA_SECTOR_SIZE;
        if (!ota_source_read(&source, at, migration->sector, step, err))
            return false;
        crc = ota_crc32(crc, migration->sector, step);
        at += step;
    }
    if (!ota_source_read(&source, end, migration->sector, CRC_SIZE, err))
        return false;
    return read_le32(migration->sector) == ota_crc32_old_sdk(crc) ||
           ota_fail(err, OTA_E_PACK_CRC, .part = "pack", .offset = end,
                    .expected = ota_crc32_old_sdk(crc),
                    .actual = read_le32(migration->sector));
}

bool ota_migrate_run(struct ota_migration *migration,
                     const struct ota_partition_table *table,
                     struct ota_error *err)
{
    return move_pack(migration, err) && check_moved(migration, err) &&
           migrate_blank_settings(migration, table, err) &&
           ota_migrate_switch(migration, err);
}
