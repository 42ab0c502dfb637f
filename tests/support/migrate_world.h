/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An old device after its client took a pack: a flash full of the old world,
 * the pack in one slot, the old firmware in the other, and the boot of the
 * pack as firmware/boot runs it.
 */
#ifndef OTATOOL_TESTS_MIGRATE_WORLD_H
#define OTATOOL_TESTS_MIGRATE_WORLD_H

#include "nor_flash.h"
#include "otatool/bootloader.h"
#include "sample_pack.h"

struct migrate_device {
    uint8_t map;         /* code of the old flash map */
    int slot;            /* 1 or 2: where the pack is, and starts from */
    uint8_t version;     /* of the old boot: 2 to 7, 31 */
    uint8_t copy;        /* of the parameters that counts: 0 or 1 */
    uint32_t flash_size; /* of the chip; 0: as the map says */
};

enum migrate_end {
    MIGRATE_REFUSED,   /* the pack or the place, and there is nothing else */
    MIGRATE_WENT_BACK, /* refused; the old firmware is started from now on */
    MIGRATE_FAILED,    /* on the way; the next start tries again */
    MIGRATE_MOVED,     /* the next start is from user1 */
    MIGRATE_RESTARTED, /* something else was done */
    MIGRATE_STARTED,   /* the app: world->start */
};

struct migrate_world {
    struct nor_flash nor;
    struct sample_pack pack;
    struct migrate_device device;
    const struct ota_flash_map *map;
    uint32_t code_words[0x1400 / 4];
    struct ota_boot_code code; /* of the pack's boot */
    struct ota_bootloader loader;
    /* Of the last start. */
    struct ota_boot_site site;
    struct ota_migration migration;
    struct ota_start start;
    uint32_t told[OTA_BOOTLOADER_STARTS + 1]; /* how often */
    struct ota_error why;                     /* the first error told */
    uint32_t sector[OTA_SECTOR_SIZE / 4];
};

/* What is not said otherwise in the flash is noise. */
void migrate_world_init(struct migrate_world *world,
                        struct migrate_device device);

/* Writes world->pack into the flash anew. */
void migrate_world_put_pack(struct migrate_world *world);

/* The slot that the old boot starts, 0 when what is in it is not sound. */
int migrate_world_old_boot(const struct migrate_world *world);

/* The boot of the pack runs until it restarts, fails or starts the app. */
enum migrate_end migrate_world_boot(struct migrate_world *world,
                                    struct ota_error *err);

void migrate_world_release(struct migrate_world *world);

#endif
