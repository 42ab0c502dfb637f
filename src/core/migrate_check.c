/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the pack is sound, and nothing stands in the way of moving it. */
#include "migrate.h"
#include "otatool/bytes.h"
#include "otatool/crc32.h"
#include "otatool/image.h"

enum { BLOCK_SIZE = 256, TRAILING = OTA_SECTOR_SIZE };

static bool find_app(const struct ota_migration *migration,
                     const struct ota_partition_table *table,
                     struct ota_image *app, struct ota_error *err)
{
    struct ota_source source = ota_flash_source(migration->flash);
    const struct ota_partition *ota_0 = ota_partition_table_find(
        table, OTA_PARTITION_APP, OTA_PARTITION_APP_OTA_0);
    if (!ota_0)
        return ota_fail(err, OTA_E_PACK_NO_OTA_0, .part = "partition table");
    uint32_t least = OTA_SECTOR_SIZE + migration->site->size;
    if (ota_0->offset < least || ota_0->offset > migration->flash->size)
        return ota_fail(err, OTA_E_PACK_NO_APP, .part = "app",
                        .expected = least, .actual = ota_0->offset);
    if (!ota_image_verify(app, &source, ota_0->offset + migration->site->shift,
                          err))
        return false;
    if (app->size <= ota_0->size)
        return true;
    return ota_fail(err, OTA_E_IMAGE_TOO_LARGE, .part = "app",
                    .expected = ota_0->size, .actual = app->size);
}

/*
 * The CRC closes the pack, whose length stands nowhere: it is looked for at
 * each word behind the app, of which a digest may be the rest.
 */
static bool find_crc(struct ota_migration *migration, uint32_t app_end,
                     struct ota_error *err)
{
    struct ota_source source = ota_flash_source(migration->flash);
    uint32_t at = migration->site->offset;
    uint32_t crc = 0;
    while (at < app_end + TRAILING) {
        uint8_t block[BLOCK_SIZE];
        uint32_t step = at < app_end ? app_end - at : 4;
        if (step > BLOCK_SIZE)
            step = BLOCK_SIZE;
        if (!ota_source_read(&source, at, block, step, err))
            return false;
        if (at >= app_end && read_le32(block) == ota_crc32_old_sdk(crc)) {
            migration->end = at + 4 - migration->site->shift;
            return true;
        }
        crc = ota_crc32(crc, block, step);
        at += step;
    }
    return ota_fail(err, OTA_E_PACK_CRC, .part = "pack", .offset = app_end,
                    .expected = ota_crc32_old_sdk(crc));
}

/* No client of an old SDK writes more than this, but who knows how the bytes
 * got here. */
static bool fits_slot(const struct ota_migration *migration,
                      struct ota_error *err)
{
    const struct ota_boot_site *site = migration->site;
    uint32_t parameters = ota_flash_map_parameters(site->map);
    uint32_t end = migration->end + site->shift;
    if (migration->end > OTA_SECTOR_SIZE + site->shift)
        return ota_fail(err, OTA_E_COPY_OVERLAP, .part = "pack",
                        .expected = OTA_SECTOR_SIZE + site->shift,
                        .actual = migration->end);
    if (end <= parameters)
        return true;
    return ota_fail(err, OTA_E_OLD_PARAMETERS, .part = "pack",
                    .expected = parameters, .actual = end);
}

/* What cannot be blanked sector by sector would stop the move half way. */
static bool can_blank(const struct ota_partition_table *table,
                      struct ota_error *err)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct ota_partition *partition = &table->entries[i];
        uint32_t skew = partition->offset % OTA_SECTOR_SIZE;
        if (migrate_is_setting(partition) && skew != 0)
            return ota_fail(err, OTA_E_PARTITION_ALIGNMENT, .part = "partition",
                            .index = i + 1,
                            .expected = partition->offset - skew,
                            .actual = partition->offset);
    }
    return true;
}

bool ota_migrate_check(struct ota_migration *migration,
                       const struct ota_partition_table *table,
                       struct ota_error *err)
{
    struct ota_image app;
    return find_app(migration, table, &app, err) &&
           find_crc(migration, app.offset + app.size, err) &&
           fits_slot(migration, err) && can_blank(table, err);
}
