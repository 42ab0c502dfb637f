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

/* What the flash does not do now it may do after a restart. */
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
    if (why->code == OTA_E_FLASH_READ)
        return retry(loader, why);
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
    if (!ota_migrate_run(migration, &err))
        return retry(loader, &err);
    tell(loader, OTA_BOOTLOADER_MOVED, migration->erases, NULL);
    return restart_after(0);
}

/* --- the new world ------------------------------------------------------ */

static void tell_way(const struct ota_bootloader *loader)
{
    const struct ota_start *start = &loader->start;
    switch (start->way) {
    case OTA_START_ON_TRIAL:
        tell(loader, OTA_BOOTLOADER_ON_TRIAL, 0, NULL);
        break;
    case OTA_START_COPY:
        if (start->is_named && start->named.state == OTA_OTADATA_NEW)
            tell(loader, OTA_BOOTLOADER_NO_TRIAL, 0, NULL);
        tell(loader, OTA_BOOTLOADER_COPIES, start->image.offset, NULL);
        break;
    case OTA_START_SWAP:
        tell(loader, OTA_BOOTLOADER_SWAPS, start->image.offset, NULL);
        break;
    case OTA_START_SWAP_ON:
        tell(loader,
             start->phase == OTA_SWAP_FORWARD ? OTA_BOOTLOADER_SWAPS_ON
                                              : OTA_BOOTLOADER_ROLLS_BACK,
             start->phase, NULL);
        break;
    case OTA_START_ROLL_BACK:
        tell(loader, OTA_BOOTLOADER_ROLLS_BACK, 0, NULL);
        break;
    default:
        break;
    }
}

static bool prepare(struct ota_bootloader *loader, struct ota_error *err)
{
    const struct ota_update update = {
        .flash = loader->flash,
        .table = &loader->table,
        .tick = loader->tick,
        .context = loader->context,
        .sector = loader->sector,
    };
    tell_way(loader);
    return ota_update_prepare(&update, &loader->start, err);
}

/* Before the app gets to see what the old one has left. */
static bool settle(struct ota_bootloader *loader, struct ota_error *err)
{
    uint64_t end = ota_partition_end(loader->start.partition);
    if (loader->site.place != OTA_BOOT_IN_USER1)
        return true;
    prepare_migration(loader);
    loader->migration.end =
        end < loader->flash->size ? (uint32_t)end : loader->flash->size;
    return ota_migrate_settle(&loader->migration, &loader->table, err);
}

static struct ota_bootloader_next start(const struct ota_bootloader *loader)
{
    uint32_t offset = loader->start.partition->offset;
    tell(loader, OTA_BOOTLOADER_STARTS, offset, NULL);
    return (struct ota_bootloader_next){
        .starts_app = true,
        .offset = offset,
        .entry = loader->start.image.entry,
    };
}

static bool may_start(const struct ota_bootloader *loader)
{
    return loader->start.way == OTA_START_IN_PLACE ||
           loader->start.way == OTA_START_ON_TRIAL;
}

static struct ota_bootloader_next start_newest(struct ota_bootloader *loader)
{
    struct ota_error err;
    if (!ota_update_choose(&loader->start, loader->flash, &loader->table, &err))
        return give_up(loader, &err);
    if ((may_start(loader) && !settle(loader, &err)) || !prepare(loader, &err))
        return retry(loader, &err);
    return may_start(loader) ? start(loader) : restart_after(0);
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
