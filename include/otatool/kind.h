/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file is, told from its bytes alone.
 *
 * The kind is what the file was meant to be: a damaged app is still an app,
 * so that the parser of that kind can say what is wrong with it.
 */
#ifndef OTATOOL_KIND_H
#define OTATOOL_KIND_H

#include "otatool/source.h"

enum ota_kind {
    OTA_KIND_UNKNOWN,
    OTA_KIND_BOOTLOADER,      /* image that is loaded to RAM */
    OTA_KIND_APP,             /* image whose first segment runs from flash */
    OTA_KIND_APP_PAIR,        /* two apps joined: an update on 1 MB flash */
    OTA_KIND_USER,            /* old SDK: container for boot 1.2 and later */
    OTA_KIND_USER_FLAT,       /* old SDK: image and irom for boot 1.1 */
    OTA_KIND_OLD_BOOT,        /* old SDK: second-stage boot */
    OTA_KIND_PARTITION_TABLE, /* binary */
    OTA_KIND_OTADATA,
    OTA_KIND_PACK, /* v2_to_v3 */
    OTA_KIND_FLASH_DUMP,
    OTA_KIND_COUNT
};

/* What source is. One that cannot be read is OTA_KIND_UNKNOWN. */
enum ota_kind ota_kind_of(const struct ota_source *source);

/* A stable name for programs: "app", "partition-table", ... Static. */
const char *ota_kind_name(enum ota_kind kind);

/*
 * Looks for a partition table on the sectors from start (a multiple of
 * 0x1000) on: the first that parses and has an ota_0, whose offset in flash
 * is told. False: there is none.
 */
bool ota_kind_find_table(const struct ota_source *source, uint32_t start,
                         uint32_t *offset, uint32_t *ota_0);

/* Where the code for the flash window starts in a flat user image. */
#define OTA_KIND_FLAT_IROM 0x10000u

#endif
