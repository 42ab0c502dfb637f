/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/bootloader.h"
#include <string.h>

enum { RETRY_S = 1, GIVE_UP_S = 5 };

static void tell(const struct ota_bootloader *loader,
                 enum ota_bootloader_event event, uint32_t value,
                 const struct ota_error *error)
{
    if (loader->tell)
        loader->tell(loader->context, event, value, error);
}

static struct ota_bootloader_next restart_after(uint32_t seconds)
{
    return (struct ota_bootloader_next){.wait_s = seconds};
}

static struct ota_bootloader_next retry(const struct ota_bootloader *loader,
                                        const struct ota_error *why)
{
    tell(loader, OTA_BOOTLOADER_FAILED, 0, why);
    return restart_after(RETRY_S);
}

/* --- the old world ------------------------------------------------------ */

static void prepare_migration(struct ota_bootloader *loader)
{
    loader->migration = (struct ota_migration){
        .flash = loader->flash,
        .site = &loader->site,
        .tick = loader->tick,
        .context = loader->context,
        .sector = loader->sector,
    };
}

static void go_back(struct ota_bootloader *loader)
{
    struct ota_error err;
    prepare_migration(loader);
    if (!ota_migrate_old_is_sound(&loader->migration))
        tell(loader, OTA_BOOTLOADER_IS_STUCK, 0, NULL);
    else if (ota_migrate_switch(&loader->migration, &err))
        tell(loader, OTA_BOOTLOADER_GOES_BACK, 0, NULL);
    else
        tell(loader, OTA_BOOTLOADER_FAILED, 0, &err);
}

/* The pack is no good: the firmware of the old SDK, if it still is there, is
 * better than none. */
static struct ota_bootloader_next give_up(struct ota_bootloader *loader,
                                          const struct ota_error *why)
{
    tell(loader, OTA_BOOTLOADER_FAILED, 0, why);
    if (loader->site.place != OTA_BOOT_AT_0)
        go_back(loader);
    return restart_after(GIVE_UP_S);
}

static struct ota_bootloader_next migrate(struct ota_bootloader *loader)
{
    struct ota_error err;
    struct ota_migration *migration = &loader->migration;
    prepare_migration(loader);
    if (!ota_migrate_check(migration, &loader->table, &err))
        return give_up(loader, &err);
    tell(loader, OTA_BOOTLOADER_SOUND, migration->end, NULL);
    if (!ota_migrate_run(migration, &loader->table, &err))
        return retry(loader, &err);
    tell(loader, OTA_BOOTLOADER_MOVED, migration->erases, NULL);
    return restart_after(0);
}

/* --- the new world ------------------------------------------------------ */

static struct ota_bootloader_next copy(struct ota_bootloader *loader)
{
    struct ota_error err;
    const struct ota_update update = {
        .flash = loader->flash,
        .table = &loader->table,
        .tick = loader->tick,
        .context = loader->context,
        .sector = loader->sector,
    };
    if (!ota_update_copy(&update, &loader->start, &err))
        return retry(loader, &err);
    tell(loader, OTA_BOOTLOADER_COPIED, loader->start.image.offset, NULL);
    return restart_after(0);
}

static struct ota_bootloader_next start_newest(struct ota_bootloader *loader)
{
    struct ota_error err;
    struct ota_start *start = &loader->start;
    if (!ota_update_choose(start, loader->flash, &loader->table, &err))
        return give_up(loader, &err);
    if (start->way == OTA_START_COPY)
        return copy(loader);
    tell(loader, OTA_BOOTLOADER_STARTS, start->partition->offset, NULL);
    return (struct ota_bootloader_next){
        .starts_app = true,
        .offset = start->partition->offset,
        .entry = start->image.entry,
    };
}

/* --- which of them ------------------------------------------------------ */

static bool find_table(struct ota_bootloader *loader, struct ota_error *err)
{
    struct ota_source source = ota_flash_source(loader->flash);
    uint32_t end = loader->site.offset + loader->site.size;
    uint32_t found;
    return ota_partition_table_search(&loader->table, &source, end, &found,
                                      err);
}

struct ota_bootloader_next ota_bootloader_run(struct ota_bootloader *loader)
{
    struct ota_error err;
    if (!ota_migrate_locate(&loader->site, loader->flash, &loader->code,
                            &err)) {
        tell(loader, OTA_BOOTLOADER_FAILED, 0, &err);
        return restart_after(GIVE_UP_S);
    }
    tell(loader, OTA_BOOTLOADER_LOCATED, loader->flash->size, NULL);
    if (!find_table(loader, &err))
        return give_up(loader, &err);
    return loader->site.place == OTA_BOOT_IN_USER2 ? migrate(loader)
                                                   : start_newest(loader);
}
