/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From app to app in the new world: which slot starts, and on flashes of
 * 1 MB how an app in ota_1 gets to where it is linked for.
 *
 * The chip maps one megabyte of flash. An app runs where it lies, or not at
 * all: one that lies in ota_1 of the first megabyte but is linked for ota_0
 * is copied down before it starts, after it was found sound.
 */
#ifndef OTATOOL_UPDATE_H
#define OTATOOL_UPDATE_H

#include "otatool/flash.h"
#include "otatool/image.h"
#include "otatool/otadata.h"
#include "otatool/partition_table.h"

enum ota_start_way {
    OTA_START_IN_PLACE, /* map its megabyte, jump */
    OTA_START_COPY,     /* ota_update_copy first, then choose again */
};

struct ota_start {
    enum ota_start_way way;
    const struct ota_partition *partition; /* in the table given */
    struct ota_image image;
};

/*
 * Chooses what to start: otadata's slot, then the SDK's order; the first
 * app that is sound and runs from where it lies, or from ota_0 when copied.
 * Fails with OTA_E_DEVICE_NO_APP, or with why the choice is refused.
 */
OTA_CHECKED bool ota_update_choose(struct ota_start *start,
                                   const struct ota_flash *flash,
                                   const struct ota_partition_table *table,
                                   struct ota_error *err);

/* What a copy works with. */
struct ota_update {
    const struct ota_flash *flash;
    const struct ota_partition_table *table;
    /* Called before each sector that may be written; may be NULL. */
    void (*tick)(void *context, uint32_t done, uint32_t total);
    void *context;
    uint8_t *sector; /* scratch, OTA_SECTOR_SIZE bytes, aligned to 4 */
};

/*
 * Copies the app of start to ota_0, only the sectors that differ, checks it
 * there, then makes otadata name slot 0. Cut off at any point it begins
 * anew at the next power-on, since otadata still names the source.
 */
OTA_CHECKED bool ota_update_copy(const struct ota_update *update,
                                 const struct ota_start *start,
                                 struct ota_error *err);

#endif
