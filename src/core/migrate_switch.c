/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which slot the old boot starts, changed in the way of the old SDK: the copy
 * of the parameters that does not count is written, then the flag names it.
 * Whatever a cut leaves of either, a boot reads the copy that counted or the
 * one that is whole.
 */
#include "migrate.h"
#include "otatool/image.h"

/* --- the flag ----------------------------------------------------------- */

/* 0 names the first copy, anything else the second. */
static bool read_flag(const struct ota_migration *migration, uint32_t *word,
                      struct ota_error *err)
{
    return ota_flash_read(migration->flash,
                          ota_boot_params_flag_at(migration->site->map), word,
                          sizeof(*word), err);
}

/* Without an erase: what is not yet 0 still names the second copy. */
static bool name_first(const struct ota_migration *migration,
                       struct ota_error *err)
{
    uint32_t word;
    if (!read_flag(migration, &word, err))
        return false;
    word &= ~0xffu;
    return ota_flash_write(migration->flash,
                           ota_boot_params_flag_at(migration->site->map), &word,
                           sizeof(word), err);
}

/* Erased it names the second copy already. */
static bool name_second(struct ota_migration *migration, struct ota_error *err)
{
    uint32_t at = ota_boot_params_flag_at(migration->site->map);
    if (!ota_flash_read(migration->flash, at, migration->sector,
                        OTA_SECTOR_SIZE, err))
        return false;
    migration->sector[0] = 1;
    return ota_flash_put_sector(migration->flash, at, migration->sector,
                                &migration->erases, err);
}

bool migrate_confirm_flag(struct ota_migration *migration,
                          struct ota_error *err)
{
    return migration->site->params.copy == 0 || name_second(migration, err);
}

/* --- the parameters ----------------------------------------------------- */

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
    switch_params(&params, other_slot(site));
    if (!ota_flash_read(migration->flash,
                        ota_boot_params_at(site->map, params.copy),
                        migration->sector, OTA_SECTOR_SIZE, err))
        return false;
    migration->sector[0] = params.byte0;
    migration->sector[1] = params.byte1;
    return ota_flash_put_sector(migration->flash,
                                ota_boot_params_at(site->map, 1 - params.copy),
                                migration->sector, &migration->erases, err) &&
           (params.copy ? name_first(migration, err)
                        : name_second(migration, err));
}

/* --- the other slot ----------------------------------------------------- */

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
