/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which slot the old boot starts, changed in the way of the old SDK: the copy
 * of the parameters that does not count is written, then the flag names it.
 * Whatever a cut leaves of either, a boot reads the copy that counted or the
 * one that is whole.
 */
#include "otatool/image.h"
#include "otatool/migrate.h"

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
