/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The migration: a pack that an old boot started moves to where the new SDK
 * expects it.
 *
 * An old client writes the pack into the slot that does not run. In user1
 * (0x1000) everything lies in its place already. In user2 the pack must be
 * moved down by half of the map; the old boot keeps starting user2 until its
 * parameters are switched, and they are switched last. So every step may be
 * cut off and begins anew at the next power-on.
 *
 * Nothing of the old world is written before the whole pack is found sound.
 * Only the pack is moved, not all of ota_0, so source and target never
 * overlap: a pack fits a slot, and slots are half of a map apart.
 *
 * In user1, before the app starts there for the first time, the rest of the
 * old world is settled: see ota_migrate_settle.
 */
#ifndef OTATOOL_MIGRATE_H
#define OTATOOL_MIGRATE_H

#include "otatool/boot_params.h"
#include "otatool/flash.h"
#include "otatool/partition_table.h"

/*
 * Code of the boot that runs, as it was loaded from its image: by it the
 * boot finds itself in flash. Borrowed.
 */
struct ota_boot_code {
    uint32_t address; /* where it was loaded */
    const uint32_t *words;
    uint32_t size; /* bytes, a multiple of 4 */
};

enum ota_boot_place {
    OTA_BOOT_AT_0,     /* the mask ROM started us: no old boot */
    OTA_BOOT_IN_USER1, /* an old boot did; all lies in place */
    OTA_BOOT_IN_USER2, /* an old boot did; there is something to move */
};

struct ota_boot_site {
    enum ota_boot_place place;
    const struct ota_flash_map *map; /* of the old boot; NULL at 0 */
    struct ota_boot_params params;   /* of the old boot */
    uint32_t offset;                 /* of our image in flash */
    uint32_t size;                   /* of our image */
    uint32_t shift;                  /* partitions lie so much higher */
};

/*
 * Where the boot that runs lies. The old boot's parameters tell; the code
 * decides where they are in doubt. Fails with OTA_E_MIGRATE_IDENTITY or
 * OTA_E_DEVICE_MAP where neither makes sense.
 */
OTA_CHECKED bool ota_migrate_locate(struct ota_boot_site *site,
                                    const struct ota_flash *flash,
                                    const struct ota_boot_code *code,
                                    struct ota_error *err);

struct ota_migration {
    const struct ota_flash *flash;
    const struct ota_boot_site *site; /* in user1 or user2 */
    /* Called before each sector that may be written, to feed a watchdog and
     * to show progress; may be NULL. */
    void (*tick)(void *context, uint32_t done, uint32_t total);
    void *context;
    uint8_t *sector; /* scratch, OTA_SECTOR_SIZE bytes, aligned to 4 */
    uint32_t end;    /* flash address behind the pack, when moved: found by
                      * ota_migrate_check, told to ota_migrate_settle */
    uint32_t erases; /* counted by ota_migrate_run and _settle */
};

/*
 * Reads the whole pack: table (which must be the one given), app, the CRC
 * over all of it; and that nothing stands in the way of moving it. Nothing
 * is written.
 */
OTA_CHECKED bool ota_migrate_check(struct ota_migration *migration,
                                   const struct ota_partition_table *table,
                                   struct ota_error *err);

/*
 * Moves the pack, checks it there, then makes the old boot start user1. The
 * caller restarts the chip afterwards; after a failure too, and it goes on.
 */
OTA_CHECKED bool ota_migrate_run(struct ota_migration *migration,
                                 struct ota_error *err);

/*
 * In user1, when the app there is about to start for the first time: what was
 * left of the old world behind migration->end (the end of the app's slot) is
 * blanked in the new NVS and otadata, RF data of the old SDK go into a phy
 * partition that the pack left blank, and the copy of the old boot's
 * parameters that no longer counts names user1 as well. Until then it names
 * user2, which is how it is known that all of this is due; later starts write
 * nothing. Repeated where it fails or is cut off.
 */
OTA_CHECKED bool ota_migrate_settle(struct ota_migration *migration,
                                    const struct ota_partition_table *table,
                                    struct ota_error *err);

/* Whether what is in the other slot, old firmware or a pack, would start. */
bool ota_migrate_old_is_sound(const struct ota_migration *migration);

/* Makes the old boot start the other slot: of a move the last step, and of
 * giving up. From user2 that is user1. */
OTA_CHECKED bool ota_migrate_switch(struct ota_migration *migration,
                                    struct ota_error *err);

#endif
