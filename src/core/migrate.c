/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/migrate.h"
#include "bytes.h"
#include "otatool/crc32.h"
#include "otatool/image.h"
#include <string.h>

enum { BLOCK_SIZE = 256, DIGEST_SIZE = 32, TRAILING = OTA_SECTOR_SIZE };

/* --- where we are ------------------------------------------------------- */

/* By words: the chip reads nothing smaller out of the RAM of code. */
static bool equals(const struct ota_source *source, uint32_t offset,
                   const uint32_t *words, uint32_t count)
{
    uint32_t block[BLOCK_SIZE / 4];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t left = (count - i) * 4;
        if (i % (BLOCK_SIZE / 4) == 0 &&
            !ota_source_read(source, offset + i * 4, block,
                             left < BLOCK_SIZE ? left : BLOCK_SIZE, NULL))
            return false;
        if (block[i % (BLOCK_SIZE / 4)] != words[i])
            return false;
    }
    return true;
}

/* A stamped image may have the code in more segments than one. */
static bool holds_code(const struct ota_source *source,
                       const struct ota_image *image,
                       const struct ota_boot_code *code)
{
    uint32_t found = 0;
    for (uint8_t i = 0; i < image->segment_count; i++) {
        const struct ota_image_segment *segment = &image->segments[i];
        uint32_t start = segment->address - code->address;
        if (start >= code->size)
            continue;
        uint32_t size = code->size - start;
        if (size > segment->size)
            size = segment->size;
        if (!equals(source, image->offset + segment->offset,
                    code->words + start / 4, size / 4))
            return false;
        found += size;
    }
    return found == code->size;
}

static bool is_self(const struct ota_flash *flash, uint32_t offset,
                    const struct ota_boot_code *code, struct ota_image *image)
{
    struct ota_source source = ota_flash_source(flash);
    return ota_image_verify(image, &source, offset, NULL) &&
           holds_code(&source, image, code);
}

static void settle(struct ota_boot_site *site, int slot,
                   const struct ota_image *image)
{
    site->place = slot == 2 ? OTA_BOOT_IN_USER2 : OTA_BOOT_IN_USER1;
    site->offset = image->offset;
    site->size = image->size;
    site->shift = slot == 2 ? ota_flash_map_half(site->map) : 0;
}

/* The slot of the parameters first; boots fall back to the other one when
 * that does not start. */
static bool locate_slot(struct ota_boot_site *site,
                        const struct ota_flash *flash,
                        const struct ota_boot_code *code, struct ota_error *err)
{
    struct ota_image image;
    int slot = ota_boot_params_slot(&site->params) == 2 ? 2 : 1;
    for (int i = 0; i < 2; i++, slot = 3 - slot)
        if (is_self(flash, ota_flash_map_slot(site->map, slot), code, &image)) {
            settle(site, slot, &image);
            return true;
        }
    return ota_fail(err, OTA_E_MIGRATE_IDENTITY, .part = "boot",
                    .offset = ota_flash_map_slot(site->map, slot));
}

bool ota_migrate_locate(struct ota_boot_site *site,
                        const struct ota_flash *flash,
                        const struct ota_boot_code *code, struct ota_error *err)
{
    struct ota_image image;
    struct ota_source source = ota_flash_source(flash);
    memset(site, 0, sizeof(*site));
    if (is_self(flash, 0, code, &image)) {
        site->size = image.size;
        return true;
    }
    uint8_t header[4];
    if (!ota_source_read(&source, 0, header, sizeof(header), err))
        return false;
    site->map = ota_flash_map_by_code(header[3] >> 4);
    if (site->map && site->map->bin_size)
        site->map = ota_flash_map_on(site->map, flash->size);
    if (!site->map || !site->map->bin_size)
        return ota_fail(err, OTA_E_DEVICE_MAP, .part = "flash map", .offset = 3,
                        .actual = header[3] >> 4);
    return ota_boot_params_read(&site->params, &source, site->map, err) &&
           locate_slot(site, flash, code, err);
}

/* --- is the pack sound -------------------------------------------------- */

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
    return app->size <= ota_0->size ||
           ota_fail(err, OTA_E_IMAGE_TOO_LARGE, .part = "app",
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
    return end <= parameters ||
           ota_fail(err, OTA_E_OLD_PARAMETERS, .part = "pack",
                    .expected = parameters, .actual = end);
}

static bool must_be_blank(const struct ota_partition *partition)
{
    return partition->type == OTA_PARTITION_DATA &&
           (partition->subtype == OTA_PARTITION_DATA_NVS ||
            partition->subtype == OTA_PARTITION_DATA_OTADATA);
}

/* What cannot be blanked sector by sector would stop the move half way. */
static bool can_blank(const struct ota_partition_table *table,
                      struct ota_error *err)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct ota_partition *partition = &table->entries[i];
        uint32_t skew = partition->offset % OTA_SECTOR_SIZE;
        if (must_be_blank(partition) && skew != 0)
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

/* --- moving it ---------------------------------------------------------- */

static void tick(const struct ota_migration *migration, uint32_t at)
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
        tick(migration, at);
        if (!ota_flash_read(flash, at + shift, migration->sector,
                            OTA_SECTOR_SIZE, err) ||
            !ota_flash_put_sector(flash, at, migration->sector,
                                  &migration->erases, err))
            return false;
    }
    return true;
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
    memset(migration->sector, 0xff, OTA_SECTOR_SIZE);
    return !may_blank(migration, sector) ||
           ota_flash_put_sector(migration->flash, sector, migration->sector,
                                &migration->erases, err);
}

static bool blank_settings(struct ota_migration *migration,
                           const struct ota_partition_table *table,
                           struct ota_error *err)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct ota_partition *partition = &table->entries[i];
        if (!must_be_blank(partition) ||
            ota_partition_end(partition) > migration->flash->size)
            continue;
        uint32_t sectors = partition->size / OTA_SECTOR_SIZE;
        for (uint32_t done = 0; done < sectors; done++) {
            tick(migration, migration->end);
            if (!blank_sector(migration,
                              partition->offset + done * OTA_SECTOR_SIZE, err))
                return false;
        }
    }
    return true;
}

bool ota_migrate_run(struct ota_migration *migration,
                     const struct ota_partition_table *table,
                     struct ota_error *err)
{
    return move_pack(migration, err) && blank_settings(migration, table, err) &&
           ota_migrate_switch(migration, err);
}

/* --- the old boot's parameters ------------------------------------------ */

/* The flag: 0 names the first copy, anything else the second. Erased, it
 * names the second, so each of the two steps leaves a flag that counts. */
static bool write_flag(struct ota_migration *migration, uint32_t offset,
                       uint8_t copy, struct ota_error *err)
{
    if (!ota_flash_read(migration->flash, offset, migration->sector,
                        OTA_SECTOR_SIZE, err))
        return false;
    migration->sector[0] = copy;
    return ota_flash_put_sector(migration->flash, offset, migration->sector,
                                &migration->erases, err);
}

/* The slot that we are not in. */
static int other_slot(const struct ota_boot_site *site)
{
    return site->place == OTA_BOOT_IN_USER1 ? 2 : 1;
}

/* A boot may have fallen back to us against its parameters: then one switch
 * only makes them say where we are. */
static void switch_params(struct ota_boot_params *params, int slot)
{
    ota_boot_params_switch(params);
    if (ota_boot_params_slot(params) == 3 - slot)
        ota_boot_params_switch(params);
}

/* The copy that does not count is written first, with all that the old SDK
 * keeps there; then the flag names it. */
bool ota_migrate_switch(struct ota_migration *migration, struct ota_error *err)
{
    const struct ota_boot_site *site = migration->site;
    struct ota_boot_params params = site->params;
    uint32_t start = ota_flash_map_parameters(site->map);
    uint32_t current = start + (1u + params.copy) * OTA_SECTOR_SIZE;
    uint32_t other = start + (2u - params.copy) * OTA_SECTOR_SIZE;
    switch_params(&params, other_slot(site));
    if (!ota_flash_read(migration->flash, current, migration->sector,
                        OTA_SECTOR_SIZE, err))
        return false;
    migration->sector[0] = params.byte0;
    migration->sector[1] = params.byte1;
    return ota_flash_put_sector(migration->flash, other, migration->sector,
                                &migration->erases, err) &&
           write_flag(migration, start + 3 * OTA_SECTOR_SIZE,
                      params.copy ? 0 : 1, err);
}

bool ota_migrate_old_is_sound(const struct ota_migration *migration)
{
    struct ota_source flash = ota_flash_source(migration->flash);
    const struct ota_boot_site *site = migration->site;
    struct ota_slice slice = {&flash,
                              ota_flash_map_slot(site->map, other_slot(site))};
    struct ota_source other = ota_source_slice(&slice);
    struct ota_container container;
    struct ota_image image;
    if (ota_container_parse(&container, &other, NULL))
        return container.image.checksum == container.image.checksum_actual;
    return ota_image_verify(&image, &other, 0, NULL);
}
