/* SPDX-License-Identifier: Apache-2.0 */
/* Moving the pack down, the whole migration in its order. */
#include "otatool/migrate.h"
#include "otatool/bytes.h"
#include "otatool/crc32.h"
#include "sector_copy.h"

enum { CRC_SIZE = 4 };

static bool move_pack(struct ota_migration *migration, struct ota_error *err)
{
    struct sector_copy copy = {
        .flash = migration->flash,
        .sector = migration->sector,
        .from = OTA_SECTOR_SIZE + migration->site->shift,
        .to = OTA_SECTOR_SIZE,
        .size = migration->end - OTA_SECTOR_SIZE,
        .tick = migration->tick,
        .context = migration->context,
        .erases = migration->erases,
    };
    bool is_done = sector_copy_run(&copy, err);
    migration->erases = copy.erases;
    return is_done;
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
    if (read_le32(migration->sector) == ota_crc32_old_sdk(crc))
        return true;
    return ota_fail(err, OTA_E_PACK_CRC, .part = "pack", .offset = end,
                    .expected = ota_crc32_old_sdk(crc),
                    .actual = read_le32(migration->sector));
}

bool ota_migrate_run(struct ota_migration *migration, struct ota_error *err)
{
    return move_pack(migration, err) && check_moved(migration, err) &&
           ota_migrate_switch(migration, err);
}
